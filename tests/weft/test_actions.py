"""Actions: calling rules, retries, timeouts, caching, map, group, trace, report. Where Flyte 2's local mode is wrong, this is right."""

import asyncio
import base64
import functools
import json
import os
import pathlib
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple, Optional

import pytest

import weft

env = weft.TaskEnvironment("actions")


@dataclass
class Point:
    x: int
    tags: list[str]


class Pair(NamedTuple):
    a: int
    b: str


class MyError(Exception):
    def __init__(self, text, code_of_mine=7):
        super().__init__(text)
        self.code_of_mine = code_of_mine


@env.task
def sync_double(n: int) -> int:
    return n * 2


@env.task
async def async_double(n: int) -> int:
    await asyncio.sleep(0)
    return n * 2


def outputs(task, *args, **kwargs):
    return weft.run(task, *args, **kwargs).outputs()


class TestCalling:
    def test_outside_any_run_a_task_is_the_plain_function(self):
        assert sync_double(3) == 6
        assert asyncio.run(async_double(3)) == 6
        assert asyncio.run(sync_double.aio(3)) == 6
        assert sync_double.forward(3) == 6

    def test_sync_calls_sync_and_async_calls_async(self):
        @env.task
        def parent(n: int) -> int:
            return sync_double(sync_double(n))

        @env.task
        async def aparent(n: int) -> list[int]:
            return list(await asyncio.gather(*(async_double(i) for i in range(n))))

        assert outputs(parent, 1)[0] == 4
        assert outputs(aparent, 4)[0] == [0, 2, 4, 6]

    def test_async_calls_sync_blocking_and_awaited(self):
        @env.task
        async def parent(n: int) -> int:
            return sync_double(n) + await sync_double.aio(n)

        assert outputs(parent, 5)[0] == 20

    def test_awaited_sync_tasks_overlap(self):
        meeting = threading.Barrier(4, timeout=20)

        @env.task
        def meet(n: int) -> int:
            meeting.wait()
            return n

        @env.task
        async def parent() -> int:
            return sum(await asyncio.gather(*(meet.aio(i) for i in range(4))))

        assert outputs(parent)[0] == 6

    def test_a_sync_task_may_start_a_loop_of_its_own_wherever_it_was_called(self):
        @env.task
        def loops(n: int) -> int:
            return asyncio.run(async_double(n))

        @env.task
        async def parent(n: int) -> int:
            return loops(n) + await loops.aio(n)

        assert outputs(loops, 2)[0] == 4
        assert outputs(parent, 2)[0] == 8

    def test_run_works_inside_a_running_loop_and_inside_tasks(self):
        @env.task
        def nested() -> int:
            return weft.run(async_double, 4).outputs()[0]

        @env.task
        async def anested() -> int:
            return (await weft.run.aio(async_double, 4)).outputs()[0] + weft.run(sync_double, 1).outputs()[0]

        async def main():
            return weft.run(sync_double, 2).outputs()[0], (await weft.run.aio(sync_double, 2)).outputs()[0]

        assert outputs(nested)[0] == 8
        assert outputs(anested)[0] == 10
        assert asyncio.run(main()) == (4, 4)

    def test_tasks_share_no_objects(self):
        @env.task
        def spoil(xs: list[int]) -> list[int]:
            xs.append(99)
            return xs

        @env.task
        def parent() -> list[list[int]]:
            mine = [1]
            theirs = spoil(mine)
            theirs.append(7)
            return [mine, spoil(mine)]

        assert outputs(parent)[0] == [[1], [1, 99]]

    def test_a_named_tuple_stays_one(self):
        @env.task
        def pair(n: int) -> Pair:
            return Pair(n, "b")

        @env.task
        def parent() -> str:
            got = pair(3)
            return f"{got.a}{got.b} {type(got).__name__}"

        assert outputs(parent)[0] == "3b Pair"
        run = weft.run(pair, 1)
        assert run.outputs().named_outputs == {"a": 1, "b": "b"}
        assert (run.outputs().a, run.outputs()[1]) == (1, "b")

    @pytest.mark.parametrize(
        ("args", "kwargs"), [((), {}), ((1, 2), {}), ((1,), {"n": 1}), ((), {"m": 1}), ((1,), {"extra": 2})]
    )
    def test_arguments_that_do_not_fit_are_a_type_error_that_names_the_task(self, args, kwargs):
        with pytest.raises(TypeError, match="actions.sync_double"):
            weft.run(sync_double, *args, **kwargs)

        @env.task
        def parent() -> int:
            with pytest.raises(TypeError, match="actions.sync_double"):
                sync_double(*args, **kwargs)
            return 1

        assert outputs(parent)[0] == 1

    def test_a_value_of_the_wrong_type_names_task_input_and_path(self):
        @env.task
        def take(points: list[Point]) -> int:
            return len(points)

        with pytest.raises(TypeError, match=r"actions.take, input `points`"):
            weft.run(take, [Point(1, ["a"]), Point(2, ["b", 3])])

    def test_an_output_of_the_wrong_type_is_a_data_validation_error(self):
        @env.task
        def lies() -> int:
            return "one"

        @env.task
        def undeclared():
            return 5

        with pytest.raises(weft.errors.RuntimeDataValidationError, match="actions.lies.o0"):
            weft.run(lies)
        with pytest.raises(weft.errors.RuntimeDataValidationError, match="no output is declared"):
            weft.run(undeclared)

    def test_no_thread_and_no_loop_is_left_after_a_run(self):
        @env.task
        async def parent() -> int:
            await asyncio.gather(*(sync_double.aio(i) for i in range(8)))
            return sum([r async for r in weft.map.aio(async_double, range(5))])

        @env.task
        def sparent() -> int:
            return sum(weft.map(sync_double, range(5))) + sum(weft.map(async_double, range(5)))

        before = set(threading.enumerate())
        outputs(parent)
        outputs(sparent)
        assert set(threading.enumerate()) == before

    def test_deep_recursion_needs_no_threads(self):
        @env.task
        def deep(n: int) -> int:
            return 0 if n == 0 else 1 + deep(n - 1)

        before = threading.active_count()
        assert outputs(deep, 60)[0] == 60
        assert threading.active_count() == before

    def test_only_tasks_of_an_environment_can_be_run(self):
        with pytest.raises(TypeError, match="@env.task"):
            weft.run(len)

    def test_an_env_task_can_be_a_node_of_a_workflow(self):
        folder = str(pathlib.Path(__file__).parent / "programs")
        sys.path.insert(0, folder)
        try:
            import node_program
        finally:
            sys.path.remove(folder)
        assert node_program.wf(n=5) == 20
        assert node_program.retried(n=1) == 3
        with weft.custom_context(k="v"):
            assert node_program.where(n=4) == "local 8 {'k': 'v'}"


