from __future__ import annotations

import datetime

import pytest

from compiler.options.schedule import CronSchedule, FixedRate, OnSchedule
from literals import DrawloomError


@pytest.mark.parametrize(
    "text",
    ["*/5 * * * *", "0 10 * * 1-5", "@daily", "hourly", "0 0 29 2 *", "15,45 3 1 jan-jun mon", "0 0 L * *", "0 0 ? * FRI-MON",
     "0 0 * * 5#3", "0 0 15W * *", "0 12 31 1,2 *", "0 0 30 2 mon", "5/15 * * * *", "*/10 * * * * *"],
)  # fmt: skip
def test_expressions_that_can_happen_are_taken(text):
    assert CronSchedule(schedule=text).to_message().cron_schedule.schedule == text


@pytest.mark.parametrize(
    "text",
    ["0 0 31 2 *", "0 0 30 2 *", "0 0 31 4,6,9,11 *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8",
     "not a cron", "@fortnightly", "", "* * * *", "*/0 * * * *", "5-1 * * * *", "TZ=Europe/Berlin 0 0 * * *", "1-2-3 * * * *"],
)  # fmt: skip
def test_expressions_that_cannot_be_read_or_never_happen_are_refused(text):
    with pytest.raises(DrawloomError):
        CronSchedule(schedule=text)


def test_the_old_dialect_is_refused_as_in_flytekit():
    with pytest.raises(AssertionError):
        CronSchedule(cron_expression="0 10 * * ? *")


@pytest.mark.parametrize("offset", ["PT1H", "P1D", "-PT30M", "P1DT2H", "PT1.5S"])
def test_iso_durations_are_offsets(offset):
    assert CronSchedule(schedule="@daily", offset=offset).to_message().cron_schedule.offset == offset


@pytest.mark.parametrize("offset", ["later", "P", "PT", "1H", "PT1X"])
def test_other_offsets_are_refused(offset):
    with pytest.raises(ValueError):
        CronSchedule(schedule="@daily", offset=offset)


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        ({"minutes": 90}, (90, 0)),
        ({"hours": 2}, (2, 1)),
        ({"days": 3}, (3, 2)),
        ({"hours": 25}, (25, 1)),
        ({"minutes": 60}, (1, 1)),
    ],
)
def test_a_rate_uses_the_largest_unit(duration, expected):
    made = FixedRate(datetime.timedelta(**duration), kickoff_time_input_arg="when").to_message()
    assert (made.rate.value, made.rate.unit) == expected
    assert made.kickoff_time_input_arg == "when"


@pytest.mark.parametrize(
    "duration", [datetime.timedelta(seconds=30), datetime.timedelta(0), datetime.timedelta(days=-1), True, "1h", 0]
)
def test_a_rate_of_no_whole_minutes_is_refused(duration):
    with pytest.raises(AssertionError):
        FixedRate(duration)


def test_minutes_as_a_number_are_the_other_generations_rate():
    assert FixedRate(120).interval_minutes == 120
    assert FixedRate(interval_minutes=5) == FixedRate(datetime.timedelta(minutes=5))
    assert OnSchedule(FixedRate(5)).schedule.interval_minutes == 5
