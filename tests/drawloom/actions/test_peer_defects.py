"""What Flyte 2's local mode gets wrong, each shown right here. The titles are those of the ranked list of its defects."""

import asyncio
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple, Optional, TypedDict, Union

import pytest

import drawloom
from action_tasks import recorded_actions
from drawloom.io import File
from typeengine import Pickle, default_engine

env = drawloom.TaskEnvironment("defects")
SOURCES = pathlib.Path(__file__).resolve().parents[3] / "src"


def outputs(task, *args, **kwargs):
    return drawloom.run(task, *args, **kwargs).outputs()[0]


class TestWrongResultsOrDataLoss:
    def test_the_cache_gives_no_other_calls_answer_for_nested_collections(self):
        ran = []

        @env.task(cache=drawloom.Cache("override", "nested"))
        def count(xs: list[list[int]], d: Optional[list[dict[str, int]]] = None) -> int:
            ran.append(xs)
            return len(ran)

        for xs in ([[1], [2]], [[1, 2]], [[], [1, 2]], [], [[]], [[], []]):
            outputs(count, xs)
        for d in ([{"a": 1}, {"b": 2}], [{"a": 1, "b": 2}]):
            outputs(count, [], d)
        assert len(ran) == 8

    def test_checkpoints_are_not_shared_by_the_tasks_of_a_run(self):
        seen = {}

        @env.task(retries=1)
        def save(who: str) -> str:
            checkpoint = drawloom.ctx().checkpoint
            path = checkpoint.load_sync()
            seen.setdefault(who, []).append(path.read_text() if path else None)
            checkpoint.save_sync(who.encode())
            if len(seen[who]) == 1:
                raise ValueError(who)
            return who

        @env.task
        def never_saved() -> bool:
            return drawloom.ctx().checkpoint.prev_exists()

        @env.task
        def main() -> bool:
            list(drawloom.map(save, ["a", "b"], return_exceptions=False))
            return never_saved()

        assert outputs(main) is False
        assert seen == {"a": [None, "a"], "b": [None, "b"]}

    def test_a_literal_takes_its_values_only_also_nested_and_from_the_command_line(self, tmp_path):
        @env.task
        def choose(one: Literal["p", "q"], many: list[Literal["p", "q"]]) -> str:
            return one + "".join(many)

        assert outputs(choose, "p", ["q"]) == "pq"
        for bad in (("zz", []), ("p", ["zz"]), ("P", [])):
            with pytest.raises(TypeError):
                drawloom.run(choose, *bad)
        file = tmp_path / "lits.py"
        file.write_text(
            "import drawloom\nfrom typing import Literal\nenv = drawloom.TaskEnvironment('l')\n"
            "@env.task\ndef choose(mode: Literal['p', 'q'] = 'p') -> str:\n    return mode\n"
        )
        call = [sys.executable, "-m", "drawloom", "run", str(file), "choose", "--json", "--input.mode"]
        settings = {
            "capture_output": True,
            "text": True,
            "check": False,
            "env": {**os.environ, "PYTHONPATH": str(SOURCES)},
        }
        good = subprocess.run([*call, "q"], **settings)
        assert json.loads(good.stdout)["outputs"] == {"o0": "q"}
        assert subprocess.run([*call, "Q"], **settings).returncode == 2

    @pytest.mark.parametrize(
        ("written", "hint", "read"),
        [(1, int, bool), (1, int, list[int]), (1.9, float, int), ("1", str, int), ([1], list[int], bool)],
    )
    def test_a_value_of_another_type_is_never_read_silently(self, written, hint, read):
        data = default_engine().codec(hint).encode(written)
        with pytest.raises(drawloom.DrawloomError):
            default_engine().codec(read).decode(data)

    def test_models_keep_nan_and_a_secret_is_not_replaced_by_its_mask(self):
        pydantic = pytest.importorskip("pydantic")

        class Numbers(pydantic.BaseModel):
            x: float
            y: Optional[float] = None

        @env.task
        def same(n: Numbers) -> Numbers:
            return n

        got = outputs(same, Numbers(x=math.nan, y=math.inf))
        assert math.isnan(got.x)
        assert got.y == math.inf

    def test_a_model_with_a_secret_is_never_written_with_the_mask_in_its_place(self):
        pydantic = pytest.importorskip("pydantic")

        class Hidden(pydantic.BaseModel):
            word: pydantic.SecretStr

        with pytest.raises(drawloom.DrawloomError, match=r"(?i)secret"):
            default_engine().codec(Hidden)

    def test_unknown_keyword_arguments_are_an_error(self):
        @env.task
        def one(n: int) -> int:
            return n

        with pytest.raises(TypeError, match="m"):
            drawloom.run(one, n=1, m=2)

    def test_a_remote_raw_data_path_makes_no_folder_of_its_name(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)

        @env.task
        def where() -> str:
            return str(drawloom.ctx().raw_data_path)

        run = drawloom.with_runcontext(raw_data_path="s3://bucket/x").run(where)
        assert run.outputs()[0] == "s3://bucket/x"
        assert not list(tmp_path.glob("s3*"))

    def test_a_file_of_a_temporary_folder_is_there_for_the_next_task(self):
        @env.task
        async def make() -> File:
            with tempfile.TemporaryDirectory() as folder:
                path = f"{folder}/x.txt"
                _write(path)
                return await File.from_local(path)

        @env.task
        async def read() -> str:
            async with (await make()).open("rb") as stream:
                return bytes(await stream.read()).decode()

        assert outputs(read) == "here"