class TestErrors:
    def test_the_users_class_and_attributes_leave_the_run(self):
        @env.task
        def broken() -> int:
            raise MyError("gone", 42)

        with pytest.raises(MyError, match="gone") as caught:
            weft.run(broken)
        assert caught.value.code_of_mine == 42
        assert type(caught.value.__cause__) is MyError
        with pytest.raises(weft.errors.RuntimeUserError) as caught:
            weft.run(broken)
        assert (caught.value.code, caught.value.kind) == ("MyError", "user")

    @pytest.mark.parametrize(
        "error",
        [
            KeyError("k"),
            OSError(2, "no"),
            UnicodeDecodeError("utf8", b"x", 0, 1, "bad"),
            StopIteration(3),
            AssertionError(),
        ],
    )
    def test_builtin_errors_keep_class_and_arguments(self, error):
        @env.task
        def broken() -> int:
            raise error

        @env.task
        def parent() -> str:
            try:
                broken()
            except type(error) as got:
                return repr(got.args)
            return "not caught"

        assert outputs(parent)[0] == repr(error.args)

    def test_sys_exit_is_an_error_of_the_task(self):
        @env.task
        def leaves() -> int:
            raise SystemExit(3)

        @env.task
        async def aleaves() -> int:
            raise SystemExit(3)

        for task in (leaves, aleaves):
            with pytest.raises(weft.errors.RuntimeUserError, match=r"sys.exit\(3\)"):
                weft.run(task)

    def test_a_failed_run_says_so_in_the_record(self, tmp_path):
        @env.task
        def broken() -> int:
            raise ValueError("no")

        with pytest.raises(ValueError, match="no"):
            weft.with_runcontext(run_base_dir=tmp_path / "r", copy_style="none", version="1").run(broken)
        assert json.loads((tmp_path / "r" / "run.json").read_text())["phase"] == "failed"
        assert "ValueError: no" in (tmp_path / "r" / "actions.jsonl").read_text()


