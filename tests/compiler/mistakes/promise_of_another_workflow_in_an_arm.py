"""An arm of a conditional that is given a promise of another workflow."""

from drawloom import conditional, task, workflow


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
    return conditional("c").if_(a > 1).then(one(a=a)).else_().then(one(a=kept[0]))
