"""Tasks that other processes find by their names, for the tests of executors."""

import os
import random
import signal
import time
from datetime import timedelta
from pathlib import Path
from typing import List

import drawloom
from drawloom import current_context, dynamic, map_task, task, workflow
from drawloom.context import LogSettings
from drawloom.interpreter import FlyteRecoverableException


class OwnError(Exception):
    """A user's."""


@task
def draw() -> float:
    return random.random()


@task
def listed(a: float, b: float, c: float, d: float) -> List[float]:
    return [a, b, c, d]


@workflow
def draws() -> List[float]:
    return listed(a=draw(), b=draw(), c=draw(), d=draw())


@task(retries=3)
def recovers(folder: str) -> int:
    tries = len(list(Path(folder).glob("try*"))) + 1
    Path(folder, f"try{tries}").touch()
    if tries < 3:
        raise FlyteRecoverableException("again")
    return tries


@workflow
def recovers_wf(folder: str) -> int:
    return recovers(folder=folder)


@task
def tenfold(n: int) -> int:
    return n * 10


@dynamic
def grows(n: int) -> List[int]:
    return [tenfold(n=i) for i in range(n)]


@workflow
def grows_wf(n: int) -> List[int]:
    return grows(n=n)


@task(retries=1)
def checkpoints() -> str:
    checkpoint = current_context().checkpoint
    before = checkpoint.read()
    if before is None:
        checkpoint.write(b"1")
        raise FlyteRecoverableException("go on from here")
    return f"{before.decode()} 2"


@workflow
def checkpoints_wf() -> str:
    return checkpoints()


@task(environment={"DRAWLOOM_TEST_EXECUTOR": "on"})
def looks() -> str:
    raw = drawloom.FlyteContextManager.current_context().file_access.raw_output_prefix
    return f"{os.environ['DRAWLOOM_TEST_EXECUTOR']} {raw} {drawloom.get_custom_context()['k']}"


@workflow
def looks_wf() -> str:
    return looks()


@task(cache=True, cache_version="1", cache_serialize=True)
def cached(folder: str) -> int:
    made = len(list(Path(folder).glob("made*"))) + 1
    Path(folder, f"made{made}").touch()
    return made


@workflow
def cached_wf(folder: str) -> int:
    return cached(folder=folder)


@task(timeout=timedelta(milliseconds=300))
def slow() -> int:
    for _ in range(100_000):  # longer than any test may take
        time.sleep(0.01)
    return 1


@workflow
def slow_wf() -> int:
    return slow()


@task
def fails() -> int:
    raise OwnError(7)


@workflow
def fails_wf() -> int:
    return fails()


@task
def fails_unpicklably() -> int:
    class LocalError(Exception):
        """Cannot be found by its name."""

    raise LocalError("stays here")


@workflow
def fails_unpicklably_wf() -> int:
    return fails_unpicklably()


@task
async def plus_one(x: int) -> int:
    return x + 1


@workflow
def mapped_wf(xs: List[int]) -> List[int]:
    return map_task(plus_one)(x=xs)


@task
def dies(n: int) -> int:
    if os.environ.get("DRAWLOOM_TEST_DIES"):
        os.kill(os.getpid(), signal.SIGKILL)
    return n + 1


@task
def one() -> int:
    return 1


@workflow
def dies_wf() -> int:
    return dies(n=one())


@task
def survives(n: int, folder: str) -> int:
    """Element 0's first attempt kills its worker."""
    if n == 0 and not Path(folder, "died").exists():
        Path(folder, "died").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return n


@task
def four(a: int, b: int, c: int, d: int) -> List[int]:
    return [a, b, c, d]


@workflow
def survives_wf(folder: str) -> List[int]:
    return four(
        a=survives(n=0, folder=folder),
        b=survives(n=1, folder=folder),
        c=survives(n=2, folder=folder),
        d=survives(n=3, folder=folder),
    )


@task(timeout=timedelta(milliseconds=200))
def deaf() -> int:
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
    time.sleep(60)
    return 1


@workflow
def deaf_wf() -> int:
    return deaf()


@task
def waits(folder: str) -> int:
    Path(folder, "began").touch()
    time.sleep(60)
    Path(folder, "ended").touch()
    return 1


@task
def fails_beside(folder: str) -> int:
    while not Path(folder, "began").exists():
        time.sleep(0.01)
    raise OwnError(8)


@workflow
def one_fails_wf(folder: str) -> int:
    failed = fails_beside(folder=folder)
    waits(folder=folder)
    return failed


@task(enable_deck=True)
def decked() -> int:
    current_context().default_deck.append("<b>shown</b>")
    return 1


@workflow
def decked_wf() -> int:
    return decked()


@task(secret_requests=[drawloom.Secret(group="table", key="key")])
def secret() -> str:
    return current_context().secrets.get("table", "key")


@workflow
def secret_wf() -> str:
    return secret()


def told() -> str:
    return "told"


@task
def members() -> str:
    here = current_context()
    return f"{here.execution_date.year} {here.stats()}"


@workflow
def members_wf() -> str:
    return members()


@task
def logs() -> str:
    """How lines are logged here."""
    present = LogSettings.present()
    return f"{present.level} {present.user_level} {present.form}"


@workflow
def logs_wf() -> str:
    return logs()


@task
def raw_address() -> str:
    """Where a file would go."""
    return drawloom.FlyteContextManager.current_context().file_access.get_random_remote_path("x")


@task
def numbers(n: int) -> List[int]:
    return list(range(n))


@task
def same(x: int) -> int:
    return x


@workflow
def many_wf(n: int) -> List[int]:
    return map_task(same)(x=numbers(n=n))


@task
def overlaps(n: int, folder: str) -> int:
    """How many attempts were under way at once."""
    mine = Path(folder, f"at{n}")
    mine.touch()
    time.sleep(0.02)
    found = len(list(Path(folder).glob("at*")))
    mine.unlink()
    return found


@task
def most(a: int, b: int, c: int, d: int) -> int:
    return max(a, b, c, d)


@workflow
def overlap_wf(folder: str) -> int:
    return most(
        a=overlaps(n=1, folder=folder),
        b=overlaps(n=2, folder=folder),
        c=overlaps(n=3, folder=folder),
        d=overlaps(n=4, folder=folder),
    )


@task(requests=drawloom.Resources(gpu="1"))
def on_gpu() -> int:
    return 1


@workflow
def on_gpu_wf() -> int:
    return on_gpu()


@task(requests=drawloom.Resources(gpu="3"))
def on_gpus() -> int:
    return 1


@workflow
def on_gpus_wf() -> int:
    return on_gpus()


@task
def waits_unless(n: int, folder: str) -> int:
    Path(folder, "began").touch()
    for _ in range(600):
        if Path(folder, "goes_on").exists():
            break
        time.sleep(0.1)
    return n + 1


@workflow
def one_then_waits_wf(folder: str) -> int:
    return waits_unless(n=one(), folder=folder)
