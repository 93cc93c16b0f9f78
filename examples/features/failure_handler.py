"""A task that runs when a workflow fails, with the workflow's inputs."""

from drawloom import task, workflow

CLEANED = []


@task
def clean(n: int) -> None:
    CLEANED.append(n)


@task
def invert(n: int) -> float:
    return 1 / n


@workflow(on_failure=clean)
def inverted(n: int) -> float:
    return invert(n=n)


if __name__ == "__main__":
    try:
        inverted(n=0)
    except ZeroDivisionError:
        print("cleaned", CLEANED)  # cleaned [0]
