"""`@syncify`: the blocking form of async functions and generators."""

import asyncio
import threading

import pytest

import drawloom
from drawloom.syncify import syncify


@syncify
async def double(n):
    await asyncio.sleep(0)
    return n * 2


@syncify
async def count(n):
    for i in range(n):
        await asyncio.sleep(0)
        yield i


def test_both_forms_of_a_function():
    assert double(2) == 4
    assert asyncio.run(double.aio(3)) == 6


def test_both_forms_of_a_generator_also_when_it_is_left_early_and_under_a_running_loop():
    before = set(threading.enumerate())
    assert list(count(3)) == [0, 1, 2]
    for item in count(9):
        if item == 2:
            break

    async def main():
        return [item async for item in count.aio(2)], list(count(2)), double(1)

    assert asyncio.run(main()) == ([0, 1], [0, 1], 2)
    assert set(threading.enumerate()) <= before


def test_a_plain_function_has_no_blocking_form_to_be_made():
    with pytest.raises(drawloom.DrawloomError, match="only an async function"):
        syncify(lambda: 1)
