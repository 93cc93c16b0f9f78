"""Flyte 2 style: a run that failed goes on where it stopped; what had finished is not run again."""

import tempfile

import drawloom

env = drawloom.TaskEnvironment(name="resume")
RUNS = []
BROKEN = [True]


@env.task
def first() -> int:
    RUNS.append("first")
    return 1


@env.task
def second(n: int) -> int:
    RUNS.append("second")
    if BROKEN:
        raise ValueError("not yet")
    return n + 1


@env.task
def main() -> int:
    return second(first())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        try:
            drawloom.with_runcontext(
                name="nightly", run_base_dir=f"{folder}/nightly", copy_style="none", version="1"
            ).run(main)
        except ValueError:
            BROKEN.clear()
        print(drawloom.resume(f"{folder}/nightly").outputs()[0], RUNS)  # 2 ['first', 'second', 'second']
