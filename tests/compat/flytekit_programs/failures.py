"""Failure nodes, retries, recoverable errors, and what a caller can catch."""

import typing

from flytekit import WorkflowFailurePolicy, current_context, task, workflow
from flytekit.exceptions.user import FlyteRecoverableException
from flytekit.types.error.error import FlyteError

attempts = {"n": 0}


@task(retries=3)
def shaky() -> str:
    attempts["n"] += 1
    if attempts["n"] < 3:
        raise FlyteRecoverableException(f"attempt {attempts['n']}")
    return "steady"


@task
def broken(name: str) -> str:
    raise ValueError(f"{name} is broken")


@task
def tidy(name: str, err: typing.Optional[FlyteError] = None) -> None:
    print("tidied", name, err is not None)


@workflow(on_failure=tidy, failure_policy=WorkflowFailurePolicy.FAIL_AFTER_EXECUTABLE_NODES_COMPLETE)
def fragile(name: str) -> str:
    return broken(name=name)


@workflow
def solid() -> str:
    return shaky()


@task
def place() -> bool:
    return len(current_context().working_directory) > 0


if __name__ == "__main__":
    print(solid(), attempts["n"])
    try:
        fragile(name="cup")
    except ValueError as error:
        print("caught:", "cup is broken" in str(error))
    print(place())
