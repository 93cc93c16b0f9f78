# drawloom run FILE main
import drawloom

env = drawloom.TaskEnvironment(name="typical")


@env.task
async def double(n: int) -> int:
    return 2 * n


@drawloom.trace
async def helper(n: int) -> int:
    return await double(n=n)  # mistake


@env.task
async def main() -> int:
    return await helper(1)
