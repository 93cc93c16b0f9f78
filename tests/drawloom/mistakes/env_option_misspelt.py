# drawloom run FILE double --n 1
import drawloom

env = drawloom.TaskEnvironment(name="typical")


@env.task(retrys=3)  # mistake
async def double(n: int) -> int:
    return 2 * n
