"""Actions: what a run is, what reaches every task of it, and its limits, files and conditions. Where Flyte 2's local mode is wrong, this is right."""

import asyncio
import pathlib
import tempfile
import threading

import pytest

import drawloom
from action_tasks import async_double, env, outputs, recorded_actions
from drawloom.interpreter import read_run
from literals import unpack_map


class TestRun:
    def test_a_run_has_name_phase_times_inputs_outputs_and_a_record(self):
        run = drawloom.with_runcontext(name="real").run(async_double, n=4)
        assert (run.name, run.phase, run.done(), run.error) == ("real", "succeeded", True, None)
        assert run.phase.is_terminal
        assert run.inputs() == {"n": 4}
        assert run.outputs() == (8,)
        assert run.started <= run.ended
        assert run.wait() is None
        assert pathlib.Path(run.url, "run.json").exists()

    def test_methods_have_awaitable_forms(self):
        async def main():
            run = await drawloom.run.aio(async_double, 4)
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

        assert drawloom.rerun(drawloom.run(add, 1), add, b=10).outputs()[0] == 11

    def test_action_names_are_the_same_in_every_run_of_the_same_name(self):
        names = []

        @env.task
        def who(n: int) -> int:
            names.append(drawloom.ctx().action.name)
            return n

        @env.task
        def parent() -> int:
            return who(1) + who(1) + who(2)

        for _ in range(2):
            drawloom.with_runcontext(name="again").run(parent)
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

        run = drawloom.run(top)
        rows = {row["e"]: row for row in recorded_actions(run.url)}
        assert rows["actions.leaf"]["p"] == rows["actions.middle"]["a"]
        assert rows["actions.middle"]["p"] == rows["actions.top"]["a"]
        kept = {frame["a"]: frame["v"] for frame in read_run(run.url).frames if frame["k"] == "out"}
        assert unpack_map(kept[rows["actions.leaf"]["a"]])["o0"]


class TestPropagation:
    def test_custom_context_reaches_threads_loops_and_maps(self):
        @env.task
        def read(n: int) -> str:
            return drawloom.get_custom_context().get("k", "none")

        @env.task
        async def aread(n: int) -> str:
            return drawloom.get_custom_context().get("k", "none")

        @env.task
        async def parent() -> list[str]:
            with drawloom.custom_context(k="v"):
                got = [await read.aio(1), read(1), await aread(1), *await asyncio.gather(aread(2), read.aio(2))]
                got += [x async for x in drawloom.map.aio(aread, [1, 2])]
            return [*got, await aread(3)]

        assert outputs(parent)[0] == ["v"] * 7 + ["none"]

    def test_inner_keys_win_and_go_away(self):
        @env.task
        def parent() -> list[dict[str, str]]:
            with drawloom.custom_context(a="1", b="1"):
                with drawloom.custom_context(b="2"):
                    inner = drawloom.get_custom_context()
                return [inner, drawloom.get_custom_context()]

        assert outputs(parent)[0] == [{"a": "1", "b": "2"}, {"a": "1", "b": "1"}]

    def test_a_block_outside_applies_to_the_runs_in_it(self):
        @env.task
        def read() -> dict[str, str]:
            return drawloom.get_custom_context()

        with drawloom.custom_context(a="1"):
            assert outputs(read)[0] == {"a": "1"}

    def test_many_runs_at_once_keep_their_contexts_apart(self):
        @env.task
        def inner(n: int) -> str:
            return drawloom.get_custom_context()["who"]

        @env.task
        def parent(n: int) -> list[str]:
            return [inner(i) for i in range(n)]

        def one(number):
            who = str(number)
            return drawloom.with_runcontext(custom_context={"who": who}).run(parent, 5).outputs()[0] == [who] * 5

        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(16) as pool:
            assert all(pool.map(one, range(64)))


class TestLimits:
    def test_inputs_beyond_the_inline_limit_are_refused_with_their_size(self):
        @env.task(max_inline_io_bytes=100)
        def small(text: str) -> int:
            return len(text)

        assert outputs(small, "x" * 10)[0] == 10
        with pytest.raises(drawloom.errors.InlineIOMaxBytesBreached, match="actions.small.text"):
            drawloom.run(small, "x" * 1000)

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
        async def make() -> drawloom.io.File:
            with tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder, "x.txt")
                path.write_text("kept")  # noqa: ASYNC240 - a test
                return await drawloom.io.File.from_local(str(path))

        @env.task
        async def read(file: drawloom.io.File) -> str:
            async with file.open("rb") as opened:
                return bytes(await opened.read()).decode()

        @env.task
        async def parent() -> str:
            return await read(await make())

        assert outputs(parent)[0] == "kept"


class TestCondition:
    def test_a_condition_is_answered_from_code(self):
        condition = drawloom.new_condition("go", data_type=int, timeout=30)
        threading.Timer(0.01, condition.signal, [7]).start()
        assert condition.wait() == 7

    def test_nobody_answers_in_time(self):
        with pytest.raises(TimeoutError):
            drawloom.new_condition("go", timeout=0.01).wait()

    def test_an_answer_has_the_right_type(self):
        with pytest.raises(TypeError, match="int"):
            drawloom.new_condition("go", data_type=int).signal("x")
        with pytest.raises(TypeError, match="bool, int, float or str"):
            drawloom.new_condition("go", data_type=list)
