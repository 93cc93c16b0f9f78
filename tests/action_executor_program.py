"""Tasks of environments that other processes find by their names, for the tests of executors."""

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

import drawloom
from drawloom import Secret, workflow

env = drawloom.TaskEnvironment("elsewhere", env_vars={"DRAWLOOM_TEST_OF_ENV": "env"}, secrets=Secret(key="OF_THE_TEST"))


class OwnError(Exception):
    """A user's."""


@env.task
def pid_of(n: int) -> int:
    return os.getpid()


@env.task
async def plus_one(n: int) -> int:
    await asyncio.sleep(0)
    return n + 1


@env.task(retries=2)
def recovers(folder: str) -> int:
    tries = len(list(Path(folder).glob("try*"))) + 1
    Path(folder, f"try{tries}").touch()
    if tries < 3:
        raise OwnError("again")
    return drawloom.ctx().attempt_number


@env.task(retries=1)
def checkpoints() -> str:
    checkpoint = drawloom.ctx().checkpoint
    before = checkpoint.load_sync()
    if before is None:
        checkpoint.save_sync(b"1")
        raise OwnError("go on from here")
    return f"{before.read_bytes().decode()} 2"


@env.task(report=True)
def reports(n: int) -> int:
    drawloom.report.log(f"<b>shown {n}</b>")
    drawloom.report.flush()
    return n


@env.task
def finds_a_secret() -> str:
    return drawloom.current_context().secrets.get(key="OF_THE_TEST")


@env.task
def looks() -> str:
    ctx = drawloom.ctx()
    parts = [os.environ["DRAWLOOM_TEST_OF_ENV"], os.environ["DRAWLOOM_TEST_OF_RUN"], str(ctx.raw_data_path)]
    return " ".join([*parts, drawloom.get_custom_context()["k"], ctx.version, ctx.action.run_name, ctx.mode])


@env.task(cache=drawloom.Cache("override", version_override="1"))
def cached(folder: str) -> int:
    made = len(list(Path(folder).glob("made*"))) + 1
    Path(folder, f"made{made}").touch()
    return made


@env.task(timeout=0.3)
def slow() -> int:
    for _ in range(100_000):  # longer than any test may take
        time.sleep(0.01)
    return 1


@env.task(timeout=drawloom.Timeout(deadline=0.3), retries=5)
def late() -> int:
    for _ in range(100_000):
        time.sleep(0.01)
    return 1


@env.task
def fails(n: int) -> int:
    raise OwnError(n)


@env.task
def gives_another_type() -> int:
    return "no int"


@drawloom.trace
def step(n: int) -> int:
    return n * 2


@env.task
def traces(n: int) -> int:
    with drawloom.group("steps"):
        return step(n) + step(n)


def _hidden(name):
    return getattr(sys.modules[__name__], name)


@env.task
def hides_what_it_calls(n: int) -> int:
    """Its code names no task, so it is taken for a leaf."""
    called = _hidden("plus" + "_one")
    return asyncio.run(called(n)) + len({_hidden("pid" + "_of")(n), os.getpid()})


@env.task
def hides_what_fails(n: int) -> int:
    return _hidden("fai" + "ls")(n)


@env.task
def hides_a_cached_one(folder: str) -> int:
    return _hidden("cac" + "hed")(folder)


@env.task
def exits() -> int:
    raise SystemExit(3)


def _kind(call, *args):
    try:
        return call(*args)
    except Exception as error:
        steps = [step.task for step in error.drawloom_trail]
        return f"{type(error).__name__} {isinstance(error, OwnError)} {steps}"


@env.task
async def everything(folder: str) -> dict[str, str]:
    """Each of them once."""
    found = {
        "plus_one": await asyncio.gather(plus_one(1), plus_one(2)),
        "mapped": [each async for each in drawloom.map.aio(plus_one, [1, 2, 3])],
        "looks": await looks.aio(),
        "recovers": await recovers.aio(folder),
        "checkpoints": await checkpoints.aio(),
        "reports": await reports.aio(7),
        "secret": await finds_a_secret.aio(),
        "cached": [await cached.aio(folder), await cached.aio(folder)],
        "traces": await traces.aio(2),
        "hidden": await hides_what_it_calls.aio(1),
    }
    for task in (slow, late, exits, gives_another_type):
        found[task.short_name] = await asyncio.to_thread(_kind, task)
    for task in (fails, hides_what_fails):
        found[task.short_name] = await asyncio.to_thread(_kind, task, 5)
    return {name: str(value) for name, value in found.items()}


@env.task
def where(n: int) -> dict[str, int]:
    """Which process each call is made in."""
    elsewhere = set(drawloom.map(pid_of, range(n)))
    return {"here": os.getpid(), "elsewhere": len(elsewhere - {os.getpid()}), "all": len(elsewhere)}


@env.task
def dies_once(folder: str) -> int:
    """Its first attempt kills its worker; it asks for no retries."""
    if not Path(folder, "died").exists():
        Path(folder, "died").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return drawloom.ctx().attempt_number


@env.task
def dies_always() -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 1


@env.task
def calls_one_that_dies(folder: str) -> int:
    return dies_once(folder)


@env.task
def calls_one_that_always_dies() -> int:
    return dies_always()


@env.task
def waits(folder: str) -> int:
    Path(folder, "began").touch()
    time.sleep(60)
    Path(folder, "ended").touch()
    return 1


@env.task
async def awaits(folder: str) -> int:
    return await asyncio.to_thread(waits.forward, folder)


def _until(path):
    while not path.exists():
        time.sleep(0.01)


@env.task
async def gives_up_waiting(folder: str) -> str:
    """Its call is cancelled in the middle, and another one gets the only worker."""
    waiting = asyncio.ensure_future(awaits(folder))
    await asyncio.to_thread(_until, Path(folder, "began"))
    waiting.cancel()
    await asyncio.wait({waiting})
    return f"{waiting.cancelled()} {await plus_one(1)}"


@env.task
def overlaps(n: int, folder: str) -> int:
    """How many attempts were under way at once."""
    mine = Path(folder, f"at{n}")
    mine.touch()
    time.sleep(0.05)
    found = len(list(Path(folder).glob("at*")))
    mine.unlink()
    return found


@env.task
def one_by_one(folder: str) -> int:
    import functools

    return max(drawloom.map(functools.partial(overlaps, folder=folder), range(4)))


@workflow
def of_nodes(folder: str) -> int:
    """Tasks of environments as nodes: a leaf that traces, and a parent."""
    return calls_below(n=traces(n=2), folder=folder)


@env.task
def calls_below(n: int, folder: str) -> int:
    return n + len({pid_of(n), os.getpid()}) + hides_what_it_calls(n)
