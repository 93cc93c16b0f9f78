"""When a launch plan starts by itself: a cron expression or a fixed rate. All times are UTC.

A cron expression has five fields (minute, hour, day of month, month, day of week), as the platform's scheduler reads
them; six and seven (seconds, years) are accepted where flytekit accepts them. An expression that can never happen, such
as February 31, is refused here instead of looping in the scheduler.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import ClassVar

from compiler.errors import OptionError
from compiler.options.cron import check_cron
from compiler.options.option_kinds import of_kind
from compiler.options.writable import Writable
from literals import pb, preview

_OFFSET = re.compile(r"[-+]?P(?=[\dT])(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+([.,]\d+)?S)?)?")
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_UNITS = ((_DAY, "FIXED_RATE_UNIT_DAY"), (_HOUR, "FIXED_RATE_UNIT_HOUR"), (_MINUTE, "FIXED_RATE_UNIT_MINUTE"))


class FixedRateUnit:
    """The units of a rate, as numbers of the message."""

    MINUTE: ClassVar[int] = 0
    HOUR: ClassVar[int] = 1
    DAY: ClassVar[int] = 2


class CronSchedule(Writable):
    """A cron expression or an alias such as "@daily".

    `offset`: an ISO 8601 duration by which runs are shifted. `kickoff_time_input_arg`: the workflow input, of type
    datetime, that receives the scheduled time.

    Raises:
        OptionError: no schedule, one that cannot be read or can never happen, the old `cron_expression`, no duration.
    """

    message_name = "Schedule"

    def __init__(
        self,
        cron_expression: str | None = None,
        schedule: str | None = None,
        offset: str | None = None,
        kickoff_time_input_arg: str | None = None,
    ) -> None:
        if cron_expression is not None:
            raise OptionError(
                "cron_expression is the old spelling of another dialect",
                where="CronSchedule",
                expected="schedule='0 6 * * *'",
                got=preview(cron_expression),
                fix="use schedule= with five fields: minute hour day-of-month month day-of-week",
            )
        if schedule is None:
            raise OptionError(
                "a schedule has no expression",
                where="CronSchedule",
                expected="text like '0 6 * * *'",
                got=preview(schedule),
                fix="write CronSchedule(schedule='0 6 * * *')",
            )
        check_cron(schedule)
        if offset is not None and (_OFFSET.fullmatch(str(offset)) is None):
            raise OptionError(
                "an offset is not an ISO 8601 duration",
                where="CronSchedule",
                expected="text like 'PT1H'",
                got=preview(offset),
                fix="write the offset as a duration, or leave it out",
            )
        self.schedule = schedule
        self.offset = offset
        self.kickoff_time_input_arg = kickoff_time_input_arg

    def write(self, into: pb.Schedule) -> None:
        """Write expression, offset and kickoff input."""
        into.cron_schedule.schedule = self.schedule
        into.cron_schedule.offset = self.offset or ""
        into.kickoff_time_input_arg = self.kickoff_time_input_arg or ""

    # flytekit's class is a message, whose parts it shows.

    FixedRateUnit = FixedRateUnit
    rate: ClassVar[None] = None
    """A cron expression is not a rate."""

    @property
    def cron_schedule(self) -> CronSchedule:
        """What has `schedule` and `offset`: this."""
        return self

    @property
    def schedule_expression(self) -> CronSchedule:
        """The same as `cron_schedule`."""
        return self

    @classmethod
    def from_flyte_idl(cls, message: pb.Schedule) -> CronSchedule:
        """The schedule of a message.

        Raises:
            OptionError: the message has no cron schedule that can be read.
        """
        given = message.cron_schedule
        return cls(
            schedule=given.schedule,
            offset=given.offset or None,
            kickoff_time_input_arg=message.kickoff_time_input_arg or None,
        )

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((self.schedule, self.offset, self.kickoff_time_input_arg))

    def __repr__(self) -> str:
        return f"CronSchedule(schedule={self.schedule!r}, offset={self.offset!r}, kickoff_time_input_arg={self.kickoff_time_input_arg!r})"


class FixedRate(Writable):
    """A run every so often: flytekit's timedelta, or Flyte 2's number of minutes (with an optional start).

    Written with the largest unit that divides it: days, hours, minutes.

    Raises:
        OptionError: no whole number of minutes, or less than one.
        OptionError: neither timedelta nor int.
    """

    message_name = "Schedule"

    def __init__(
        self,
        duration: dt.timedelta | int | None = None,
        kickoff_time_input_arg: str | dt.datetime | None = None,
        *,
        interval_minutes: int | None = None,
        start_time: dt.datetime | None = None,
    ) -> None:
        if isinstance(kickoff_time_input_arg, dt.datetime):
            # Flyte 2's second positional argument.
            kickoff_time_input_arg, start_time = None, kickoff_time_input_arg
        self.duration = _whole_minutes(interval_minutes if duration is None else duration)
        self.kickoff_time_input_arg = kickoff_time_input_arg
        self.start_time = start_time

    @property
    def interval_minutes(self) -> int:
        """The rate in minutes, as in Flyte 2."""
        return int(self.duration.total_seconds()) // _MINUTE

    def write(self, into: pb.Schedule) -> None:
        """Write number, unit and kickoff input.

        Raises:
            OptionError: a start time, which a launch plan's schedule cannot hold.
        """
        if self.start_time is not None:
            raise OptionError(
                "a launch plan's schedule has no start time",
                where="FixedRate",
                expected="no start_time",
                got=preview(self.start_time),
                fix="leave it out",
            )
        seconds = int(self.duration.total_seconds())
        size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
        into.rate.value = seconds // size
        into.rate.unit = pb.FixedRateUnit.Value(unit)
        into.kickoff_time_input_arg = self.kickoff_time_input_arg or ""

    FixedRateUnit = FixedRateUnit
    cron_schedule: ClassVar[None] = None
    """A rate is not a cron expression."""

    @property
    def rate(self) -> pb.FixedRate:
        """`value` and `unit` of the message: the largest unit that divides the duration."""
        message = pb.Schedule()
        self.write(message)
        return message.rate

    @property
    def schedule_expression(self) -> pb.FixedRate:
        """The same as `rate`."""
        return self.rate

    @classmethod
    def from_flyte_idl(cls, message: pb.Schedule) -> FixedRate:
        """The schedule of a message.

        Raises:
            OptionError: the message has no rate.
        """
        sizes = {pb.FixedRateUnit.Value(unit): size for size, unit in _UNITS}
        return cls(
            dt.timedelta(seconds=message.rate.value * sizes[message.rate.unit]), message.kickoff_time_input_arg or None
        )

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((self.duration, self.kickoff_time_input_arg, self.start_time))

    def __repr__(self) -> str:
        return f"FixedRate({self.duration!r}, kickoff_time_input_arg={self.kickoff_time_input_arg!r})"


class OnSchedule:
    """A schedule in the place of a launch plan's trigger; it is the same as `schedule=`."""

    def __init__(self, schedule: CronSchedule | FixedRate) -> None:
        self.schedule = check_schedule(schedule, "OnSchedule")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OnSchedule) and self.schedule == other.schedule

    def __hash__(self) -> int:
        return hash(self.schedule)

    def __repr__(self) -> str:
        return f"OnSchedule({self.schedule!r})"


