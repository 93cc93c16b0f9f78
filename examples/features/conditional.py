"""A workflow chooses between tasks by a value that is known only when it runs."""

from drawloom import conditional, task, workflow

LONG = 6


@task
def measure(text: str) -> int:
    return len(text)


@task
def shorten(text: str) -> str:
    return text[:5] + "…"


@task
def keep(text: str) -> str:
    return text


@workflow
def fit(text: str) -> str:
    """The text, cut where it is long."""
    size = measure(text=text)
    return conditional("fits").if_(size > LONG).then(shorten(text=text)).else_().then(keep(text=text))


if __name__ == "__main__":
    print(fit(text="a long text"), fit(text="short"))  # a lon… short
