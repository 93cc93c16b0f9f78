# drawloom run FILE double --n three
# where: --n
import drawloom

env = drawloom.TaskEnvironment(name="typical")


@env.task
async def double(n: int) -> int:
    return 2 * n
