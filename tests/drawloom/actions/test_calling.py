"""Actions: calling rules between sync and async tasks, and what leaves a task that failed. Where Flyte 2's local mode is wrong, this is right."""

import asyncio
import pathlib
import sys
import threading
from dataclasses import dataclass
from typing import NamedTuple

import pytest

import drawloom
from action_tasks import MyError, async_double, env, outputs, recorded_actions, sync_double
from drawloom.interpreter import State, read_info


@dataclass
class Point:
    x: int
    tags: list[str]


class Pair(NamedTuple):
    a: int
    b: str


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
            return drawloom.run(async_double, 4).outputs()[0]

        @env.task
        async def anested() -> int:
            return (await drawloom.run.aio(async_double, 4)).outputs()[0] + drawloom.run(sync_double, 1).outputs()[0]

        async def main():
            return drawloom.run(sync_double, 2).outputs()[0], (await drawloom.run.aio(sync_double, 2)).outputs()[0]

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
        run = drawloom.run(pair, 1)
        assert run.outputs().named_outputs == {"a": 1, "b": "b"}
        assert (run.outputs().a, run.outputs()[1]) == (1, "b")

    @pytest.mark.parametrize(
        ("args", "kwargs"), [((), {}), ((1, 2), {}), ((1,), {"n": 1}), ((), {"m": 1}), ((1,), {"extra": 2})]
    )
    def test_arguments_that_do_not_fit_are_a_type_error_that_names_the_task(self, args, kwargs):
        with pytest.raises(TypeError, match="actions.sync_double"):
            drawloom.run(sync_double, *args, **kwargs)

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
            drawloom.run(take, [Point(1, ["a"]), Point(2, ["b", 3])])

    def test_an_output_of_the_wrong_type_is_a_data_validation_error(self):
        @env.task
        def lies() -> int:
            return "one"

        @env.task
        def lies_inside() -> tuple[int, dict[str, list[int]]]:
            return 1, {"a": [1, "2"]}

        @env.task
        def undeclared():
            return 5

        with pytest.raises(drawloom.errors.RuntimeDataValidationError, match="actions.lies, output `o0`"):
            drawloom.run(lies)
        with pytest.raises(drawloom.errors.RuntimeDataValidationError) as caught:
            drawloom.run(lies_inside)
        error = caught.value
        assert error.where == """actions.lies_inside, output `o1`["a"][1]"""
        assert (error.expected, error.got) == ("int", "'2' of type str")
        with pytest.raises(drawloom.errors.RuntimeDataValidationError, match="no output is declared"):
            drawloom.run(undeclared)

    def test_no_thread_and_no_loop_is_left_after_a_run(self):
        @env.task
        async def parent() -> int:
            await asyncio.gather(*(sync_double.aio(i) for i in range(8)))
            return sum([r async for r in drawloom.map.aio(async_double, range(5))])

        @env.task
        def sparent() -> int:
            return sum(drawloom.map(sync_double, range(5))) + sum(drawloom.map(async_double, range(5)))

        before = set(threading.enumerate())
        outputs(parent)
        outputs(sparent)
        assert set(threading.enumerate()) <= before

    def test_deep_recursion_needs_no_threads(self):
        @env.task
        def deep(n: int) -> int:
            return 0 if n == 0 else 1 + deep(n - 1)

        before = set(threading.enumerate())
        assert outputs(deep, 60)[0] == 60
        assert set(threading.enumerate()) <= before

    def test_only_tasks_of_an_environment_can_be_run(self):
        with pytest.raises(TypeError, match="@env.task"):
            drawloom.run(len)

    def test_an_env_task_can_be_a_node_of_a_workflow(self):
        folder = str(pathlib.Path(__file__).parents[1] / "programs")
        sys.path.insert(0, folder)
        try:
            import node_program
        finally:
            sys.path.remove(folder)
        assert node_program.wf(n=5) == 20
        assert node_program.retried(n=1) == 3
        with drawloom.custom_context(k="v"):
            assert node_program.where(n=4) == "local 8 {'k': 'v'}"


class TestErrors:
    def test_the_users_class_and_attributes_leave_the_run(self):
        @env.task
        def broken() -> int:
            raise MyError("gone", 42)

        with pytest.raises(MyError, match="gone") as caught:
            drawloom.run(broken)
        assert caught.value.code_of_mine == 42
        assert type(caught.value.__cause__) is MyError
        with pytest.raises(drawloom.errors.RuntimeUserError) as caught:
            drawloom.run(broken)
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
            with pytest.raises(drawloom.errors.RuntimeUserError, match=r"sys.exit\(3\)"):
                drawloom.run(task)

    def test_a_failed_run_says_so_in_the_record(self, tmp_path):
        @env.task
        def broken() -> int:
            raise ValueError("no")

        with pytest.raises(ValueError, match="no"):
            drawloom.with_runcontext(run_base_dir=tmp_path / "r", copy_style="none", version="1").run(broken)
        assert read_info(tmp_path / "r").state is State.FAILED
        assert recorded_actions(tmp_path / "r")[-1]["d"] == "ValueError: no"


class TestErrorsOfEveryClass:
    @pytest.mark.parametrize("kind", [Exception, RuntimeError, ValueError, KeyError, OSError, ArithmeticError, MyError])
    def test_an_error_is_its_own_class_and_a_user_error(self, kind):
        @env.task
        def fails() -> int:
            raise kind("because")

        for wanted in (kind, drawloom.errors.RuntimeUserError):
            with pytest.raises(wanted, match="because") as caught:
                drawloom.run(fails)
            assert caught.value.code == kind.__name__

    def test_a_body_without_a_return_fails_when_it_runs(self):
        @env.task
        async def later(n: int) -> int: ...

        with pytest.raises(drawloom.errors.RuntimeDataValidationError):
            drawloom.run(later, n=1)


class TestEnvironments:
    @pytest.mark.parametrize(
        "options",
        [
            {"image": 123},
            {"resources": 123},
            {"env_vars": 123},
            {"env_vars": {"A": 1}},
            {"secrets": 123},
            {"depends_on": [123]},
            {"include": "one.html"},
            {"include": ["one.html", 1]},
            {"service_account": 5},
            {"cache": 5},
            {"reusable": 5},
        ],
        ids=str,
    )
    def test_an_option_of_the_wrong_type_is_refused_when_the_environment_is_made(self, options):
        with pytest.raises(TypeError, match="wrong"):
            drawloom.TaskEnvironment("wrong", **options)

    def test_a_reused_container_has_one_pod_template(self):
        reused = drawloom.TaskEnvironment("reused", reusable=drawloom.ReusePolicy(replicas=1))
        with pytest.raises(ValueError, match="pod template"):
            reused.task(sync_double.func, pod_template="other")

    def test_docs_may_be_a_text(self):
        made = env.task(docs="What it does.")(sync_double.func)
        assert made.docs.short_description == "What it does."

    def test_a_tool_of_an_agent_is_still_the_task(self):
        from drawloom.flyte.ai.agents import tool

        assert tool(sync_double) is sync_double
        assert tool(name="x")(sync_double) is sync_double

    def test_options_can_be_read_from_the_task(self):
        policy = drawloom.ReusePolicy(replicas=1)
        made = drawloom.TaskEnvironment("read", reusable=policy, env_vars={"A": "b"}).task(max_inline_io_bytes=7)(
            sync_double.func
        )
        assert (made.reusable, made.env_vars, made.max_inline_io_bytes) == (policy, {"A": "b"}, 7)
        assert made.override(reusable="off").reusable is None
