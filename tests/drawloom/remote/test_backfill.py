"""Backfills: a scheduled launch plan, once for each of its times; from plans of this process, and from a platform's."""

from __future__ import annotations

import contextlib
import datetime as dt

import pytest

from compiler import compile_bundle
from drawloom.flytekit.remote.backfill import create_backfill_workflow as flytekits
from drawloom.remote import RegisteredEntity, create_backfill_workflow
from platform_process import a_program, a_server

pytest.importorskip("grpc")
PROGRAM = """
from datetime import datetime
from drawloom import CronSchedule, LaunchPlan, task, workflow

@task
def told(at: datetime, times: int) -> str:
    return f"{at:%H:%M}" * times

@workflow
def nightly(at: datetime, times: int) -> str:
    return told(at=at, times=times)

NAME = "backfill_program." + __file__.split("/")[-2]
plan = LaunchPlan.get_or_create(
    nightly, name=NAME, fixed_inputs={"times": 1}, schedule=CronSchedule(schedule="0 */6 * * *", kickoff_time_input_arg="at")
)
unscheduled = LaunchPlan.get_or_create(nightly, name=NAME + ".unscheduled", default_inputs={"times": 2})
"""
START, END = dt.datetime(2026, 1, 1), dt.datetime(2026, 1, 2)


@pytest.fixture
def program(tmp_path, monkeypatch):
    with a_program(tmp_path, monkeypatch, "backfill_program", PROGRAM) as module:
        yield module


def hour(number):
    return dt.datetime(2026, 1, 1, number, tzinfo=dt.timezone.utc)


def compiled(workflow):
    return compile_bundle([workflow]).bundle.workflows[0].primary.template


def test_there_is_a_node_for_each_time_between_the_two_one_after_the_other(program):
    workflow, first, last = create_backfill_workflow(START, END, program.plan, per_node_retries=2)
    assert (first, last) == (hour(6), hour(18))
    nodes = compiled(workflow).nodes
    assert workflow.name == f"backfill-{program.NAME}"
    assert [node.metadata.name for node in nodes] == [f"b-2026-01-01 {each}:00:00" for each in ("06", "12", "18")]
    assert [list(node.upstream_node_ids) for node in nodes] == [[], ["n0"], ["n1"]]
    assert [node.inputs[0].binding.scalar.primitive.datetime.ToDatetime().hour for node in nodes] == [6, 12, 18]
    assert {node.metadata.retries.retries for node in nodes} == {2}
    assert {node.workflow_node.launchplan_ref.name for node in nodes} == {program.NAME}


def test_nodes_run_side_by_side_if_that_is_asked_for(program):
    east = dt.timezone(dt.timedelta(hours=6))
    start = dt.datetime(2026, 1, 1, 6, tzinfo=east)
    workflow, first, _ = flytekits(start, END.replace(tzinfo=east), program.plan, True, dt.timedelta(minutes=5))
    assert first == hour(6)
    nodes = compiled(workflow).nodes
    assert [list(node.upstream_node_ids) for node in nodes] == [[], []]
    assert {node.metadata.timeout.seconds for node in nodes} == {300}


@pytest.mark.parametrize(
    ("start", "end", "plan", "says"),
    [
        (END, START, "plan", "ends before it begins"),
        (START, START, "plan", "ends before it begins"),
        (START, START + dt.timedelta(hours=1), "plan", "no time of the schedule"),
        (START, END, "unscheduled", "with a cron schedule"),
    ],
)
def test_what_has_no_times_is_refused(program, start, end, plan, says):
    with pytest.raises(ValueError, match=says):
        create_backfill_workflow(start, end, getattr(program, plan))


def test_a_plan_of_a_platform_is_run_for_each_of_its_times(program, tmp_path):
    with contextlib.ExitStack() as started:
        remote = started.enter_context(started.enter_context(a_server(tmp_path)).remote())
        remote.register([program.plan, program.unscheduled], version="v1")
        asked = (None, None, START, END, program.NAME)
        dry = remote.launch_backfill(*asked, dry_run=True)
        assert len(compiled(dry).nodes) == 3
        made = remote.launch_backfill(*asked, execute=False)
        assert isinstance(made, RegisteredEntity)
        assert made.id.version == remote.launch_backfill(*asked, execute=False).id.version
        references = [node.workflow_node.launchplan_ref for node in made.message.nodes if node.id.startswith("n")]
        assert {(each.name, each.version) for each in references} == {(program.NAME, "v1")}
        done = remote.wait(remote.launch_backfill(*asked, execution_name="again"), poll_interval=0.01)
        assert done.is_successful, done.error
        with pytest.raises(ValueError, match="with a cron schedule"):
            remote.launch_backfill(None, None, START, END, f"{program.NAME}.unscheduled")
