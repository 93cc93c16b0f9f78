"""Flyte 2 style: retries, and an error that says that trying again is useless."""

import drawloom
from drawloom.errors import NonRecoverableError

env = drawloom.TaskEnvironment(name="retries")
ATTEMPTS = []
BUSY = 3


@env.task(retries=3)
def flaky() -> str:
    ATTEMPTS.append(1)
    if len(ATTEMPTS) < BUSY:
        raise ConnectionError("busy")
    return "data"


@env.task(retries=3)
def hopeless() -> str:
    ATTEMPTS.append(1)
    raise NonRecoverableError("no such table")


@env.task
def main() -> str:
    found = flaky()
    try:
        hopeless()
    except NonRecoverableError:
        return f"{found} after {len(ATTEMPTS)} attempts of both"
    return found


if __name__ == "__main__":
    print(drawloom.run(main).outputs()[0])  # data after 4 attempts of both
