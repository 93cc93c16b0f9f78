"""The workflow returns a promise of another one."""

from drawloom import task, workflow


@task
def one(a: int) -> int:
    return a


kept = []


@workflow
def first(a: int) -> int:
    kept.append(one(a=a))
    return kept[0]


first.compile()


@workflow
def wf(a: int) -> int:
    one(a=a)
    return kept[0]
