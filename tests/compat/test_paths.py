"""Import paths of both peers: each public name of theirs is there, or is refused when it is used, with the reason.

`tools/mirrors/<peer>.json` lists the peers' modules and names, as flytekit 1.16.31 and flyte 2.12.1 have them.
"""

from __future__ import annotations

import importlib
import json
import pathlib
import sys

import pytest

import drawloom
from drawloom.errors import UnsupportedHereError
from drawloom.unsupported import REASONS, RefusingType

ROOT = pathlib.Path(__file__).parents[2]
TABLES = ROOT / "tools" / "mirrors"


def listed() -> dict[str, list[str]]:
    found = {}
    for peer in ("flytekit", "flyte"):
        for module, entry in json.loads((TABLES / f"{peer}.json").read_text(encoding="utf-8")).items():
            names = [*entry.get("names", "").split()]
            names += [n.partition("=")[0] for given in entry.get("from", {}).values() for n in given.split()]
            found[".".join(filter(None, (peer, module)))] = sorted(names)
    return found


LISTED = listed()


@pytest.mark.parametrize("module", LISTED)
def test_every_public_name_of_the_peer_is_there_or_is_refused_with_a_reason(module):
    loaded = importlib.import_module(f"drawloom.{module}")
    for name in LISTED[module]:
        found = getattr(loaded, name)
        if isinstance(found, RefusingType):
            with pytest.raises(UnsupportedHereError, match="needs") as caught:
                found(anything=1)
            assert caught.value.fix
            assert caught.value.where == name
    with pytest.raises(AttributeError):
        _ = loaded.no_such_name


def test_the_generated_modules_are_what_the_tables_give():
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        import gen_mirrors
    finally:
        sys.path.remove(str(ROOT / "tools"))
    made = gen_mirrors.generated()
    wrong = [str(path) for path, text in made.items() if not path.exists() or path.read_text("utf-8") != text]
    assert wrong == [], "run tools/gen_mirrors.py"
    assert gen_mirrors.stale(set(made)) == []


def test_a_star_import_gives_what_is_there():
    names: dict[str, object] = {}
    exec("from drawloom.flytekit.core.workflow import *", names)
    assert names["workflow"] is drawloom.workflow
    assert "create_task_output" not in names


def test_what_the_peers_show_in_more_than_one_place_is_one_object():
    from drawloom import flytekit
    from drawloom.flytekit.core.task import TaskMetadata
    from drawloom.flytekit.core.type_engine import TypeEngine
    from drawloom.flytekit.extend import TypeEngine as Extended

    assert TypeEngine is Extended
    assert flytekit.TaskMetadata is TaskMetadata
    assert flytekit.file is importlib.import_module("drawloom.flytekit.types.file")


@pytest.mark.parametrize(
    "use",
    [
        lambda cls: cls(),
        lambda cls: cls.anything,
        lambda cls: cls.get(name="x"),
        lambda cls: cls[int],
        lambda cls: type("Mine", (cls,), {}),
    ],
)
def test_every_use_of_a_refused_name_says_why_and_what_to_do(use):
    from drawloom.flytekit.clients.raw import RawSynchronousFlyteClient

    with pytest.raises(UnsupportedHereError, match="platform") as caught:
        use(RawSynchronousFlyteClient)
    assert caught.value.fix == REASONS["platform"].instead


def test_a_refused_name_can_be_written_where_it_is_not_used():
    from drawloom.flytekit.clients.auth.exceptions import AuthenticationError
    from drawloom.flytekit.clients.raw import RawSynchronousFlyteClient

    def connect(client: RawSynchronousFlyteClient | None = None) -> bool:
        return isinstance(client, RawSynchronousFlyteClient)

    assert not connect()
    with pytest.raises(ZeroDivisionError):
        try:
            _ = 1 // 0
        except AuthenticationError:
            raise AssertionError("nobody raised it") from None


def test_a_run_is_real_where_everything_else_of_the_platform_is_refused():
    from drawloom.flyte import remote

    assert remote.Run is drawloom.Run
    with pytest.raises(UnsupportedHereError, match="platform"):
        remote.Task.get(name="x")
