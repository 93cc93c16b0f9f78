"""Actions: cached results and checkpoints. Where Flyte 2's local mode is wrong, this is right."""

import asyncio
import time

import pytest

import drawloom
from action_tasks import MyError, env, outputs


class TestCache:
    def counted(self, **options):
        ran = []

        @env.task(**options)
        def counted(xs: list[list[int]]) -> int:
            ran.append(xs)
            return len(ran)

        return counted, ran

    @pytest.mark.parametrize("cache", ["auto", drawloom.Cache("override", "v1"), drawloom.Cache(version="2")])
    def test_a_cached_result_is_read_whatever_the_behavior(self, cache):
        task, ran = self.counted(cache=cache)
        assert outputs(task, [[1]]) == outputs(task, [[1]])
        assert len(ran) == 1

    @pytest.mark.parametrize(
        ("one", "other"), [([[1], [2]], [[1, 2]]), ([[], [1, 2]], [[1, 2]]), ([], [[]]), ([[]], [[], []])]
    )
    def test_nested_values_do_not_meet(self, one, other):
        task, ran = self.counted(cache=drawloom.Cache("override", "v"))
        assert outputs(task, one) != outputs(task, other)
        assert len(ran) == 2

    def test_max_age_is_honoured(self):
        task, ran = self.counted(cache=drawloom.Cache("override", "v", max_age=0))
        outputs(task, [[1]])
        outputs(task, [[1]])
        assert len(ran) == 2

    def test_ignored_inputs_do_not_count(self):
        ran = []

        @env.task(cache=drawloom.Cache("override", "v", ignored_inputs=("b",)))
        def two(a: int, b: int) -> int:
            ran.append((a, b))
            return a + b

        assert outputs(two, 1, 2) == outputs(two, 1, 3) == (3,)

    def test_auto_follows_the_function_and_not_its_comments(self, tmp_path, monkeypatch):
        monkeypatch.syspath_prepend(str(tmp_path))
        body = "import drawloom\nenv = drawloom.TaskEnvironment('auto')\n@env.task(cache='auto')\ndef f(n: int) -> int:\n    return n{}\n"
        versions = []
        for number, end in enumerate(["", "  # a comment", " + 1"]):
            (tmp_path / f"auto_{number}.py").write_text(body.format(end))
            versions.append(__import__(f"auto_{number}").f.cache_version())
        assert versions[0] == versions[1] != versions[2]

    def test_a_policy_makes_the_version_with_the_salt(self):
        class Policy:
            def get_version(self, salt, params):
                return f"{salt}-{params.func.__name__}"

        @env.task(cache=drawloom.Cache("auto", policies=[Policy()], salt="s"))
        def f(n: int) -> int:
            return n

        assert f.cache_version() == drawloom.Cache("auto", policies=Policy(), salt="s").get_version(
            drawloom.VersionParameters(f.func)
        )

    def test_identical_calls_at_once_run_once_if_serialized(self):
        ran = []

        @env.task(cache=drawloom.Cache("override", "v", serialize=True))
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

        @env.task(cache=drawloom.Cache("override", "v"))
        def fails_once(n: int) -> int:
            ran.append(n)
            if len(ran) == 1:
                raise MyError("once")
            return n

        with pytest.raises(MyError):
            drawloom.run(fails_once, 1)
        assert outputs(fails_once, 1)[0] == 1


class TestCheckpoints:
    def test_each_action_has_a_checkpoint_of_its_own(self):
        @env.task
        def saves(n: int) -> bool:
            checkpoint = drawloom.ctx().checkpoint
            before = checkpoint.prev_exists() or checkpoint.load_sync() is not None
            checkpoint.save_sync(str(n).encode())
            return before

        @env.task
        def parent() -> list[bool]:
            return [saves(1), saves(2), saves(1)] + list(drawloom.map(saves, [1, 2, 3]))

        assert outputs(parent)[0] == [False] * 6

    def test_a_second_run_does_not_see_the_first_ones(self, tmp_path):
        @env.task
        def saves() -> bool:
            checkpoint = drawloom.ctx().checkpoint
            found = checkpoint.load_sync() is not None
            checkpoint.save_sync(b"x")
            return found

        for _ in range(2):
            assert drawloom.with_runcontext(raw_data_path=str(tmp_path / "raw")).run(saves).outputs()[0] is False

    def test_async_tasks_load_and_save(self):
        @env.task(retries=1)
        async def task() -> str:
            checkpoint = drawloom.ctx().checkpoint
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
        @env.task(retries=1, cache=drawloom.Cache("override", "v"))
        def task(n: int) -> str:
            path = drawloom.ctx().checkpoint.load_sync()
            if path is None:
                drawloom.ctx().checkpoint.save_sync(b"kept")
                raise MyError("again")
            return path.read_text()

        assert outputs(task, 1) == outputs(task, 1) == ("kept",)