class TestRun:
    def test_a_run_has_name_phase_times_inputs_outputs_and_a_record(self):
        run = weft.with_runcontext(name="real").run(async_double, n=4)
        assert (run.name, run.phase, run.done(), run.error) == ("real", "succeeded", True, None)
        assert run.phase.is_terminal
        assert run.inputs() == {"n": 4}
        assert run.outputs() == (8,)
        assert run.started <= run.ended
        assert run.wait() is None
        assert pathlib.Path(run.url, "run.json").exists()

    def test_methods_have_awaitable_forms(self):
        async def main():
            run = await weft.run.aio(async_double, 4)
            await run.wait.aio()
            return await run.outputs.aio(), await run.inputs.aio()

        assert asyncio.run(main()) == ((8,), {"n": 4})

    def test_a_task_without_outputs_gives_an_empty_tuple(self):
        @env.task
        def nothing() -> None:
            pass

        assert outputs(nothing) == ()

    def test_rerun_takes_the_inputs_of_the_run_before(self):
        @env.task
        def add(a: int, b: int = 2) -> int:
            return a + b

        assert weft.rerun(weft.run(add, 1), add, b=10).outputs()[0] == 11

    def test_action_names_are_the_same_in_every_run_of_the_same_name(self):
        names = []

        @env.task
        def who(n: int) -> int:
            names.append(weft.ctx().action.name)
            return n

        @env.task
        def parent() -> int:
            return who(1) + who(1) + who(2)

        for _ in range(2):
            weft.with_runcontext(name="again").run(parent)
        assert names[:3] == names[3:]
        assert len(set(names)) == 3

    def test_the_tree_of_actions_is_in_the_record(self, tmp_path):
        @env.task
        def leaf(n: int) -> int:
            return n

        @env.task
        def middle(n: int) -> int:
            return leaf(n)

        @env.task
        def top() -> int:
            return middle(1)

        run = weft.run(top)
        rows = {
            row["task"]: row for row in map(json.loads, pathlib.Path(run.url, "actions.jsonl").read_text().splitlines())
        }
        assert rows["actions.leaf"]["parent"] == rows["actions.middle"]["name"]
        assert rows["actions.middle"]["parent"] == rows["actions.top"]["name"]
        assert base64.b64decode(rows["actions.leaf"]["outputs"]["o0"])


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
            weft.run(flaky)
        assert len(seen) == 3

    def test_override_with_falsy_values_takes_effect(self):
        flaky, seen = self.failing(1, retries=5, timeout=60)
        with pytest.raises(MyError):
            weft.run(flaky.override(retries=0))
        assert len(seen) == 1
        assert flaky.override(timeout=0).timeout.max_runtime == 0
        assert flaky.override(env_vars={}).environment == {}
        assert flaky.override(max_inline_io_bytes=0).options.max_inline_io_bytes == 0

    def test_non_recoverable_errors_are_not_tried_again(self):
        seen = []

        @env.task(retries=5)
        def final() -> int:
            seen.append(1)
            raise weft.errors.NonRecoverableError("useless")

        with pytest.raises(weft.errors.NonRecoverableError):
            weft.run(final)
        assert seen == [1]

    def test_backoff_follows_its_formula(self):
        backoff = weft.Backoff(base=timedelta(seconds=1), factor=2.0, cap=timedelta(seconds=5))
        assert [backoff.compute_delay(n).total_seconds() for n in (0, 1, 2, 3, 5000)] == [1, 2, 4, 5, 5]
        assert weft.RetryStrategy(3).pause(2) == 0

    def test_a_sync_task_that_sleeps_too_long_is_stopped(self):
        @env.task(timeout=timedelta(milliseconds=50))
        def sleeps() -> int:
            time.sleep(60)
            return 1

        with pytest.raises(weft.errors.MaxRuntimeExceededError):
            weft.run(sleeps)
        with pytest.raises(TimeoutError):
            weft.run(sleeps)

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

        with pytest.raises(weft.errors.TaskTimeoutError):
            weft.run(sleeps)
        assert seen == ["start", "end"] * 2

    def test_a_deadline_counts_all_attempts(self):
        @env.task(retries=1000, timeout=weft.Timeout(deadline=timedelta(milliseconds=100)))
        def slow() -> int:
            time.sleep(0.02)
            raise MyError("again")

        with pytest.raises((weft.errors.DeadlineExceededError, MyError)):
            weft.run(slow)

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
            weft.TaskEnvironment(name)

    def test_environment_variables_of_a_task_are_set_while_it_runs(self):
        own = weft.TaskEnvironment("vars", env_vars={"OF_THE_TASK": "1"})

        @own.task
        def read() -> Optional[str]:
            return os.environ.get("OF_THE_TASK")

        assert outputs(read)[0] == "1"
        assert "OF_THE_TASK" not in os.environ

    def test_clone_with_changes_what_is_said(self):
        first = weft.TaskEnvironment("first", env_vars={"A": "1"}, cache="auto", queue="q")
        second = first.clone_with("second", env_vars={}, interruptible=True)
        assert (second.env_vars, second.interruptible, second.queue, second.cache.behavior) == ({}, True, "q", "auto")

    def test_dependencies_are_added_once(self):
        first, second = weft.TaskEnvironment("one"), weft.TaskEnvironment("two")
        first.add_dependency(second, second, first)
        assert first.depends_on == [second]


