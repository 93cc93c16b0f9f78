"""A task of an environment as a node of a workflow."""

import weft

env = weft.TaskEnvironment("node")


@env.task
def double(n: int) -> int:
    return n * 2


@env.task
async def whereami(n: int) -> str:
    inner = await adouble(n)
    return f"{weft.ctx().mode} {inner} {weft.get_custom_context()}"


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


@weft.workflow
def where(n: int) -> str:
    return whereami(n=n)


@weft.workflow
def retried(n: int) -> int:
    return flaky(n=n)


@weft.workflow
def wf(n: int) -> int:
    return double(n=double(n=n))
