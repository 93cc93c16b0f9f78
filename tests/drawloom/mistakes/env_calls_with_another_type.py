# drawloom run FILE main
import drawloom

env = drawloom.TaskEnvironment(name="typical")


@env.task
async def double(n: int) -> int:
    return 2 * n


@env.task
async def main() -> int:
    return await double(n="three")  # mistake
