"""A task of an environment as a node of a workflow."""

import weft

env = weft.TaskEnvironment("node")


@env.task
def double(n: int) -> int:
    return n * 2


@weft.workflow
def wf(n: int) -> int:
    return double(n=double(n=n))
