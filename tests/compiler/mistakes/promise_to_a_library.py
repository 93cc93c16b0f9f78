"""A promise given to a function of Python."""

import json

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    json.dumps(one(a=a))
    return a
