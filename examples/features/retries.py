"""A task that may be tried again, and one whose attempts are limited in time."""

from datetime import timedelta

from drawloom import task, workflow
from drawloom.flytekit.exceptions.user import FlyteRecoverableException

ATTEMPTS = []
BUSY = 3


@task(retries=2, timeout=timedelta(minutes=1))
def fetch() -> str:
    ATTEMPTS.append(1)
    if len(ATTEMPTS) < BUSY:
        raise FlyteRecoverableException("the service is busy")
    return "data"


@workflow
def fetched() -> str:
    return fetch()


if __name__ == "__main__":
    print(fetched(), len(ATTEMPTS))  # data 3
