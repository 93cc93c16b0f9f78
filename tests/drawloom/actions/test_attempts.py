"""Actions: retries, timeouts and options that are overridden. Where Flyte 2's local mode is wrong, this is right."""

import asyncio
import os
import time
from datetime import timedelta
from typing import Optional

import pytest

import drawloom
from action_tasks import MyError, env, outputs, sync_double


class TestRetriesAndTimeouts:
    def failing(self, times, **options):
        seen = []

        @env.task(**options)
        def flaky() -> int:
            seen.append(time.monotonic())
            if len(seen) <= times:
                raise MyError("again")
            return len(seen)

        return flaky, seen

    def test_retries_are_extra_attempts(self):
        flaky, seen = self.failing(2, retries=2)
        assert outputs(flaky)[0] == 3
        flaky, seen = self.failing(3, retries=2)
        with pytest.raises(MyError):
            drawloom.run(flaky)
        assert len(seen) == 3

    def test_override_with_falsy_values_takes_effect(self):
        flaky, seen = self.failing(1, retries=5, timeout=60)
        with pytest.raises(MyError):
            drawloom.run(flaky.override(retries=0))
        assert len(seen) == 1
        assert flaky.override(timeout=0).timeout.max_runtime == 0
        assert flaky.override(env_vars={}).environment == {}
        assert flaky.override(max_inline_io_bytes=0).options.max_inline_io_bytes == 0

    def test_non_recoverable_errors_are_not_tried_again(self):
        seen = []

        @env.task(retries=5)
        def final() -> int:
            seen.append(1)
            raise drawloom.errors.NonRecoverableError("useless")

        with pytest.raises(drawloom.errors.NonRecoverableError):
            drawloom.run(final)
        assert seen == [1]

    def test_backoff_follows_its_formula(self):
        backoff = drawloom.Backoff(base=timedelta(seconds=1), factor=2.0, cap=timedelta(seconds=5))
        assert [backoff.compute_delay(n).total_seconds() for n in (0, 1, 2, 3, 5000)] == [1, 2, 4, 5, 5]
        assert drawloom.RetryStrategy(3).pause(2) == 0

    def test_a_sync_task_that_sleeps_too_long_is_stopped(self):
        @env.task(timeout=timedelta(milliseconds=50))
        def sleeps() -> int:
            time.sleep(60)
            return 1

        with pytest.raises(drawloom.errors.MaxRuntimeExceededError):
            drawloom.run(sleeps)
        with pytest.raises(TimeoutError):
            drawloom.run(sleeps)

    def test_a_busy_sync_task_on_a_thread_is_stopped(self):
        @env.task(timeout=timedelta(milliseconds=50))
        def spins() -> int:
            while True:
                pass

        @env.task
        async def parent() -> str:
            try:
                await spins.aio()
            except TimeoutError as error:
                return type(error).__name__
            return "ended"

        assert outputs(parent)[0] == "MaxRuntimeExceededError"

    def test_an_async_task_that_takes_too_long_is_cancelled(self):
        seen = []

        @env.task(timeout=timedelta(milliseconds=50), retries=1)
        async def sleeps() -> int:
            seen.append("start")
            try:
                await asyncio.sleep(60)
            finally:
                seen.append("end")
            return 1

        with pytest.raises(drawloom.errors.TaskTimeoutError):
            drawloom.run(sleeps)
        assert seen == ["start", "end"] * 2

    def test_a_deadline_counts_all_attempts(self):
        @env.task(retries=1000, timeout=drawloom.Timeout(deadline=timedelta(milliseconds=100)))
        def slow() -> int:
            time.sleep(0.02)
            raise MyError("again")

        with pytest.raises((drawloom.errors.DeadlineExceededError, MyError)):
            drawloom.run(slow)

    @pytest.mark.parametrize(
        "options",
        [
            {"retries": -1},
            {"retries": True},
            {"timeout": "5"},
            {"timeout": -1},
            {"cache": True},
            {"cache": "sometimes"},
            {"max_inline_io_bytes": -1},
            {"unknown": 1},
            {"env_vars": {}},
        ],
    )
    def test_bad_options_are_refused_where_they_are_written(self, options):
        with pytest.raises((ValueError, TypeError)):
            env.task(**options)(lambda: None)

    @pytest.mark.parametrize(
        "options", [{"name": "x"}, {"image": "x"}, {"docs": None}, {"interface": 1}, {"triggers": ()}, {"size": 1}]
    )
    def test_what_is_settled_cannot_be_overridden(self, options):
        with pytest.raises(ValueError, match=next(iter(options))):
            sync_double.override(**options)

    @pytest.mark.parametrize("name", ["Bad Name", "UPPER", "a__b", "", "-a", 3])
    def test_environments_have_plain_names(self, name):
        with pytest.raises(ValueError, match="lower case"):
            drawloom.TaskEnvironment(name)

    def test_environment_variables_of_a_task_are_set_while_it_runs(self):
        own = drawloom.TaskEnvironment("vars", env_vars={"OF_THE_TASK": "1"})

        @own.task
        def read() -> Optional[str]:
            return os.environ.get("OF_THE_TASK")

        assert outputs(read)[0] == "1"
        assert "OF_THE_TASK" not in os.environ

    def test_clone_with_changes_what_is_said(self):
        first = drawloom.TaskEnvironment("first", env_vars={"A": "1"}, cache="auto", queue="q")
        second = first.clone_with("second", env_vars={}, interruptible=True)
        assert (second.env_vars, second.interruptible, second.queue, second.cache.behavior) == ({}, True, "q", "auto")

    def test_dependencies_are_added_once(self):
        first, second = drawloom.TaskEnvironment("one"), drawloom.TaskEnvironment("two")
        first.add_dependency(second, second)
        assert first.depends_on == [second]
        with pytest.raises(ValueError, match="depend on itself"):
            first.add_dependency(first)
        with pytest.raises(TypeError, match="a dependency has the wrong type"):
            first.add_dependency(123)
