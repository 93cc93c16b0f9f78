"""Names, loose types and unreported types, held against lists that only shrink.

Each list in `baselines` holds what is not yet as it should be. A new violation fails, and so does an entry that is no longer
true: `python tools/meters.py --lower` takes those out and lowers the ceilings. It never adds one and never raises one.
"""

from __future__ import annotations

import pytest

from meta import _meters


@pytest.mark.parametrize("meter", _meters.LISTS)
def test_what_a_list_does_not_name_is_as_it_should_be(meter):
    found, known = _meters.LISTS[meter](), _meters.baseline(meter)
    assert sorted(set(found) - set(known)) == [], f"new in {meter}"
    assert sorted(set(known) - set(found)) == [], f"no longer true: python tools/meters.py --lower ({meter})"


def test_no_room_has_more_parameters_of_any_type_than_its_ceiling():
    ceilings = {room: int(count) for room, count in (line.split() for line in _meters.baseline("any_parameters"))}
    over = {
        room: f"{count} parameters annotated Any, at most {ceilings.get(room, 0)}: {', '.join(where)}"
        for room, (count, _, where) in _meters.any_parameters().items()
        if count > ceilings.get(room, 0)
    }
    assert over == {}


def test_a_name_that_the_peers_fix_is_one_that_several_classes_have():
    found = {line.split()[0] for line in _meters.same_names(fixed=())}
    assert set(_meters.PEER_NAMES) - found == set()
