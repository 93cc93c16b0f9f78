"""Flyte 2 style: files that one task writes and another reads."""

import drawloom
from drawloom.io import File

env = drawloom.TaskEnvironment(name="files")


@env.task
async def write(text: str) -> File:
    file = File.new_remote()
    async with file.open("wb") as stream:
        await stream.write(text.encode())
    return file


@env.task
async def count(file: File) -> int:
    async with file.open("rb") as stream:
        return len(bytes(await stream.read()))


@env.task
async def main(text: str) -> int:
    return await count(await write(text))


if __name__ == "__main__":
    print(drawloom.run(main, text="seven!!").outputs()[0])  # 7
