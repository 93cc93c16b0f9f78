"""`dispatch_execute` runs a task in the context that it is given: its mode, its storage, its parameters, what it collects."""

from __future__ import annotations

from typing import Annotated

import pytest

from compiler import Artifact, ExecutableTemplateShimTask, Inputs
from compiler.options.output_metadata import METADATA_KEY
from drawloom import dynamic, map_task, task
from drawloom.context import (
    ExecutionMode,
    FileAccessProvider,
    FlyteContextManager,
    OutputMetadataTracker,
    current_context,
)
from literals import DrawloomError, pb
from typeengine import FlyteFile, TypeEngine

Kept = Artifact(name="kept", partition_keys=["region"], time_partitioned=False)


class Note:
    def __init__(self, text):
        self.text = text

    def serialize_to_string(self, ctx, variable_name):
        return f"note_{variable_name}", self.text


@task
def keeps(n: int) -> Annotated[list[int], Kept]:
    return Kept.create_from([n], Note("seen"), region="eu")


@task
def says_only_a_note(n: int) -> Annotated[list[int], Kept(region=Inputs.n)]:
    return Kept.create_from([n], Note("seen"))


@task
def stores(text: str) -> FlyteFile:
    path = f"{current_context().working_directory}/note.txt"
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return FlyteFile(path)


@task
def double(n: int) -> int:
    return 2 * n


@dynamic
def grows(n: int) -> int:
    return double(n=n)


def inputs(**values):
    return TypeEngine.dict_to_literal_map(None, values)


def in_mode(mode):
    ctx = FlyteContextManager.current_context()
    return ctx.with_execution_state(ctx.execution_state.with_params(mode=mode)).build()


def test_what_a_task_says_about_its_outputs_is_in_their_metadata_where_somebody_collects_it():
    tracker = OutputMetadataTracker()
    ctx = FlyteContextManager.current_context().with_output_metadata_tracker(tracker).build()
    made = keeps.dispatch_execute(ctx, inputs(n=1)).literals["o0"]
    assert sorted(made.metadata) == [METADATA_KEY, "note_o0"]
    assert made.metadata["note_o0"] == "seen"
    (said,) = tracker.output_metadata.values()
    assert (said.artifact, said.dynamic_partitions, said.time_partition) == (Kept, {"region": "eu"}, None)
    assert dict(says_only_a_note.dispatch_execute(ctx, inputs(n=1)).literals["o0"].metadata) == {"note_o0": "seen"}
    assert not keeps.dispatch_execute(None, inputs(n=1)).literals["o0"].metadata


def test_a_tracker_knows_values_by_identity_and_the_last_word_about_each():
    tracker = OutputMetadataTracker()
    first, equal = [1], [1]
    tracker.add(first, Kept)
    tracker.add(first, keeps)
    assert tracker.get(first) is keeps
    assert tracker.get(equal) is None


def test_what_a_task_stores_goes_to_the_storage_of_the_context(tmp_path):
    provider = FileAccessProvider(str(tmp_path / "local"), str(tmp_path / "raw"))
    ctx = FlyteContextManager.current_context().with_file_access(provider).build()
    made = stores.dispatch_execute(ctx, inputs(text="hello")).literals["o0"]
    assert made.scalar.blob.uri.startswith(str(tmp_path / "raw"))


@pytest.mark.parametrize(
    "mode", [ExecutionMode.TASK_EXECUTION, ExecutionMode.LOCAL_TASK_EXECUTION], ids=lambda m: m.name
)
def test_the_mode_is_the_given_context_s_and_not_the_one_in_force(mode):
    alone = mode is ExecutionMode.TASK_EXECUTION
    made = grows.dispatch_execute(in_mode(mode), inputs(n=2))
    assert isinstance(made, pb.DynamicJobSpec if alone else pb.LiteralMap)
    assert alone or made.literals["o0"].scalar.primitive.integer == 4


def test_one_attempt_of_a_map_task_is_the_element_that_the_platform_numbers(monkeypatch):
    monkeypatch.setenv("BATCH_JOB_ARRAY_INDEX_VAR_NAME", "PLACE")
    monkeypatch.setenv("PLACE", "1")
    given = TypeEngine.dict_to_literal_map(None, {"n": [5, 6]}, type_hints={"n": list[int]})
    made = map_task(double).dispatch_execute(in_mode(ExecutionMode.TASK_EXECUTION), given)
    assert made.literals["o0"].scalar.primitive.integer == 12


def test_the_parameters_that_the_code_sees_are_those_that_pre_execute_gives():
    seen = []

    class Told(ExecutableTemplateShimTask):
        def pre_execute(self, user_params):
            return user_params.builder().add_attr("SECRET_WORD", "sesame").build()

        def execute(self, **kwargs):
            seen.append(current_context().secret_word)

        def split_outputs(self, result):
            return {}

    Told(pb.TaskTemplate(), object).dispatch_execute(None, pb.LiteralMap())
    assert seen == ["sesame"]


def test_an_input_that_is_not_of_its_type_is_refused():
    with pytest.raises(DrawloomError, match="n"):
        double.dispatch_execute(None, inputs(n="two"))
