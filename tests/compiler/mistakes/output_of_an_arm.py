"""The workflow returns the output of a node inside an arm."""

from drawloom import conditional, task, workflow


@task
def one(a: int) -> int:
    return a


@workflow
def wf(a: int) -> int:
    inside = []

    def keep(promise: int) -> int:
        inside.append(promise)
        return promise

    conditional("c").if_(a > 1).then(one(a=keep(one(a=a)))).else_().then(one(a=a))
    return inside[0]