class TestCache:
    def counted(self, **options):
        ran = []

        @env.task(**options)
        def counted(xs: list[list[int]]) -> int:
            ran.append(xs)
            return len(ran)

        return counted, ran

    @pytest.mark.parametrize("cache", ["auto", weft.Cache("override", "v1"), weft.Cache(version="2")])
    def test_a_cached_result_is_read_whatever_the_behavior(self, cache):
        task, ran = self.counted(cache=cache)
        assert outputs(task, [[1]]) == outputs(task, [[1]])
        assert len(ran) == 1

    @pytest.mark.parametrize(
        ("one", "other"), [([[1], [2]], [[1, 2]]), ([[], [1, 2]], [[1, 2]]), ([], [[]]), ([[]], [[], []])]
    )
    def test_nested_values_do_not_meet(self, one, other):
        task, ran = self.counted(cache=weft.Cache("override", "v"))
        assert outputs(task, one) != outputs(task, other)
        assert len(ran) == 2

    def test_max_age_is_honoured(self):
        task, ran = self.counted(cache=weft.Cache("override", "v", max_age=0))
        outputs(task, [[1]])
        outputs(task, [[1]])
        assert len(ran) == 2

    def test_ignored_inputs_do_not_count(self):
        ran = []

        @env.task(cache=weft.Cache("override", "v", ignored_inputs=("b",)))
        def two(a: int, b: int) -> int:
            ran.append((a, b))
            return a + b

        assert outputs(two, 1, 2) == outputs(two, 1, 3) == (3,)

    def test_auto_follows_the_function_and_not_its_comments(self, tmp_path, monkeypatch):
        monkeypatch.syspath_prepend(str(tmp_path))
        body = "import weft\nenv = weft.TaskEnvironment('auto')\n@env.task(cache='auto')\ndef f(n: int) -> int:\n    return n{}\n"
        versions = []
        for number, end in enumerate(["", "  # a comment", " + 1"]):
            (tmp_path / f"auto_{number}.py").write_text(body.format(end))
            versions.append(__import__(f"auto_{number}").f.cache_version())
        assert versions[0] == versions[1] != versions[2]

    def test_a_policy_makes_the_version_with_the_salt(self):
        class Policy:
            def get_version(self, salt, params):
                return f"{salt}-{params.func.__name__}"

        @env.task(cache=weft.Cache("auto", policies=[Policy()], salt="s"))
        def f(n: int) -> int:
            return n

        assert f.cache_version() == weft.Cache("auto", policies=Policy(), salt="s").get_version(
            weft.VersionParameters(f.func)
        )

    def test_identical_calls_at_once_run_once_if_serialized(self):
        ran = []

        @env.task(cache=weft.Cache("override", "v", serialize=True))
        def slow(n: int) -> int:
            ran.append(n)
            time.sleep(0.05)
            return n

        @env.task
        async def parent() -> list[int]:
            return list(await asyncio.gather(*(slow.aio(1) for _ in range(3))))

        assert outputs(parent)[0] == [1, 1, 1]
        assert ran == [1]

    def test_errors_are_not_cached(self):
        ran = []

        @env.task(cache=weft.Cache("override", "v"))
        def fails_once(n: int) -> int:
            ran.append(n)
            if len(ran) == 1:
                raise MyError("once")
            return n

        with pytest.raises(MyError):
            weft.run(fails_once, 1)
        assert outputs(fails_once, 1)[0] == 1


