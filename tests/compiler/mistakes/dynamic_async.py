"""An async dynamic body."""

from drawloom import dynamic, task


@task
def one(a: int) -> int:
    return a


@dynamic
async def many(a: int) -> int:
    return a