Schedule = CronSchedule | FixedRate


def check_schedule(schedule: object, where: str) -> Schedule:
    """`schedule` itself, when it is one.

    Raises:
        OptionError: it is something else.
    """
    if isinstance(schedule, (CronSchedule, FixedRate)):
        return schedule
    raise OptionError(
        "a schedule is neither CronSchedule nor FixedRate",
        where=where,
        expected="CronSchedule(...) or FixedRate(...)",
        got=preview(schedule),
        fix="write CronSchedule(schedule='0 6 * * *') or FixedRate(timedelta(hours=1))",
    )


def check_trigger(trigger: object, where: str) -> OnSchedule | None:
    """`trigger` itself, when it is one or None.

    Raises:
        OptionError: it is something else.
    """
    return of_kind(
        trigger, OnSchedule, "a launch plan's trigger is not a schedule", where=where,
        expected="OnSchedule(...)", fix="write trigger=OnSchedule(CronSchedule(...)), or schedule=",
    )  # fmt: skip


def _whole_minutes(given: dt.timedelta | int | None) -> dt.timedelta:
    if isinstance(given, bool) or not isinstance(given, (int, dt.timedelta)):
        raise OptionError(
            "a rate is not a duration",
            where="FixedRate",
            expected="a timedelta, or whole minutes",
            got=preview(given),
            fix="write FixedRate(timedelta(minutes=10))",
        )
    duration = dt.timedelta(minutes=given) if isinstance(given, int) else given
    if duration % dt.timedelta(minutes=1) or duration <= dt.timedelta():
        raise OptionError(
            "a rate is not a whole number of minutes",
            where="FixedRate",
            expected="one minute or more",
            got=str(duration),
            fix="give a timedelta of whole minutes",
        )
    return duration