class TestCheckpoints:
    def test_each_action_has_a_checkpoint_of_its_own(self):
        @env.task
        def saves(n: int) -> bool:
            checkpoint = weft.ctx().checkpoint
            before = checkpoint.prev_exists() or checkpoint.load_sync() is not None
            checkpoint.save_sync(str(n).encode())
            return before

        @env.task
        def parent() -> list[bool]:
            return [saves(1), saves(2), saves(1)] + list(weft.map(saves, [1, 2, 3]))

        assert outputs(parent)[0] == [False] * 6

    def test_a_second_run_does_not_see_the_first_ones(self, tmp_path):
        @env.task
        def saves() -> bool:
            checkpoint = weft.ctx().checkpoint
            found = checkpoint.load_sync() is not None
            checkpoint.save_sync(b"x")
            return found

        for _ in range(2):
            assert weft.with_runcontext(raw_data_path=str(tmp_path / "raw")).run(saves).outputs()[0] is False

    def test_async_tasks_load_and_save(self):
        @env.task(retries=1)
        async def task() -> str:
            checkpoint = weft.ctx().checkpoint
            path = await checkpoint.load()
            if path is None:
                folder = checkpoint.path / "mine"
                (folder / "sub").mkdir(parents=True)
                (folder / "sub" / "a.txt").write_text("A")
                await checkpoint.save(folder)
                raise MyError("again")
            return (path / "sub" / "a.txt").read_text()

        assert outputs(task)[0] == "A"

    def test_checkpoints_work_with_the_cache_on(self):
        @env.task(retries=1, cache=weft.Cache("override", "v"))
        def task(n: int) -> str:
            path = weft.ctx().checkpoint.load_sync()
            if path is None:
                weft.ctx().checkpoint.save_sync(b"kept")
                raise MyError("again")
            return path.read_text()

        assert outputs(task, 1) == outputs(task, 1) == ("kept",)


class TestMap:
    def test_results_come_in_the_order_of_the_items(self):
        @env.task
        def slow_first(n: int) -> int:
            time.sleep(0.02 if n == 0 else 0)
            return n

        @env.task
        def parent() -> list[int]:
            return list(weft.map(slow_first, range(6), concurrency=3))

        assert outputs(parent)[0] == list(range(6))

    @pytest.mark.parametrize("width", [1, 3])
    def test_concurrency_is_honoured(self, width):
        running, most, lock = [0], [0], threading.Lock()

        @env.task
        def work(n: int) -> int:
            with lock:
                running[0] += 1
                most[0] = max(most[0], running[0])
            time.sleep(0.005)
            with lock:
                running[0] -= 1
            return n

        @env.task
        def parent() -> int:
            return sum(weft.map(work, range(12), concurrency=width))

        assert outputs(parent)[0] == 66
        assert most[0] <= width

    def test_errors_are_given_or_raised(self):
        @env.task
        def odd(n: int) -> int:
            if n % 2:
                raise MyError(str(n))
            return n

        @env.task
        def parent() -> str:
            got = list(weft.map(odd, range(4)))
            with pytest.raises(MyError, match="1"):
                list(weft.map(odd, range(4), return_exceptions=False))
            with pytest.raises(MyError):
                sum(weft.map(odd, range(4)))
            return str([type(x).__name__ for x in got])

        assert outputs(parent)[0] == "['int', 'MyError', 'int', 'MyError']"

    def test_partials_and_several_iterables(self):
        @env.task
        def add(a: int, b: int, c: int = 0) -> int:
            return a + b + c

        @env.task
        async def parent() -> list[int]:
            return [x async for x in weft.map.aio(functools.partial(add, 10, c=1), [1, 2])]

        @env.task
        def sparent() -> list[int]:
            return list(weft.map(add, [1, 2, 3], [10, 20]))

        assert outputs(parent)[0] == [12, 13]
        assert outputs(sparent)[0] == [11, 22]
        with pytest.raises(TypeError, match="exactly one parameter"):
            weft.map(functools.partial(add, 1), [1])
        with pytest.raises(TypeError, match="a task of an environment"):
            weft.map(len, [1])

    def test_async_tasks_are_mapped_from_sync_code(self):
        @env.task
        def parent() -> list[int]:
            return list(weft.map(async_double, range(5), concurrency=2))

        assert outputs(parent)[0] == [0, 2, 4, 6, 8]

    def test_outside_a_run_it_is_a_plain_loop(self):
        assert list(weft.map(sync_double, [1, 2])) == [2, 4]


