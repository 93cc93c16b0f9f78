# drawloom run FILE double --n 1
import drawloom

env = drawloom.TaskEnvironment(name="my tasks")  # mistake


@env.task
async def double(n: int) -> int:
    return 2 * n
