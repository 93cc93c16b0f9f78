"""Identities of actions, and what a TaskContext says."""

import json
import pathlib

import pytest

from drawloom.context import (
    ActionID,
    CustomContextError,
    PathRewrite,
    RawDataPath,
    TaskContext,
    custom_context,
    get_custom_context,
    internal_ctx,
)

GOLDEN = pathlib.Path(__file__).resolve().parents[2] / "goldens" / "peers" / "actions_v2.jsonl"


@pytest.mark.parametrize(
    "row", [json.loads(line) for line in GOLDEN.read_text().splitlines()], ids=lambda row: row["name"]
)
def test_names_of_sub_actions_are_flytes(row):
    parent = ActionID(name=row["parent_action"], run_name=row["run_name"], project="p", domain="d")
    child = parent.new_sub_action_from(row["seq"], row["task_identity"], row["inputs_hash"], row["group"])
    assert (child.name, child.unique_id_str()) == (row["name"], row["unique_id"])


def test_an_action_id_fills_in_its_run():
    assert ActionID(name="a").run_name == "a"
    assert ActionID(name="a", run_name="r").new_sub_action("b") == ActionID(name="b", run_name="r")
    assert ActionID.create_random().name != ActionID.create_random().name
    assert ActionID(name="a").unique_id_str("s") == "None-None-a-a-s"
    assert len(ActionID(name="a").new_sub_action().name) == 36


def test_a_raw_data_path_is_a_text_with_a_path():
    raw = RawDataPath(path="s3://b/x/", path_rewrite=PathRewrite.from_str("a->b"))
    assert (raw, raw.path, raw.path_rewrite.new_prefix) == ("s3://b/x/", "s3://b/x/", "b")
    assert raw.get_random_remote_path("f").startswith("s3://b/x/")
    assert raw.get_random_remote_path() != raw.get_random_remote_path()
    for bad in ("a", "a->a", "->b", "a->b->c"):
        with pytest.raises(ValueError, match="path rewrite"):
            PathRewrite.from_str(bad)


def test_task_context_replace_merges_the_bag():
    ctx = TaskContext(action=ActionID(name="a"), data={"x": 1})
    assert ctx.replace(data={"y": 2}).data == {"x": 1, "y": 2}
    assert ctx.replace(data=None)["x"] == 1
    assert ctx["nothing"] is None
    assert ctx.checkpoint is None
    assert TaskContext.of(dict(vars(ctx))) == ctx


@pytest.mark.parametrize(
    ("variable", "name", "value"),
    [("RANK", "rank", 3), ("LOCAL_RANK", "local_rank", 1), ("WORLD_SIZE", "world_size", 8), ("LOCAL_WORLD_SIZE", "local_world_size", 2),
     ("GROUP_RANK", "node_rank", 0), ("GROUP_WORLD_SIZE", "nnodes", 4), ("MASTER_PORT", "master_port", 29500), ("MASTER_ADDR", "master_addr", "h"),
     ("JOBSET_RESTART_ATTEMPT", "restart_attempt", 1)],
)  # fmt: skip
def test_a_distributed_job_is_read_from_the_environment(monkeypatch, variable, name, value):
    ctx = TaskContext(action=ActionID(name="a"))
    monkeypatch.delenv(variable, raising=False)
    assert getattr(ctx, name) is None
    monkeypatch.setenv(variable, str(value))
    assert getattr(ctx, name) == value


@pytest.mark.parametrize(("key", "value"), [("k", 1), ("k", None), ("k", b"x")])
def test_a_custom_context_holds_texts_and_names_what_does_not(key, value):
    with pytest.raises(CustomContextError, match=rf"custom_context\['{key}'\]") as caught:
        custom_context(**{key: value})
    assert repr(value) in str(caught.value)
    assert isinstance(caught.value, TypeError)


def test_hidden_keys_are_not_shown_and_the_dict_is_a_copy():
    with custom_context(_u_kickoff_time_input_arg="x", k="v"):
        get_custom_context()["k"] = "other"
        assert get_custom_context() == {"k": "v"}


def test_a_context_has_every_change_flyte_offers():
    ctx = internal_ctx()
    assert not ctx.has_raw_data
    assert not ctx.is_task_context()
    assert not ctx.is_in_trace()
    assert ctx.get_report() is None
    assert ctx.id != internal_ctx().id
    raw = ctx.new_raw_data_path(RawDataPath("x"))
    assert raw.has_raw_data
    assert ctx.new_metadata((("a", "b"),)).data.metadata == (("a", "b"),)
    assert ctx.new_preserve_original_types(True).data.preserve_original_types
    with pytest.raises(ValueError, match="running task"):
        ctx.new_in_driver_literal_conversion(True)
    task = ctx.replace_task_context(TaskContext(action=ActionID(name="a")))
    assert task.new_in_driver_literal_conversion(True).data.task_context.in_driver_literal_conversion
