"""Environment variables of tasks of both kinds: each sees its own, whatever runs beside it, and nothing stays set."""

import asyncio
import contextvars
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import drawloom
from drawloom import task, workflow
from drawloom.interpreter import EnvVars

NAME = "DRAWLOOM_TEST_OWN"


def having(value):
    """An environment whose tasks have the variable."""
    return drawloom.TaskEnvironment(f"own-variables-{value}", env_vars={NAME: value})


meeting = threading.Barrier(2)
SHOW = [sys.executable, "-S", "-c", f"import os; print(os.environ.get({NAME!r}, 'unset'))"]


@pytest.fixture(autouse=True)
def nothing_stays(monkeypatch):
    monkeypatch.delenv(NAME, raising=False)
    start, kind, before = subprocess.Popen.__init__, type(os.environ), dict(os.environ)
    meeting.reset()
    yield
    assert (subprocess.Popen.__init__, type(os.environ)) == (start, kind)
    after = dict(os.environ)
    for changing in ("PYTEST_CURRENT_TEST",):
        before.pop(changing, None), after.pop(changing, None)
    assert after == before
    assert shown() == "unset"


def shown():
    return subprocess.run(SHOW, capture_output=True, text=True, check=True).stdout.strip()


def seen():
    """What this code sees, in every way that it can look, once the other task has looked too."""
    meeting.wait(30)
    found = {os.environ[NAME], os.getenv(NAME), os.environb[NAME.encode()].decode(), dict(os.environ)[NAME], shown()}
    meeting.wait(30)
    return ",".join(sorted(found))


@task(environment={NAME: "1"})
def node() -> str:
    return seen()


@having("2").task
def action() -> str:
    return seen()


@having("3").task
async def awaited() -> str:
    first = os.environ[NAME]
    await asyncio.sleep(0.02)
    process = await asyncio.create_subprocess_exec(*SHOW, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    return f"{first},{os.environ[NAME]},{said.decode().strip()}"


@workflow
def of_nodes() -> str:
    return node()


@task
def plain() -> str:
    return f"{os.environ.get(NAME, 'unset')},{shown()}"


@task(environment={NAME: "1"})
def leaves_by_an_error() -> str:
    raise ValueError(os.environ[NAME])


@task(environment={NAME: "1"}, timeout=timedelta(milliseconds=200))
def overruns() -> str:
    while True:
        threading.Event().wait(0.01)


@having("outer").task
def nested() -> str:
    inner = action_alone()
    threaded = contextvars.copy_context()
    with ThreadPoolExecutor(1) as pool:
        from_thread = pool.submit(threaded.run, os.getenv, NAME).result()
    return f"{os.environ[NAME]} {inner} {from_thread} {plain()} {os.environ[NAME]}"


@having("inner").task
def action_alone() -> str:
    return f"{os.environ[NAME]},{shown()}"


@having("mine").task
def changes_it() -> str:
    os.environ[NAME] = "changed"
    changed = f"{os.environ[NAME]},{shown()}"
    del os.environ[NAME]
    return f"{changed} {NAME in os.environ} {NAME in list(os.environ)} {shown()}"


@having("gathers").task
async def gathers() -> str:
    found = await asyncio.gather(awaited.aio(), awaited.override(env_vars={NAME: "4"}).aio(), asyncio.to_thread(shown))
    return " ".join([*found, os.environ[NAME]])


BOTH = {"node": lambda: of_nodes(), "action": lambda: drawloom.run(action).outputs()[0]}
OWN = {"node": "1", "action": "2"}


@pytest.mark.parametrize("pair", [("node", "action"), ("action", "node")])
def test_tasks_of_both_kinds_in_two_threads_each_see_their_own(pair):
    with ThreadPoolExecutor(2) as pool:
        results = [pool.submit(BOTH[kind]) for kind in pair]
        assert [each.result(60) for each in results] == [OWN[kind] for kind in pair]


def test_async_tasks_at_once_and_their_caller_each_see_their_own():
    assert drawloom.run(gathers).outputs()[0] == "3,3,3 4,4,4 gathers gathers"


def test_a_call_inside_has_its_own_and_afterwards_the_callers_are_back():
    # A task without variables of its own has its caller's, as any code has that a caller calls.
    assert drawloom.run(nested).outputs()[0] == "outer inner,inner outer outer,outer outer"


def test_what_a_task_sets_one_of_its_variables_to_ends_with_it():
    assert drawloom.run(changes_it).outputs()[0] == "changed,changed False False unset"


def test_a_task_that_fails_leaves_nothing_set():
    with pytest.raises(ValueError, match="1"):
        leaves_by_an_error()


def test_a_task_that_overruns_its_time_leaves_nothing_set():
    @workflow
    def late() -> str:
        return overruns()

    with pytest.raises(TimeoutError):
        late()
    for thread in threading.enumerate():
        if thread.name.startswith("drawloom-timed"):
            thread.join(10)


def test_a_forked_child_hands_its_own_on():
    with EnvVars({NAME: "mine"}):
        other = contextvars.Context()
        block = EnvVars({NAME: "other"})
        other.run(block.__enter__)
        read, write = os.pipe()
        child = os.fork()
        if not child:
            os.dup2(write, 1)
            os.execv(SHOW[0], SHOW)
        os.close(write)
        with os.fdopen(read) as said:
            assert said.read().strip() == "mine"
        os.waitpid(child, 0)
        other.run(block.__exit__)


NAMES = [f"{NAME}_{letter}" for letter in "ABC"]
steps = st.lists(
    st.tuples(
        st.sampled_from(["open", "close", "set", "delete"]),
        st.integers(0, 3),
        st.sampled_from(NAMES),
        st.sampled_from(["x", "y", ""]),
    ),
    max_size=25,
)


@given(st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["before", ""])), steps)
def test_blocks_in_any_order_see_their_own_and_nothing_stays(outside, taken):
    for name in NAMES:
        os.environ.pop(name, None)
    os.environ.update(outside)
    start = dict(os.environ)
    contexts = [contextvars.Context() for _ in range(4)]
    blocks: dict[int, EnvVars] = {}
    own: dict[int, dict[str, str | None]] = {}
    for step, who, name, value in taken:
        if step == "open" and who not in blocks:
            own[who] = {name: value, NAMES[0]: value}
            blocks[who] = EnvVars(dict(own[who]))
            contexts[who].run(blocks[who].__enter__)
        elif step == "close" and who in blocks:
            contexts[who].run(blocks.pop(who).__exit__)
            own.pop(who)
        elif who in blocks and name in own[who]:
            if step == "set":
                contexts[who].run(os.environ.__setitem__, name, value)
                own[who][name] = value
            elif step == "delete":
                contexts[who].run(os.environ.pop, name, None)
                own[who][name] = None
        for each, values in own.items():
            assert {key: contexts[each].run(os.environ.get, key) for key in values} == values
            listed = contexts[each].run(dict, os.environ)
            assert {key: listed.get(key) for key in values} == values
            assert contexts[each].run(len, os.environ) == len(listed)
        for key in NAMES:
            latest = [values[key] for values in own.values() if key in values]
            if not latest:
                assert os.environ.get(key) == outside.get(key)
    for who in list(blocks):
        contexts[who].run(blocks.pop(who).__exit__)
    assert dict(os.environ) == start
    for name in NAMES:
        os.environ.pop(name, None)