def _write(path):
    pathlib.Path(path).write_text("here")


@dataclass
class Wide:
    a: int


@dataclass
class Narrow:
    b: int = 1


class Partial(TypedDict, total=False):
    a: int
    b: str


class TestHangsAndCrashes:
    def test_sys_exit_ends_the_task_and_not_the_process(self):
        @env.task
        def leaves() -> int:
            sys.exit(3)

        @env.task
        async def aleaves() -> int:
            sys.exit(3)

        for task in (leaves, aleaves):
            with pytest.raises(drawloom.errors.RuntimeUserError, match="exit"):
                drawloom.run(task)

    def test_a_sync_trace_in_an_async_task_does_not_lock_up(self):
        @drawloom.trace
        def step(n: int) -> int:
            return n + 1

        @env.task
        async def main() -> int:
            await asyncio.sleep(0)
            return step(1)

        assert outputs(main) == 2

    @pytest.mark.parametrize(
        ("hint", "value"),
        [
            (Union[Wide, Narrow], Wide(1)),
            (Union[Wide, Narrow], Narrow(2)),
            (Union[list[int], list[float]], [1.5]),
            (Union[list[int], list[str]], []),
            (Partial, {"a": 1}),
            (float, 1),
            (Optional[float], 2),
            (list[float], [1, 2.5]),
        ],
        ids=str,
    )
    def test_types_that_could_not_be_read_back_can(self, hint, value):
        def same(value):
            return value

        same.__annotations__ = {"value": hint, "return": hint}
        assert outputs(env.task(same), value) == value


class Named(NamedTuple):
    loss: float
    steps: int


class Unknown:
    """Nothing takes it, so it is pickled."""

    def __init__(self, n):
        self.n = n


class NamedUnknown(NamedTuple):
    thing: Unknown
    steps: int


class KeyedUnknown(TypedDict):
    thing: Unknown


class NamedAny(NamedTuple):
    thing: Any
    steps: int


class TestUnknownTypes:
    @pytest.mark.filterwarnings("ignore:.*its values are pickled")
    @pytest.mark.parametrize(
        ("hint", "value", "names"),
        [
            (NamedUnknown, NamedUnknown(Unknown(1), 2), ["thing", "steps"]),
            (KeyedUnknown, {"thing": Unknown(1)}, ["o0"]),
            (tuple[Unknown, int], (Unknown(1), 2), ["o0", "o1"]),
            (tuple[Any, int], (Unknown(1), 2), ["o0", "o1"]),
            (NamedAny, NamedAny(Unknown(1), 2), ["thing", "steps"]),
        ],
        ids=["named-tuple", "typed-dict", "tuple", "tuple-of-any", "named-tuple-of-any"],
    )
    def test_what_holds_something_that_nothing_takes_goes_in_and_out(self, hint, value, names):
        def same(value):
            return value

        same.__annotations__ = {"value": Annotated[hint, Pickle], "return": hint}
        back = drawloom.run(env.task(same), value).outputs()
        assert list(back.named_outputs) == names
        first = back[0]["thing"] if isinstance(back[0], dict) else back[0]
        assert (type(first), first.n) == (Unknown, 1)
        assert back[1:] == tuple(value)[1:] if len(names) > 1 else True


