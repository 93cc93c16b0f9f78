# drawloom run FILE main
import drawloom

env = drawloom.TaskEnvironment(name="typical")


@env.task
async def double(number: int) -> int:
    return 2 * number


@env.task
async def main() -> int:
    return await double(nmber=1)  # mistake
