"""Files and folders between tasks: written by one, read by the next, wherever that runs."""

from pathlib import Path

from drawloom import FlyteDirectory, FlyteFile, current_context, task, workflow


@task
def write(lines: list[str]) -> FlyteFile:
    path = Path(current_context().working_directory) / "lines.txt"
    path.write_text("\n".join(lines))
    return FlyteFile(str(path))


@task
def split(file: FlyteFile) -> FlyteDirectory:
    folder = Path(current_context().working_directory) / "parts"
    folder.mkdir()
    for number, line in enumerate(Path(file).read_text().splitlines()):
        (folder / f"{number}.txt").write_text(line)
    return FlyteDirectory(str(folder))


@task
def names(folder: FlyteDirectory) -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


@workflow
def parts(lines: list[str]) -> list[str]:
    return names(folder=split(file=write(lines=lines)))


if __name__ == "__main__":
    print(parts(lines=["a", "b"]))  # ['0.txt', '1.txt']