class TestDivergence:
    def test_a_timeout_is_enforced(self):
        @env.task(timeout=1)
        def slow() -> int:
            time.sleep(30)
            return 1

        with pytest.raises(drawloom.errors.TaskTimeoutError):
            drawloom.run(slow)

    def test_env_vars_version_run_base_dir_and_attempt_number_are_what_was_said(self, tmp_path):
        seen = []

        @env.task(retries=1)
        def look() -> str:
            context = drawloom.ctx()
            seen.append((context.attempt_number, context.version, context.run_base_dir))
            if not context.attempt_number:
                raise ValueError("again")
            return __import__("os").environ["GIVEN"]

        made = drawloom.with_runcontext(
            env_vars={"GIVEN": "yes"}, version="v3", run_base_dir=tmp_path / "r", copy_style="none"
        ).run(look)
        assert made.outputs()[0] == "yes"
        assert seen == [(0, "v3", str(tmp_path / "r")), (1, "v3", str(tmp_path / "r"))]

    def test_a_cached_result_is_read_under_override_overwritten_on_demand_and_ages(self):
        ran = []

        @env.task(cache=drawloom.Cache("override", "v", max_age=3600))
        def count() -> int:
            ran.append(1)
            return len(ran)

        assert [outputs(count), outputs(count)] == [1, 1]
        assert drawloom.with_runcontext(overwrite_cache=True).run(count).outputs()[0] == 2
        fresh = count.override(cache=drawloom.Cache("override", "v", max_age=0))
        assert outputs(fresh) == 3

    def test_map_honours_its_concurrency(self):
        at_once = []
        inside = []

        @env.task
        async def work(n: int) -> int:
            inside.append(n)
            at_once.append(len(inside))
            await asyncio.sleep(0.001)
            inside.remove(n)
            return n

        @env.task
        async def main() -> int:
            return sum([each async for each in drawloom.map.aio(work, range(9), concurrency=3)])

        assert outputs(main) == 36
        assert max(at_once) == 3

    def test_a_local_run_has_a_name_a_phase_an_end_and_the_outputs_names(self):
        @env.task
        def train() -> Named:
            return Named(0.5, 7)

        run = drawloom.with_runcontext(name="mine").run(train)
        assert (run.name, run.phase.value, run.done()) == ("mine", "succeeded", True)
        assert run.outputs().named_outputs == {"loss": 0.5, "steps": 7}
        assert run.started <= run.ended

    def test_a_users_error_keeps_its_class_and_its_cause(self):
        class MyError(Exception):
            pass

        @env.task
        def fails() -> int:
            raise MyError("mine") from KeyError("cause")

        @env.task
        def catches() -> str:
            try:
                fails()
            except MyError as error:
                return f"{error} {type(error.__cause__.__cause__).__name__}"
            return ""

        assert outputs(catches) == "mine KeyError"

    def test_retries_without_a_backoff_come_at_once(self):
        pauses = []

        @env.task(retries=6)
        def flaky() -> int:
            pauses.append(time.monotonic())
            if len(pauses) < 7:
                raise ValueError
            return 1

        assert outputs(flaky) == 1
        assert flaky.retry.pause(0) == flaky.retry.pause(5) == 0

    def test_a_failing_task_keeps_its_report_and_the_record_its_tree(self, tmp_path):
        @env.task(report=True)
        def leaf() -> int:
            drawloom.report.log("<b>so far</b>")
            raise ValueError

        @env.task
        def main() -> int:
            return leaf()

        run = drawloom.with_runcontext(run_base_dir=tmp_path / "r").start(main, {})
        rows = recorded_actions(tmp_path / "r")
        assert [row["e"] for row in rows] == ["defects.leaf", "defects.main"]
        assert rows[0]["p"] == rows[1]["a"] == run.action.name
        assert "so far" in next((tmp_path / "r").rglob("report.html")).read_text()

    def test_overrides_with_falsy_values_have_an_effect(self):
        ran = []

        @env.task(retries=3, timeout=9)
        def fails() -> int:
            ran.append(1)
            raise ValueError

        with pytest.raises(ValueError):  # noqa: PT011 - the task's own, without a word
            drawloom.run(fails.override(retries=0, timeout=0, env_vars={}))
        assert ran == [1]
        assert fails.override(timeout=0).max_runtime in {None, 0}
