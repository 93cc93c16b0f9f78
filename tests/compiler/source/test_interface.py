"""Names, types and defaults of an entity, given by hand."""

import pytest

from compiler.errors import OptionError
from compiler.source.interface import Interface


@pytest.mark.parametrize("name", ["my.input", "a-b", "1st", "", "a b"])
def test_a_name_that_is_no_identifier_is_refused(name):
    with pytest.raises(OptionError, match="name of an input is not a valid Python identifier"):
        Interface({name: int})
    with pytest.raises(OptionError, match="name of an output is not a valid Python identifier"):
        Interface({}, {name: int})
