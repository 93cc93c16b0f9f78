"""The import picture of docs/architecture.md, held against the code."""

from __future__ import annotations

from meta import _source

ALLOWED = {
    "literals": set(),
    "ir": {"literals"},
    "context": {"literals"},
    "typeengine": {"literals", "context"},
    "compiler": {"literals", "ir", "context", "typeengine"},
    "interpreter": {"literals", "ir", "context", "typeengine"},
    "weft": {"literals", "ir", "context", "typeengine", "compiler", "interpreter"},
}


def test_packages_import_only_what_the_picture_allows():
    wrong = [
        f"{i.importer}:{i.line} imports {i.target}"
        for i in _source.imports()
        if (own := i.importer.split(".")[0]) != (other := i.target.split(".")[0]) and other not in ALLOWED[own]
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
