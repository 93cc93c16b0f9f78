"""Actions: map, group, trace and report. Where Flyte 2's local mode is wrong, this is right."""

import asyncio
import functools
import json
import pathlib
import threading
import time

import pytest

import weft
from action_tasks import MyError, async_double, env, outputs, sync_double


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
