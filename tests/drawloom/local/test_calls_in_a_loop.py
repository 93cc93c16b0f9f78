"""Calls in a thread that runs an event loop, such as a notebook's."""

from __future__ import annotations

import asyncio

from drawloom import task, workflow


@task
def runs_a_loop(a: int) -> int:
    return asyncio.run(asyncio.sleep(0, a + 1))


@workflow
def wf(a: int) -> int:
    return runs_a_loop(a=runs_a_loop(a=a))


async def cell():
    return wf(a=1), runs_a_loop(a=1)


def test_a_task_may_run_a_loop_of_its_own_wherever_it_is_called():
    assert (wf(a=1), runs_a_loop(a=1)) == (3, 2)
    assert asyncio.run(cell()) == (3, 2)
