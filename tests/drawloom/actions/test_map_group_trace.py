"""Actions: map, group, trace and report. Where Flyte 2's local mode is wrong, this is right."""

import asyncio
import functools
import pathlib
import threading
import time

import pytest

import drawloom
from action_tasks import MyError, async_double, env, outputs, recorded_actions, sync_double


class TestMap:
    def test_results_come_in_the_order_of_the_items(self):
        @env.task
        def slow_first(n: int) -> int:
            time.sleep(0.02 if n == 0 else 0)
            return n

        @env.task
        def parent() -> list[int]:
            return list(drawloom.map(slow_first, range(6), concurrency=3))

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
            return sum(drawloom.map(work, range(12), concurrency=width))

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
            got = list(drawloom.map(odd, range(4)))
            with pytest.raises(MyError, match="1"):
                list(drawloom.map(odd, range(4), return_exceptions=False))
            with pytest.raises(MyError):
                sum(drawloom.map(odd, range(4)))
            return str([type(x).__name__ for x in got])

        assert outputs(parent)[0] == "['int', 'MyError', 'int', 'MyError']"

    def test_partials_and_several_iterables(self):
        @env.task
        def add(a: int, b: int, c: int = 0) -> int:
            return a + b + c

        @env.task
        async def parent() -> list[int]:
            return [x async for x in drawloom.map.aio(functools.partial(add, 10, c=1), [1, 2])]

        @env.task
        def sparent() -> list[int]:
            return list(drawloom.map(add, [1, 2, 3], [10, 20]))

        assert outputs(parent)[0] == [12, 13]
        assert outputs(sparent)[0] == [11, 22]
        with pytest.raises(TypeError, match="exactly one parameter"):
            drawloom.map(functools.partial(add, 1), [1])
        with pytest.raises(TypeError, match="a task of an environment"):
            drawloom.map(len, [1])

    def test_async_tasks_are_mapped_from_sync_code(self):
        @env.task
        def parent() -> list[int]:
            return list(drawloom.map(async_double, range(5), concurrency=2))

        assert outputs(parent)[0] == [0, 2, 4, 6, 8]

    def test_outside_a_run_it_is_a_plain_loop(self):
        assert list(drawloom.map(sync_double, [1, 2])) == [2, 4]


class TestGroupTraceReport:
    def test_a_group_is_seen_inside_and_part_of_the_names(self):
        @env.task
        def who() -> str:
            return drawloom.ctx().action.name

        @env.task
        def parent() -> list[str]:
            names = [who()]
            with drawloom.group("g"):
                assert drawloom.ctx().group_data.name == "g"
                names.append(who())
                with drawloom.group("h"):
                    names.append(who())
            assert drawloom.ctx().group_data is None
            return names

        assert len(set(outputs(parent)[0])) == 3
        with drawloom.group("outside"):
            assert drawloom.ctx() is None

    def test_trace_works_on_every_kind_of_function_under_every_kind_of_task(self):
        @drawloom.trace
        def plain(n: int) -> str:
            return drawloom.ctx().action.name

        @drawloom.trace
        async def coroutine(n: int) -> str:
            await asyncio.sleep(0)
            return drawloom.ctx().action.name

        @drawloom.trace
        def generator(n: int):
            for _ in range(n):
                yield drawloom.ctx().action.name

        @drawloom.trace
        async def agenerator(n: int):
            for _ in range(n):
                await asyncio.sleep(0)
                yield drawloom.ctx().action.name

        @env.task
        def parent() -> list[str]:
            mine = drawloom.ctx().action.name
            names = [plain(1), *generator(2)]
            assert drawloom.ctx().action.name == mine
            assert drawloom.ctx().task_action.name == mine
            return names

        @env.task
        async def aparent() -> list[str]:
            return [plain(1), await coroutine(1), *generator(2), *[x async for x in agenerator(2)]]

        assert len(set(outputs(parent)[0])) == 2
        assert len(set(outputs(aparent)[0])) == 4

    def test_a_traced_step_is_in_the_record_also_when_it_fails(self):
        @drawloom.trace
        def step(n: int) -> int:
            if n:
                raise MyError("x")
            return n

        @env.task
        def parent() -> int:
            with pytest.raises(MyError):
                step(1)
            return step(0)

        run = drawloom.run(parent)
        assert [(row["e"], row["s"]) for row in recorded_actions(run.url)] == [
            ("step", "FAILED"),
            ("step", "SUCCEEDED"),
            ("actions.parent", "SUCCEEDED"),
        ]

    def test_a_traced_function_cannot_call_tasks(self):
        @drawloom.trace
        def step() -> int:
            return sync_double(1)

        @drawloom.trace
        def forward() -> int:
            return sync_double.forward(1)

        @env.task
        def parent() -> int:
            with pytest.raises(drawloom.errors.TraceDoesNotAllowNestedTasksError, match="forward"):
                step()
            return forward()

        assert outputs(parent)[0] == 2

    def test_a_report_is_kept_also_when_the_task_fails(self):
        import drawloom.report

        @env.task(report=True)
        def fails() -> None:
            drawloom.report.log("<p>so far</p>")
            drawloom.report.get_tab("Extra <tab>").log("<b>more</b>")
            fails.path = drawloom.ctx().output_path
            raise MyError("x")

        with pytest.raises(MyError):
            drawloom.run(fails)
        page = pathlib.Path(fails.path, "report.html").read_text()
        assert "<p>so far</p>" in page
        assert "Extra &lt;tab&gt;" in page

    def test_a_run_gives_the_report_of_its_first_action(self):
        import drawloom.report

        @env.task(report=True)
        def inner() -> None:
            drawloom.report.log("<p>of the inner one</p>")

        @env.task(report=True)
        def outer() -> None:
            drawloom.report.log("<p>of the outer one</p>")
            inner()

        run = drawloom.run(outer)
        page = run.get_report()
        assert "of the outer one" in page
        assert "of the inner one" not in page
        assert asyncio.run(run.get_report.aio()) == page
        with pytest.raises(drawloom.errors.UnsupportedHereError, match="one page for each action"):
            run.get_report(attempt=1)
        with pytest.raises(drawloom.DrawloomError, match="has written no report"):
            drawloom.run(sync_double, n=1).get_report()

    def test_a_report_outside_a_task_leads_nowhere(self):
        import drawloom.report

        drawloom.report.log("x", do_flush=True)
        assert drawloom.report.current_report().output_path is None
