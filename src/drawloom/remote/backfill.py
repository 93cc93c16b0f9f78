"""Backfills: a workflow that runs a scheduled launch plan once for each of its times between two others, as flytekit's does."""

# ruff: noqa: FBT001, FBT002, PLR0917 - the signature is flytekit's, positions included

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from compiler import CronSchedule, ImperativeWorkflow, LaunchPlan, OptionError, ReferenceLaunchPlan
from drawloom.ir import cron_mistake, cron_times
from drawloom.remote.registered import LazyEntity, RegisteredEntity
from literals import preview

if TYPE_CHECKING:
    from compiler import WorkflowFailurePolicy

ScheduledPlan = LaunchPlan[..., Any] | RegisteredEntity | LazyEntity
"""A launch plan of this process, or one of a platform."""


def create_backfill_workflow(
    start_date: dt.datetime,
    end_date: dt.datetime,
    for_lp: ScheduledPlan,
    parallel: bool = False,
    per_node_timeout: dt.timedelta | None = None,
    per_node_retries: int = 0,
    failure_policy: WorkflowFailurePolicy | None = None,
) -> tuple[ImperativeWorkflow, dt.datetime, dt.datetime]:
    """A workflow with a node for each time of a launch plan's schedule, and the first and the last of these times.

    Times are those behind `start_date` and before `end_date`, in UTC; one without a zone is taken to be in UTC. Where the
    schedule gives its time to an input, each node is given its own. Nodes run one after the other, unless `parallel`.

    Raises:
        OptionError: the plan has no cron schedule, `end_date` is not after `start_date`, or there is no time between the two.
    """
    schedule, name = _schedule_of(for_lp)
    if _utc(start_date) >= _utc(end_date):
        raise OptionError(
            "a backfill ends before it begins",
            where=f"backfill of {name}",
            expected=f"an end after {start_date}",
            got=str(end_date),
            fix="give the earlier time first",
        )
    times = list(_times(schedule.schedule, start_date, end_date, name))
    entity: Any = for_lp
    argument = schedule.kickoff_time_input_arg
    if isinstance(for_lp, LazyEntity):
        for_lp = for_lp.entity
    if isinstance(for_lp, RegisteredEntity):
        # What else it takes has a value in the plan: it runs by a schedule.
        inputs: dict[str, Any] = {argument: dt.datetime} if argument else {}
        place = for_lp.id
        entity = ReferenceLaunchPlan(place.project, place.domain, place.name, place.version, inputs, {})
    workflow = ImperativeWorkflow(f"backfill-{name}", failure_policy)
    before: Any = None
    for time in times:
        node = workflow.add_launch_plan(entity, **({argument: time} if argument else {}))
        node.with_overrides(name=f"b-{time:%Y-%m-%d %H:%M:%S}", retries=per_node_retries)
        if per_node_timeout is not None:
            node.with_overrides(timeout=per_node_timeout)
        if before is not None and not parallel:
            before.runs_before(node)
        before = node
    return workflow, times[0], times[-1]


def backfill_version(first: dt.datetime, last: dt.datetime, plan: str, version: str | None) -> str:
    """The version that a backfill has where none is given: the same plan and times give the same one."""
    text = f"{first}-{last}-{plan}-{version}"
    return base64.urlsafe_b64encode(hashlib.md5(text.encode(), usedforsecurity=False).digest()).decode("ascii")


def _schedule_of(plan: ScheduledPlan) -> tuple[CronSchedule, str]:
    """The cron schedule of a launch plan, and the plan's name."""
    if isinstance(plan, LaunchPlan):
        found: object = plan.schedule
    else:
        message = plan.message.spec.entity_metadata.schedule
        kind = message.WhichOneof("ScheduleExpression")
        found = CronSchedule.from_flyte_idl(message) if kind == "cron_schedule" else kind
    if not isinstance(found, CronSchedule):
        raise OptionError(
            "a backfill is of a launch plan with a cron schedule",
            where=f"launch plan {plan.name}",
            expected="CronSchedule(...)",
            got="no schedule" if found is None else preview(found),
            fix="execute the plan once for each time: remote.execute(plan, {time_argument: each})",
        )
    return found, plan.name


def _times(expression: str, start: dt.datetime, end: dt.datetime, name: str) -> Iterator[dt.datetime]:
    mistake = cron_mistake(expression)
    if mistake is None and expression.startswith(("TZ=", "CRON_TZ=", "@every")):
        mistake = "it has a time zone, or no times of its own"
    if mistake is not None:
        raise OptionError(
            f"the times of this schedule cannot be told: {mistake}",
            where=f"launch plan {name}",
            expected="five fields, or a word such as @daily",
            got=expression,
            fix="execute the plan once for each time",
        )
    first: dt.datetime | None = None
    for time in cron_times(expression, start):
        if time >= _utc(end):
            if first is None:
                raise OptionError(
                    "there is no time of the schedule between the two",
                    where=f"backfill of {name}",
                    expected=f"a time of {expression!r} behind {start} and before {end}",
                    got=f"the next is {time}",
                    fix="give a longer time",
                )
            return
        first = first or time
        yield time


def _utc(time: dt.datetime) -> dt.datetime:
    return time.replace(tzinfo=time.tzinfo or dt.timezone.utc)
