"""A module of Flyte 2 tasks for the command line to work on."""

from typing import Literal

import drawloom

env = drawloom.TaskEnvironment("cli")


@env.task
async def double(n: int) -> int:
    return n * 2


@env.task
async def main(n: int, word: str = "hi") -> str:
    """Say a number."""
    ctx = drawloom.ctx()
    return f"{word} {await double(n)} {ctx.action.run_name} {ctx.custom_context} {ctx.action.project}"


@env.task
def choose(mode: Literal["p", "Q"] = "Q", modes: list[Literal["a", "A"]] = ["A"]) -> str:
    return f"{mode} {modes}"


@env.task
def broken() -> None:
    raise KeyError("gone")
