"""The programs of docs/data.md do what the page says."""

from __future__ import annotations

import re
import sys
import types
from pathlib import Path

DOCUMENT = Path(__file__).parents[3] / "docs" / "data.md"


def test_the_document_is_true(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) >= 5
    source = "\n".join(blocks)
    (tmp_path / "data_document.py").write_text(source)
    module = types.ModuleType("data_document")
    module.__file__ = str(tmp_path / "data_document.py")
    monkeypatch.setitem(sys.modules, "data_document", module)
    exec(compile(source, module.__file__, "exec"), module.__dict__)


def test_every_variable_that_the_document_names_is_read():
    from drawloom.context import ABFS, S3

    named = set(re.findall(r"FLYTE_(?:AWS|S3)_[A-Z_]+", DOCUMENT.read_text(encoding="utf-8")))
    assert named == set(S3.variables.values())
    assert all(name.startswith("FLYTE_AZURE_") for name in ABFS.variables.values())