class TestGroupTraceReport:
    def test_a_group_is_seen_inside_and_part_of_the_names(self):
        @env.task
        def who() -> str:
            return weft.ctx().action.name

        @env.task
        def parent() -> list[str]:
            names = [who()]
            with weft.group("g"):
                assert weft.ctx().group_data.name == "g"
                names.append(who())
                with weft.group("h"):
                    names.append(who())
            assert weft.ctx().group_data is None
            return names

        assert len(set(outputs(parent)[0])) == 3
        with weft.group("outside"):
            assert weft.ctx() is None

    def test_trace_works_on_every_kind_of_function_under_every_kind_of_task(self):
        @weft.trace
        def plain(n: int) -> str:
            return weft.ctx().action.name

        @weft.trace
        async def coroutine(n: int) -> str:
            await asyncio.sleep(0)
            return weft.ctx().action.name

        @weft.trace
        def generator(n: int):
            for _ in range(n):
                yield weft.ctx().action.name

        @weft.trace
        async def agenerator(n: int):
            for _ in range(n):
                await asyncio.sleep(0)
                yield weft.ctx().action.name

        @env.task
        def parent() -> list[str]:
            mine = weft.ctx().action.name
            names = [plain(1), *generator(2)]
            assert weft.ctx().action.name == mine
            assert weft.ctx().task_action.name == mine
            return names

        @env.task
        async def aparent() -> list[str]:
            return [plain(1), await coroutine(1), *generator(2), *[x async for x in agenerator(2)]]

        assert len(set(outputs(parent)[0])) == 2
        assert len(set(outputs(aparent)[0])) == 4

    def test_a_traced_step_is_in_the_record_also_when_it_fails(self):
        @weft.trace
        def step(n: int) -> int:
            if n:
                raise MyError("x")
            return n

        @env.task
        def parent() -> int:
            with pytest.raises(MyError):
                step(1)
            return step(0)

        run = weft.run(parent)
        rows = [json.loads(line) for line in pathlib.Path(run.url, "actions.jsonl").read_text().splitlines()]
        assert [(row["task"], row["phase"]) for row in rows] == [
            ("step", "failed"),
            ("step", "succeeded"),
            ("actions.parent", "succeeded"),
        ]

    def test_a_traced_function_cannot_call_tasks(self):
        @weft.trace
        def step() -> int:
            return sync_double(1)

        @weft.trace
        def forward() -> int:
            return sync_double.forward(1)

        @env.task
        def parent() -> int:
            with pytest.raises(weft.errors.TraceDoesNotAllowNestedTasksError, match="forward"):
                step()
            return forward()

        assert outputs(parent)[0] == 2

    def test_a_report_is_kept_also_when_the_task_fails(self):
        import weft.report

        @env.task(report=True)
        def fails() -> None:
            weft.report.log("<p>so far</p>")
            weft.report.get_tab("Extra <tab>").log("<b>more</b>")
            fails.path = weft.ctx().output_path
            raise MyError("x")

        with pytest.raises(MyError):
            weft.run(fails)
        page = pathlib.Path(fails.path, "report.html").read_text()
        assert "<p>so far</p>" in page
        assert "Extra &lt;tab&gt;" in page

    def test_a_report_outside_a_task_leads_nowhere(self):
        import weft.report

        weft.report.log("x", do_flush=True)
        assert weft.report.current_report().output_path is None


