"""`max_action_concurrency`: never more code of actions at work than it says, and no limit locks a run up."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import drawloom
from compiler import compile_bundle

env = drawloom.TaskEnvironment("limited")


class Gauge:
    """How many are inside, and the most there were."""

    def __init__(self):
        self.lock = threading.Lock()
        self.now = self.most = self.all = 0

    def __enter__(self):
        with self.lock:
            self.now += 1
            self.all += 1
            self.most = max(self.most, self.now)

    def __exit__(self, *_):
        with self.lock:
            self.now -= 1


gauge = Gauge()


@pytest.fixture(autouse=True)
def _fresh_gauge():
    gauge.__init__()


@env.task
def work(n: int) -> int:
    with gauge:
        time.sleep(0.002)
    return n


@env.task
async def awork(n: int) -> int:
    with gauge:
        await asyncio.sleep(0.002)
    return n


@env.task
def deep(n: int) -> int:
    with gauge:
        time.sleep(0.001)
    below = sum(drawloom.map(deep, [n - 1] * 2)) if n else 0
    with gauge:
        time.sleep(0.001)
    return below + 1


@env.task
async def adeep(n: int) -> int:
    with gauge:
        await asyncio.sleep(0.001)
    below = sum(await asyncio.gather(*(adeep(n - 1) for _ in range(2)))) if n else 0
    with gauge:
        await asyncio.sleep(0.001)
    return below + 1


@env.task
async def mixed(n: int) -> int:
    """Async over sync over async, by every way of calling."""
    with gauge:
        await asyncio.sleep(0.001)
    if not n:
        return 1
    got = await asyncio.gather(mixed_sync.aio(n - 1), mixed(n - 1))
    with gauge:
        await asyncio.sleep(0.001)
    return sum(got) + mixed_sync(n - 1) + await mixed_sync.aio(n - 1)


@env.task
def mixed_sync(n: int) -> int:
    with gauge:
        time.sleep(0.001)
    if not n:
        return 1
    return (
        asyncio.run(_from_its_own_loop(n))
        + sum(drawloom.map(mixed, [n - 1]))
        + sum(drawloom.map(mixed_sync, [n - 1] * 2))
    )


async def _from_its_own_loop(n):
    return sum(await asyncio.gather(mixed(n - 1), mixed(n - 1)))


@env.task
def maps(n: int) -> int:
    return sum(drawloom.map(work, range(n))) + sum(drawloom.map(awork, range(n)))


@env.task
async def gathers(n: int) -> int:
    both = await asyncio.gather(*(work.aio(i) for i in range(n)), *(awork(i) for i in range(n)))
    mapped = [each async for each in drawloom.map.aio(awork, range(n))]
    return sum(both) + sum(mapped)


@env.task
def nested(n: int) -> int:
    return nested(n - 1) + work(1) if n else 0


@env.task
async def anested(n: int) -> int:
    return await anested(n - 1) + await awork(1) + work(1) if n else 0


def under(limit, task, n):
    before = set(threading.enumerate())
    run = drawloom.with_runcontext(max_action_concurrency=limit).run(task, n)
    assert set(threading.enumerate()) <= before
    return run.outputs()[0]


@pytest.mark.parametrize("limit", [1, 2, 3])
@pytest.mark.parametrize(
    ("task", "n", "expected", "wide"),
    [
        (maps, 12, 132, True),
        (gathers, 12, 198, True),
        (nested, 5, 5, False),
        (anested, 5, 10, False),
        (deep, 5, 63, True),
        (adeep, 5, 63, True),
    ],
    ids=lambda value: getattr(value, "short_name", None),
)
def test_the_most_at_once_is_the_limit_and_everything_ends(limit, task, n, expected, wide):
    assert under(limit, task, n) == expected
    assert gauge.now == 0
    assert gauge.most <= limit
    if wide:
        assert gauge.most == limit


@pytest.mark.parametrize("limit", [1, 2])
def test_every_mixture_of_calls_ends_and_keeps_the_limit(limit):
    assert under(limit, mixed, 3) == drawloom.run(mixed, 3).outputs()[0]


def test_the_mixture_keeps_the_limit():
    under(2, mixed, 3)
    assert gauge.most <= 2


def test_without_a_limit_more_run_at_once():
    assert under(None, gathers, 12) == 198
    assert gauge.most > 3


@pytest.mark.parametrize("limit", [1, 2])
def test_failures_retries_cancellations_and_timeouts_give_their_permits_back(limit):
    tried = []

    @env.task(retries=2)
    def flaky(n: int) -> int:
        tried.append(n)
        if len(tried) < 3:
            raise ValueError(n)
        return work(n)

    @env.task
    async def waits() -> int:
        await asyncio.sleep(30)
        return 1

    @env.task(timeout=1)
    async def slow() -> int:
        await asyncio.sleep(30)
        return 1

    @env.task
    async def main() -> int:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(waits(), 0.05)
        with pytest.raises(drawloom.errors.TaskTimeoutError):
            await slow()
        first = asyncio.ensure_future(awork(1))
        pending = [asyncio.ensure_future(waits()) for _ in range(3)]
        await first
        for each in pending:
            each.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        return flaky(4) + await awork(5)

    assert drawloom.with_runcontext(max_action_concurrency=limit).run(main).outputs()[0] == 9
    assert gauge.most <= limit


def test_identical_calls_that_wait_for_each_others_cached_result_do_not_lock_up():
    @env.task(cache=drawloom.Cache("override", version_override="1", serialize=True))
    async def once(n: int) -> int:
        return await awork(n)

    @env.task
    async def main() -> int:
        return sum(await asyncio.gather(*(once(3) for _ in range(4))))

    assert drawloom.with_runcontext(max_action_concurrency=1).run(main).outputs()[0] == 12
    assert gauge.all == 1


def test_tasks_called_from_threads_that_a_task_made_do_not_lock_up():
    from concurrent.futures import ThreadPoolExecutor
    from contextvars import copy_context

    @env.task
    def main() -> int:
        with ThreadPoolExecutor(3) as pool:
            return sum(each.result() for each in [pool.submit(copy_context().run, work, i) for i in range(3)])

    assert drawloom.with_runcontext(max_action_concurrency=1).run(main).outputs()[0] == 3
    assert gauge.most == 1


@drawloom.task
def plain(n: int) -> int:
    with gauge:
        time.sleep(0.003)
    return n


@env.task
def calls_below(n: int) -> int:
    """A node that calls actions, one of them on a loop."""
    with gauge:
        time.sleep(0.001)
    below = sum(drawloom.map(work, range(n))) + sum(drawloom.map(awork, range(n)))
    with gauge:
        time.sleep(0.001)
    return below


@drawloom.workflow
def fan(n: int) -> tuple[int, int, int, int]:
    return plain(n=n), plain(n=n), calls_below(n=n), calls_below(n=n)


@env.task
def calls_graph(n: int) -> int:
    return sum(fan(n=n))


@env.task
async def calls_graph_on_its_loop(n: int) -> int:
    return sum(fan(n=n)) + await awork(n)


@env.task
async def calls_graphs_at_once(n: int) -> int:
    return sum(await asyncio.gather(*(asyncio.to_thread(calls_graph, n) for _ in range(3))))


@env.task
async def mixes(n: int) -> int:
    each = (
        calls_graph.aio(n),
        calls_graph_on_its_loop(n),
        calls_graphs_at_once(n),
        calls_graph_on_its_loop(n),
        work.aio(n),
    )
    return sum(await asyncio.gather(*each))


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_the_nodes_of_a_graph_that_an_action_calls_count_too(limit):
    one = 3 + 3 + 2 * (2 * (0 + 1 + 2))
    run = drawloom.with_runcontext(max_action_concurrency=limit).run(mixes, 3)
    assert run.outputs()[0] == one + 2 * (one + 3) + 3 * one + 3
    assert gauge.most <= limit


def test_without_a_limit_the_nodes_of_such_a_graph_run_at_once():
    @drawloom.task
    def meets(n: int) -> int:
        return barrier.wait(30) and n

    @drawloom.workflow
    def both(n: int) -> tuple[int, int]:
        return meets(n=n), meets(n=n)

    @env.task
    def calls_both(n: int) -> int:
        return len(both(n=n))

    barrier = threading.Barrier(2)
    assert drawloom.run(calls_both, 2).outputs()[0] == 2


@pytest.mark.parametrize("limit", [-1, True, 1.5, "2"])
def test_what_is_no_limit_is_refused(limit):
    with pytest.raises(ValueError, match="max_action_concurrency"):
        drawloom.with_runcontext(max_action_concurrency=limit)


def test_zero_means_the_default_which_is_none():
    assert drawloom.with_runcontext(max_action_concurrency=0).run(work, 2).outputs()[0] == 2


@env.task(timeout=drawloom.Timeout(max_queued_time=0.05))
def impatient(n: int) -> int:
    time.sleep(0.3)
    return n


@env.task(timeout=drawloom.Timeout(deadline=30))
def hurried(n: int) -> int:
    return n


@env.task
def two_at_once() -> int:
    return sum(drawloom.map(impatient, [1, 2]))


def test_an_action_waits_for_its_turn_no_longer_than_it_says():
    assert drawloom.run(two_at_once).outputs()[0] == 3
    with pytest.raises(drawloom.errors.MaxQueuedTimeExceededError, match="did not begin within 0.05 s"):
        drawloom.with_runcontext(max_action_concurrency=1).run(two_at_once)


NODES = {
    "a call": lambda task: task(n=1),
    "a map": lambda task: drawloom.map_task(task)(n=[1]),
    "a node": lambda task: drawloom.create_node(task, n=1),
}


@pytest.mark.parametrize("node", NODES.values(), ids=NODES)
@pytest.mark.parametrize(
    ("task", "name"), [(impatient, "max_queued_time"), (hurried, "deadline")], ids=["queued", "deadline"]
)
def test_a_node_of_a_workflow_refuses_the_limits_of_actions(node, task, name):
    @drawloom.workflow
    def wf() -> None:
        node(task)

    with pytest.raises(drawloom.errors.DrawloomError, match=f"a node of a workflow has no {name}"):
        compile_bundle([wf])


def test_an_executor_refuses_what_it_cannot_keep():
    with (
        ThreadPoolExecutor(1) as pool,
        pytest.raises(drawloom.errors.DrawloomError, match="max_queued_time cannot be kept"),
    ):
        drawloom.with_runcontext(executor=pool).run(impatient, 1)
