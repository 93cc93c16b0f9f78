"""Files, folders and frames, hashes, artifacts, reports and checkpoints of time."""

import os
import tempfile

import flyte
import flyte.artifacts
import flyte.durable
import flyte.report
from flyte.io import Dir, File, HashFunction

env = flyte.TaskEnvironment(name="stored", cache="disable")


@env.task
async def write(text: str) -> File:
    target = File.new_remote()
    async with target.open("wb") as out:
        await out.write(text.encode())
    return target


@env.task
async def read(source: File) -> str:
    async with source.open("rb") as stream:
        return bytes(await stream.read()).decode()


def fill(place: str, parts: int) -> None:
    for i in range(parts):
        with open(os.path.join(place, f"{i}.txt"), "w") as out:
            out.write("x" * i)


@env.task
async def folder(parts: int) -> Dir:
    with tempfile.TemporaryDirectory() as place:
        fill(place, parts)
        return await Dir.from_local(place)


@env.task
async def sizes(where: Dir) -> int:
    total = 0
    async for file in where.walk():
        async with file.open() as stream:
            total += len(await stream.read())
    return total


@env.task(report=True)
async def named(source: File) -> File:
    flyte.report.log("<p>kept</p>", do_flush=True)
    return flyte.artifacts.new(source, flyte.artifacts.Metadata(name="note", version="1"))


@env.task
async def lines(source: File) -> int:
    with source.open_sync("r") as stream:
        return len(list(stream))


@env.task
async def main() -> str:
    now = flyte.durable.time()
    await flyte.durable.sleep.aio(0)
    file = await write("one\ntwo\n")
    text = await read(await named(file))
    return f"{text.split()} {await sizes(await folder(4))} {await lines(file)} {now > 0}"


if __name__ == "__main__":
    flyte.init_from_config()
    assert HashFunction is not None
    print(flyte.run(main).outputs()[0])
