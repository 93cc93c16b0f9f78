"""The import picture of docs/architecture.md, held against the code."""

from __future__ import annotations

import pytest

from meta import _source

LAYERS = {
    "drawloom.exports": set(),
    "literals": set(),
    "drawloom.ir": {"literals"},
    "drawloom.pictures": {"literals", "drawloom.ir"},
    "drawloom.context": {"literals"},
    "typeengine": {"literals", "drawloom.context"},
    "compiler": {"literals", "drawloom.ir", "drawloom.pictures", "drawloom.context", "typeengine"},
    "drawloom.interpreter": {"literals", "drawloom.ir", "drawloom.pictures", "drawloom.context", "typeengine"},
}
"""Package -> the packages it may import."""
for _package in LAYERS.keys() - {"drawloom.exports"}:
    LAYERS[_package].add("drawloom.exports")  # how a package offers names without loading them
_ENGINE = {*LAYERS}
LAYERS |= {
    "drawloom.local": {*_ENGINE, "drawloom"},
    "drawloom.actions": {*_ENGINE, "drawloom", "drawloom.local"},
    "drawloom": {*_ENGINE, "drawloom.local", "drawloom.actions"},
    "drawloom.page": {*_ENGINE, "drawloom.local"},
    "drawloom.remote": {*_ENGINE, "drawloom", "drawloom.local", "drawloom.actions"},
    "drawloom.cli": {*_ENGINE, "drawloom", "drawloom.local", "drawloom.actions", "drawloom.remote", "drawloom.page"},
}
LAYERS["drawloom.flytekit"] = {*LAYERS["drawloom.cli"], "drawloom.cli"}
LAYERS["drawloom.flyte"] = {*LAYERS["drawloom.flytekit"], "drawloom.flytekit"}
ROOMS = {
    "compiler": "source_location errors source options graph tasks workflows emit maps dynamic_tasks",
    "typeengine": "errors annotations raw_data hints wire codec named_values registry builtin contrib type_transformer engine reverse "
    "global_engine kind_transformers json type_engine literals_resolver testing",
    "drawloom.interpreter": "errors failures events options program result record cache tasks executors scheduling nodes api",
    "drawloom.cli": "codes usage explanations terminal targets inputs records looking building running setup",
}
"""The rooms of a package, from the ground up: a room imports only from those before it."""


def test_packages_import_only_what_the_picture_allows():
    wrong = [
        f"{i.importer}:{i.line} imports {i.target}"
        for i in _source.imports()
        if (units := i.units)[0] != units[1] and units[1] not in LAYERS[units[0]]
    ]
    assert wrong == []


@pytest.mark.parametrize("package", ROOMS)
def test_arrows_between_rooms_point_down(package):
    order = ROOMS[package].split()

    def floor(module: str) -> int | None:
        name = module.removeprefix(f"{package}.").split(".")[0]
        return order.index(name) if module.startswith(f"{package}.") else None

    unknown = [name for name in _source.modules() if name.startswith(f"{package}.") and floor(name) is None]
    assert unknown == []
    wrong = [
        f"{i.importer}:{i.line} imports {i.target}"
        for i in _source.imports()
        if (own := floor(i.importer)) is not None and (other := floor(i.target)) is not None and other > own
    ]
    assert wrong == []


def test_packages_reach_each_other_through_the_front_door():
    wrong = [f"{i.importer}:{i.line} imports {i.target}" for i in _source.imports() if i.side_door]
    assert wrong == []


def test_no_function_imports_a_module_of_ours():
    wrong = [f"{i.importer}:{i.line} imports {i.target}" for i in _source.imports() if i.in_function]
    assert wrong == []


def test_modules_of_a_package_form_no_cycle():
    edges: dict[str, set[str]] = {name: set() for name in _source.modules()}
    for i in _source.imports():
        # A package's __init__ is the door, not a room: it may name its rooms, and they do not name it.
        if i.importer != i.target:
            edges[i.importer].add(i.target)
    state: dict[str, int] = {}

    def visit(name: str, trail: tuple[str, ...]) -> list[str]:
        if state.get(name) == 2:
            return []
        if state.get(name) == 1:
            return [" -> ".join([*trail[trail.index(name) :], name])]
        state[name] = 1
        found = [cycle for target in sorted(edges.get(name, ())) for cycle in visit(target, (*trail, name))]
        state[name] = 2
        return found

    cycles = [cycle for name in sorted(edges) for cycle in visit(name, ())]
    assert cycles == []


def test_only_literals_names_the_generated_code():
    wrong = [
        f"{name}: {path}"
        for name, path in _source.modules().items()
        if name.split(".")[0] != "literals" and "literals._pb" in path.read_text(encoding="utf-8")
    ]
    assert wrong == []
