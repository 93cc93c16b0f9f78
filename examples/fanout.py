"""Flyte 2's style: tasks that call tasks, at once, with a group, a trace, and a retry that goes on from its checkpoint.

Run it:                     python examples/fanout.py
Or from the command line:   drawloom run --name first examples/fanout.py survey --count 3
"""

import asyncio
import statistics

import drawloom

env = drawloom.TaskEnvironment("fanout")


@drawloom.trace
def parse(line: str) -> list[float]:
    """A step that is recorded, and is no task of its own."""
    return [float(word) for word in line.split()]


@env.task(retries=2)
async def read(source: int) -> list[float]:
    """Read one source; the first attempt at the last one gets half way, and the second goes on from there."""
    checkpoint = drawloom.ctx().checkpoint
    kept = await checkpoint.load()
    if kept is None and source % 3 == 2:  # noqa: PLR2004 - every third source
        await checkpoint.save(b"1.0 2.0")
        raise ConnectionError(f"source {source} went away")
    done = kept.read_text() if kept is not None else "1.0 2.0"
    return parse(f"{done} {source}.0")


@env.task
async def survey(count: int = 3) -> str:
    """Read all sources at once, and say what they have in common."""
    with drawloom.group("sources"):
        columns = await asyncio.gather(*(read(number) for number in range(count)))
    middle = statistics.median(value for column in columns for value in column)
    return f"{count} sources, {sum(map(len, columns))} values, median {middle:g}"


if __name__ == "__main__":
    print(drawloom.run(survey).outputs()[0])
