"""Tasks that the tests of actions call, and how they are called."""

import asyncio

import drawloom
from drawloom.interpreter import read_run

env = drawloom.TaskEnvironment("actions")


class MyError(Exception):
    def __init__(self, text, code_of_mine=7):
        super().__init__(text)
        self.code_of_mine = code_of_mine


@env.task
def sync_double(n: int) -> int:
    return n * 2


@env.task
async def async_double(n: int) -> int:
    await asyncio.sleep(0)
    return n * 2


def recorded_actions(folder):
    """What a run's record says of each action that ended, in order."""
    return [frame for frame in read_run(folder).frames if frame["k"] == "ev" and frame["a"]]


def outputs(task, *args, **kwargs):
    return drawloom.run(task, *args, **kwargs).outputs()
