"""The tables of docs/migrating.md against the code: every public name of flytekit 1.16.31, in the state that it says; and a
program for each thing that is different on purpose.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
import importlib
import pkgutil
import re
import types
from collections import deque
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

import pytest

import drawloom
from compiler import SerializationSettings, compile_bundle
from drawloom import CronSchedule, LaunchPlan, dynamic, eager, flytekit, map_task, task, workflow
from drawloom.errors import UnsupportedHereError
from drawloom.flytekit.core.artifact import Inputs, TimePartition
from drawloom.flytekit.extend.backend import base_connector
from drawloom.flytekit.models.core import workflow as workflow_models
from drawloom.flytekit.types.error import FlyteError
from drawloom.unsupported import RefusingType
from literals import DrawloomError, pb
from typeengine import Pickle

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "migrating.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(\w+)` \| (same|better|refused) \| (.*) \|$", re.MULTILINE)
ROWS = {name: (state, note) for name, state, note in ROW.findall(TEXT)}
PEER = (Path(__file__).parent / "flytekit_names.txt").read_text(encoding="utf-8").split()


def test_the_table_has_every_public_name_and_no_other():
    assert sorted(ROWS) == sorted(PEER)


def test_what_is_better_or_refused_says_how():
    assert [name for name, (state, note) in ROWS.items() if state != "same" and not note.strip()] == []


@pytest.mark.parametrize("name", PEER)
def test_a_name_is_in_the_state_that_the_table_says(name):
    state, note = ROWS[name]
    found = getattr(flytekit, name)
    if state != "refused":
        assert found is not None
        assert not isinstance(found, RefusingType)
        return
    refused = list(refusals(found))
    assert refused
    reasons = set()
    for each in refused:
        with pytest.raises(UnsupportedHereError) as caught:
            each()
        assert caught.value.fix
        reasons.add(caught.value.what.partition(" needs ")[2])
    assert any(f"needs {reason}" in note for reason in reasons), reasons


def refusals(found):
    """The refused names behind a name: itself, or those of a module and of all below it."""
    if isinstance(found, RefusingType):
        yield found
    if not isinstance(found, types.ModuleType):
        return
    names = [found.__name__, *(m.name for m in pkgutil.walk_packages(found.__path__, f"{found.__name__}."))]
    for name in names:
        module = importlib.import_module(name)
        yield from (v for n in dir(module) if isinstance(v := getattr(module, n), RefusingType))


# -- different on purpose


@task
def one(a: int) -> int:
    return a


def plain(a: int) -> int:
    return a


SEEN: list[FlyteError] = []


@task
def fails(a: int) -> int:
    raise KeyError("gone")


@task
def handler(a: int, told: FlyteError | None = None) -> None:
    SEEN.append(told)


@workflow(on_failure=handler)
def failing(a: int) -> int:
    return fails(a=a)


class Config:
    """Of no plug-in."""


class Adds:
    def __call__(self, a: int) -> int:
        return a + 1


class Model:
    """Stands for an estimator: a class that only a pickle can carry."""


def override():
    @workflow
    def wf(a: int) -> int:
        return one(a=a).with_overrides(task_config={"x": 1})

    wf(a=1)


def config_of_dynamic():
    for decorator in (dynamic, eager):
        with pytest.raises(DrawloomError):
            decorator(task_config=Config())(plain)
    dynamic(task_config=Config())(plain)


async def awaits(a: int) -> int:
    return a


def clients_of_eager():
    for name in ("client_secret_group", "client_secret_key"):
        with pytest.raises(DrawloomError, match=f"`{name}` of @eager would do nothing"):
            eager(**{name: "x"})(awaits)
    assert asyncio.run(eager(remote=None)(awaits)(a=1)) == 1
    eager(remote=object())(awaits)


def handler_is_told():
    SEEN.clear()
    with pytest.raises(KeyError):
        failing(a=1)
    assert SEEN == [FlyteError(message="KeyError: 'gone'", failed_node_id="n0")]


def model():
    def gives(a: int) -> Model:
        return Model()

    def gives_a_pickle(a: int) -> Annotated[Model, Pickle]:
        return Model()

    assert isinstance(task(gives_a_pickle)(a=1), Model)
    task(gives)


def never_returns():
    def gives_nothing(a: int) -> int:
        """It does not return."""

    task(gives_nothing)


def async_body():
    async def body(a: int) -> int:
        return a

    workflow(body)


def generator():
    def yields(a: int) -> int:
        yield a

    task(yields)


class Held:
    """A class that holds a task."""

    inside = staticmethod(task(plain))


def unheld():
    Held.inside.get_container(SerializationSettings())


@dataclass
class Base:
    a: int


@dataclass
class Derived(Base):
    """The same fields."""


def derived() -> Derived:
    return Derived(1)


def base(x: Base) -> Base:
    return x


def subclass_of_a_record():
    with pytest.raises(DrawloomError, match="lose that it is a Derived"):
        task(base)(x=Derived(1))
    source, target = task(derived), task(base)

    @workflow
    def wf() -> Base:
        return target(x=source())

    wf()


class Money(Decimal):
    """A subclass."""


def money(x: Decimal) -> Decimal:
    return x


def pairs(x: dict) -> dict:
    return x


def bounded(x: deque) -> deque:
    return x


def half(a: float) -> float:
    return a / 2


def float_of_int():
    assert task(half)(a=1) == 0.5
    target = task(half)

    @workflow
    def wf(a: int) -> float:
        return target(a=one(a=a))

    wf(a=1)


def partly_failing():
    @workflow
    def wf(a: list[int]) -> list[int]:
        return map_task(one, min_success_ratio=0.5)(a=a)

    wf(a=[1])


def schedule_of_nothing():
    @workflow
    def wf(a: int) -> int:
        return one(a=a)

    LaunchPlan.get_or_create(
        wf,
        "nightly",
        default_inputs={"a": 1},
        schedule=CronSchedule(schedule="* * * * *", kickoff_time_input_arg="when"),
    )


def undeclared():
    @workflow
    def wf(a: int):
        return one(a=a)

    wf(a=1)


def moved_partition():
    day = dt.timedelta(days=1)
    known = drawloom.Artifact(name="a", time_partitioned=True, partition_keys=["r"])
    other = drawloom.Artifact(name="b", partition_keys=["r"])
    moved = TimePartition(dt.datetime(2024, 1, 1)) + day
    written = known.query(r="x", time_partition=moved).to_flyte_idl().artifact_id.time_partition
    assert written.value.time_value.ToDatetime() == dt.datetime(2024, 1, 2)
    with pytest.raises(DrawloomError, match="a partition is taken from another artifact"):
        known.query(r=other.partitions.r, time_partition=moved).to_flyte_idl()
    known.query(r="x", time_partition=TimePartition(Inputs.day) + day).to_flyte_idl()


def models_are_messages():
    metadata = workflow_models.NodeMetadata("n", dt.timedelta(seconds=3), None)
    assert isinstance(metadata, pb.NodeMetadata)
    assert (metadata.timeout.seconds, metadata.interruptible) == (3, False)
    assert not metadata.HasField("interruptible")


@dataclass
class Twin:
    """As Base."""

    a: int


def travels(
    pair: tuple[int, str],
    kind: Literal["a", 1],
    either: Base | Twin,
    many: list[int] = [1, 2],  # noqa: B006 - as users write it
) -> tuple[tuple[int, str], Literal["a", 1], Base | Twin, list[int]]:
    return pair, kind, either, many


def scaled(a: int, by: list[int]) -> int:
    return a * sum(by)


def more_that_travels():
    target = task(travels)

    @workflow
    def wf(
        pair: tuple[int, str], kind: Literal["a", 1], either: Base | Twin
    ) -> tuple[tuple[int, str], Literal["a", 1], Base | Twin, list[int]]:
        return target(pair=pair, kind=kind, either=either)

    for given in ((1, "x"), "a", Base(1)), ((2, "y"), 1, Twin(2)):
        back = wf(*given)
        assert back == (*given, [1, 2])
        assert type(back[2]) is type(given[2])
    assert map_task(functools.partial(task(scaled), by=[1, 2]))(a=[1, 2]) == [3, 6]


def missing_file():
    @dataclass
    class Filed:
        file: flytekit.FlyteFile

    @task
    def given(it: Filed) -> int:
        return 1

    given(it=Filed(flytekit.FlyteFile("nowhere.txt")))


def narrowed():
    @task
    def wide(a: int) -> int | list[int] | None:
        return a

    @workflow
    def wf(a: int) -> int | None:
        return wide(a=a)

    wf(a=1)


def kept_file():
    @task
    def written(text: str) -> flytekit.FlyteFile:
        path = Path(flytekit.current_context().working_directory) / "note.txt"
        path.write_text(text, encoding="utf-8")
        return flytekit.FlyteFile(str(path))

    first, second = written(text="one"), written(text="two")
    assert [Path(each).read_text(encoding="utf-8") for each in (first, second)] == ["one", "two"]
    assert first.path != second.path


def text_of_an_error():
    with pytest.raises(KeyError, match="^'gone'"):
        fails(a=1)


PROGRAMS = {
    "`with_overrides(task_config=…)`": (override, "a node has no place for a task_config"),
    "a `task_config` that no plug-in is registered for": (
        lambda: task(task_config=Config())(plain),
        "it would do nothing",
    ),
    "a `task_config` of `@dynamic` or `@eager`": (config_of_dynamic, "no plug-in runs it"),
    "`@eager` on a function that is not async": (lambda: eager(plain), "an eager function is not async"),
    "`@eager(remote=…)`, `client_secret_group=`, `client_secret_key=`": (clients_of_eager, "would do nothing"),
    "the map tasks of `core.legacy_map_task`": (
        lambda: importlib.import_module("drawloom.flytekit.core.legacy_map_task").MapTaskResolver(),
        "the map tasks that flytekit has replaced",
    ),
    "texts and node ids in `FlyteError`": (handler_is_told, ""),
    "an instance of a subclass where a record's base is declared": (subclass_of_a_record, "lose that it is a Derived"),
    "a subclass of `Decimal`, `Fraction`, `UUID` or an IP address": (
        lambda: task(money)(x=Money("1")),
        "lose that it is a Money",
    ),
    "a tuple in a bare `list` or `dict`, or where `Any` is declared inside a record": (
        lambda: task(pairs)(x={"a": (1, 2)}),
        "come back as a list",
    ),
    "a `FlyteFile` or `FlyteDirectory` of a path where nothing is, in a field of a record": (
        missing_file,
        "there is no file",
    ),
    "a `deque` that has a `maxlen`": (lambda: task(bounded)(x=deque([1], maxlen=2)), "a maxlen, which would be lost"),
    "an `int` that flows from one task into a `float` of another": (float_of_int, "int does not flow into float"),
    "the result of a `map_task` that may fail in part, into a `list[T]`": (partly_failing, "list[int | none]"),
    "a union that flows from one task into a narrower one": (narrowed, "does not flow into int | none"),
    "an input that a `map_task` binds, in the call of the map": (
        lambda: map_task(functools.partial(task(scaled), by=[1]))(a=[1], by=[2]),
        "the map binds input `by`",
    ),
    "a schedule's `kickoff_time_input_arg` that names no input": (schedule_of_nothing, "the schedule gives its time"),
    "a workflow that returns a value and declares none": (undeclared, "returns a value and declares none"),
    "the texts of errors": (text_of_an_error, ""),
    "a failure handler's input of type `FlyteError`": (handler_is_told, ""),
    "a `torch.nn.Module`, an estimator of scikit-learn": (model, "opt in to pickle with Annotated"),
    "connectors (`flytekit.extend.backend`: `AsyncConnectorBase`, `SyncConnectorBase`, `ConnectorRegistry`, `AsyncConnectorExecutorMixin`)": (
        lambda: base_connector.AsyncConnectorBase(),
        "needs a service that runs connectors",
    ),
    "a function that declares outputs and has no `return` statement": (never_returns, "never returns a value"),
    "a lambda as a task or workflow": (lambda: task(lambda: 1), "its result has no type and would be dropped"),
    "a functools.partial as a task or workflow": (
        lambda: workflow(functools.partial(plain, 1)),
        "no signature, name and module of its own",
    ),
    "a builtin function, or an object with `__call__`, as a task": (lambda: task(Adds()), "an object of class `Adds`"),
    "an async or a yielding body of a workflow": (async_body, "cannot be async"),
    "a task of a generator whose annotation is not an iterator": (generator, "a call gives a generator"),
    "a task that no variable of its module holds, when it is written": (unheld, "no variable of module"),
    "a `TimePartition` that is moved by a timedelta, or a query with a partition of another artifact": (
        moved_partition,
        "only a known time can be moved",
    ),
    "`flytekit.models`": (models_are_messages, ""),
    "a local file or folder that a task returns": (kept_file, ""),
    (
        "tuples; a list or dict as a default; a list that a `partial` of `map_task` binds; a `Literal` of several kinds; "
        "a union of classes with equal fields"
    ): (more_that_travels, ""),
}
"""For each row: a program, and part of the error that it ends with; an empty text where it is not refused."""

DIFFERENT = re.findall(
    r"^\| (.+?) \| (refused|other) \| (.+) \|$", TEXT.partition("## Different on purpose")[2], re.MULTILINE
)


def test_every_difference_has_a_program_and_a_reason():
    assert [what for what, _, _ in DIFFERENT] == list(PROGRAMS)
    assert all(len(reason) > 20 for _, _, reason in DIFFERENT)


@pytest.mark.parametrize(("what", "state"), [(what, state) for what, state, _ in DIFFERENT])
def test_a_difference_is_what_the_table_says(what, state):
    program, words = PROGRAMS[what]
    if state == "other":
        program()
        return
    with pytest.raises(DrawloomError) as caught:
        program()
    assert words in str(caught.value)
    assert caught.value.fix


def test_plug_ins_that_are_not_there_are_not_imported():
    with pytest.raises(ModuleNotFoundError, match="flytekitplugins"):
        importlib.import_module("flytekitplugins.spark")


def test_a_plug_in_that_is_registered_runs():
    class Mine(drawloom.PythonFunctionTask):
        pass

    class Settings:
        pass

    from compiler import TaskPlugins

    TaskPlugins.register_pythontask_plugin(Settings, Mine)
    made = task(task_config=Settings())(plain)
    assert isinstance(made, Mine)
    assert made(a=2) == 2
    compile_bundle([one])