class TestPropagation:
    def test_custom_context_reaches_threads_loops_and_maps(self):
        @env.task
        def read(n: int) -> str:
            return weft.get_custom_context().get("k", "none")

        @env.task
        async def aread(n: int) -> str:
            return weft.get_custom_context().get("k", "none")

        @env.task
        async def parent() -> list[str]:
            with weft.custom_context(k="v"):
                got = [await read.aio(1), read(1), await aread(1), *await asyncio.gather(aread(2), read.aio(2))]
                got += [x async for x in weft.map.aio(aread, [1, 2])]
            return [*got, await aread(3)]

        assert outputs(parent)[0] == ["v"] * 7 + ["none"]

    def test_inner_keys_win_and_go_away(self):
        @env.task
        def parent() -> list[dict[str, str]]:
            with weft.custom_context(a="1", b="1"):
                with weft.custom_context(b="2"):
                    inner = weft.get_custom_context()
                return [inner, weft.get_custom_context()]

        assert outputs(parent)[0] == [{"a": "1", "b": "2"}, {"a": "1", "b": "1"}]

    def test_a_block_outside_applies_to_the_runs_in_it(self):
        @env.task
        def read() -> dict[str, str]:
            return weft.get_custom_context()

        with weft.custom_context(a="1"):
            assert outputs(read)[0] == {"a": "1"}

    def test_many_runs_at_once_keep_their_contexts_apart(self):
        @env.task
        def inner(n: int) -> str:
            return weft.get_custom_context()["who"]

        @env.task
        def parent(n: int) -> list[str]:
            return [inner(i) for i in range(n)]

        def one(number):
            who = str(number)
            return weft.with_runcontext(custom_context={"who": who}).run(parent, 5).outputs()[0] == [who] * 5

        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(16) as pool:
            assert all(pool.map(one, range(64)))


class TestLimits:
    def test_inputs_beyond_the_inline_limit_are_refused_with_their_size(self):
        @env.task(max_inline_io_bytes=100)
        def small(text: str) -> int:
            return len(text)

        assert outputs(small, "x" * 10)[0] == 10
        with pytest.raises(weft.errors.InlineIOMaxBytesBreached, match="actions.small.text"):
            weft.run(small, "x" * 1000)

    def test_what_no_transformer_takes_is_pickled_with_a_warning(self):
        class Odd:
            pass

        with pytest.warns(UserWarning, match="Odd"):

            @env.task
            def take(odd: Odd) -> int:
                return 1

        with pytest.warns(UserWarning, match="'bare' has no type"):

            @env.task
            def untyped(bare) -> int:
                return len(bare)

        assert outputs(untyped, [1, 2])[0] == 2


class TestFiles:
    def test_a_file_made_in_a_temporary_folder_is_there_for_the_next_task(self):
        @env.task
        async def make() -> weft.io.File:
            with tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder, "x.txt")
                path.write_text("kept")  # noqa: ASYNC240 - a test
                return await weft.io.File.from_local(str(path))

        @env.task
        async def read(file: weft.io.File) -> str:
            async with file.open("rb") as opened:
                return bytes(await opened.read()).decode()

        @env.task
        async def parent() -> str:
            return await read(await make())

        assert outputs(parent)[0] == "kept"


class TestCondition:
    def test_a_condition_is_answered_from_code(self):
        condition = weft.new_condition("go", data_type=int, timeout=30)
        threading.Timer(0.01, condition.signal, [7]).start()
        assert condition.wait() == 7

    def test_nobody_answers_in_time(self):
        with pytest.raises(TimeoutError):
            weft.new_condition("go", timeout=0.01).wait()

    def test_an_answer_has_the_right_type(self):
        with pytest.raises(TypeError, match="int"):
            weft.new_condition("go", data_type=int).signal("x")
        with pytest.raises(TypeError, match="bool, int, float or str"):
            weft.new_condition("go", data_type=list)
