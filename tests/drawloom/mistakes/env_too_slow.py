# drawloom run FILE slow
import asyncio

import drawloom

env = drawloom.TaskEnvironment(name="typical")


@env.task(timeout=0.05)
async def slow() -> None:  # mistake
    await asyncio.sleep(1)
