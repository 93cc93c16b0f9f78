"""Bundles and folders: what is in them, how they are named, and that nothing is left half written."""

from __future__ import annotations

import pytest

from compiler import (
    LaunchPlan,
    SerializationSettings,
    compile_bundle,
    declared_in,
    file_names,
    task,
    with_dependencies,
    workflow,
    write_bundle,
    write_folder,
)
from compiler.errors import OptionError
from drawloom.ir import bundle_from_specs
from literals import pb


@task
def inc(a: int) -> int:
    return a + 1


@task
def alone(a: int) -> int:
    return a


@workflow
def inner(a: int) -> int:
    return inc(a=a)


@workflow
def outer(a: int) -> int:
    return inner(a=inner(a=a))


called = LaunchPlan.get_or_create(inner, "bundle_called", default_inputs={"a": 1})


@workflow
def starts_a_plan(a: int) -> int:
    return called(a=a)


def names(compiled):
    return [(name.rpartition(".")[2], kind) for name, kind, _ in compiled.specs]


def test_dependencies_come_before_dependents_and_a_plan_after_its_workflow():
    assert names(compile_bundle([outer])) == [
        ("inc", 1), ("inner", 2), ("inner", 3), ("outer", 2), ("outer", 3)
    ]  # fmt: skip


def test_a_bundle_has_a_closure_for_each_workflow_asked_for():
    bundle = compile_bundle([outer]).bundle
    assert [c.primary.template.id.name.rpartition(".")[2] for c in bundle.workflows] == ["outer"]
    assert [w.template.id.name.rpartition(".")[2] for w in bundle.workflows[0].sub_workflows] == ["inner"]
    assert [t.template.id.name.rpartition(".")[2] for t in bundle.workflows[0].tasks] == ["inc"]
    assert [p.id.name.rpartition(".")[2] for p in bundle.launch_plans] == ["outer"]
    assert list(bundle.tasks) == []


def test_a_task_asked_for_by_itself_is_in_the_bundle():
    bundle = compile_bundle([alone]).bundle
    assert [t.template.id.name.rpartition(".")[2] for t in bundle.tasks] == ["alone"]
    assert list(bundle.workflows) == []


def test_the_workflow_of_a_plan_that_is_called_is_in_the_bundle():
    bundle = compile_bundle([starts_a_plan]).bundle
    assert [c.primary.template.id.name.rpartition(".")[2] for c in bundle.workflows] == ["starts_a_plan", "inner"]
    assert {p.id.name for p in bundle.launch_plans} >= {"bundle_called"}


def test_live_entities_are_found_by_key():
    compiled = compile_bundle([outer])
    assert {
        key.name.rpartition(".")[2]: entity for key, entity in compiled.entities.items() if key.resource_type == 1
    } == {"inc": inc}
    assert all(key.version == compiled.version for key in compiled.entities)


def test_the_source_map_names_lines_and_no_folders():
    bundle = compile_bundle([outer]).bundle
    assert {place.file for place in bundle.source_map} == {"test_bundle.py"}
    assert all(place.line > 0 for place in bundle.source_map)


def test_given_names_are_written_and_empty_ones_stay_empty():
    settings = SerializationSettings(project="p", domain="d", version="")
    template = compile_bundle([inner], settings).specs[1][2].template
    assert (template.id.project, template.id.domain, template.id.version) == ("p", "d", "")


def test_the_folder_has_numbered_files(tmp_path):
    compiled = compile_bundle([outer])
    paths = write_folder(compiled, tmp_path / "out")
    assert [path.name for path in paths] == file_names(compiled)
    assert paths[0].name.startswith("0_")
    assert pb.TaskSpec.FromString(paths[0].read_bytes()) == compiled.specs[0][2]
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == sorted(file_names(compiled))


def test_writing_a_folder_again_replaces_the_numbered_files_and_leaves_the_others(tmp_path):
    folder = tmp_path / "out"
    write_folder(compile_bundle([outer]), folder)
    (folder / "notes.txt").write_text("mine")
    second = compile_bundle([alone])
    write_folder(second, folder)
    assert sorted(p.name for p in folder.iterdir()) == sorted([*file_names(second), "notes.txt"])


def test_a_folder_that_cannot_be_made_leaves_nothing_behind(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OSError, match="file"):
        write_folder(compile_bundle([alone]), tmp_path / "file")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_a_bundle_file_appears_whole(tmp_path):
    compiled = compile_bundle([outer])
    path = write_bundle(compiled, tmp_path / "new" / "out.pb")
    assert pb.Bundle.FromString(path.read_bytes()) == compiled.bundle
    assert [p.name for p in path.parent.iterdir()] == ["out.pb"]


def test_indexes_have_as_many_digits_as_the_last_one():
    compiled = compile_bundle([alone])
    assert file_names(compiled)[0].startswith("0_")


def test_nothing_to_compile_is_an_error():
    with pytest.raises(OptionError, match="nothing to compile"):
        compile_bundle([])


def test_an_entity_is_written_once_however_often_it_is_needed():
    written = with_dependencies([outer, inner, inc, outer])
    assert len(written) == len({id(entity) for entity in written}) == 5


@pytest.mark.parametrize(
    "name", ["m07_dependencies", "m11_cond_nested", "m14_subworkflow", "m18_map_task", "m20_dynamic"]
)
def test_closures_and_connections_are_those_of_the_specifications(name):
    import golden_workflows

    golden_workflows.load(name)
    compiled = compile_bundle(list(declared_in(name)))
    by_kind = {1: [], 2: [], 3: []}
    for _, kind, spec in compiled.specs:
        by_kind[kind].append(spec)
    wanted = {c.primary.template.id.name: c for c in bundle_from_specs(by_kind[1], by_kind[2], by_kind[3]).workflows}
    for closure in compiled.bundle.workflows:
        other = wanted[closure.primary.template.id.name]
        assert closure.primary == other.primary
        assert {s.template.id.name: s for s in closure.sub_workflows} == {
            s.template.id.name: s for s in other.sub_workflows
        }
        assert {t.template.id.name for t in closure.tasks} == {t.template.id.name for t in other.tasks}
