"""A task of an environment as a node of a workflow."""

import drawloom

env = drawloom.TaskEnvironment("node")


@env.task
def double(n: int) -> int:
    return n * 2


@env.task
async def whereami(n: int) -> str:
    inner = await adouble(n)
    return f"{drawloom.ctx().mode} {inner} {drawloom.get_custom_context()}"


@env.task
async def adouble(n: int) -> int:
    return n * 2


seen = []


@env.task(retries=2)
def flaky(n: int) -> int:
    seen.append(n)
    if len(seen) < 3:
        raise ValueError("again")
    return len(seen)


@drawloom.workflow
def where(n: int) -> str:
    return whereami(n=n)


@drawloom.workflow
def retried(n: int) -> int:
    return flaky(n=n)


@drawloom.workflow
def wf(n: int) -> int:
    return double(n=double(n=n))
