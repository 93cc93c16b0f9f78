# drawloom run FILE double --n 1
import drawloom

env = drawloom.TaskEnvironment(name="typical")


@env.task
async def double(n: int) -> int:  # mistake
    return f"{2 * n}"
