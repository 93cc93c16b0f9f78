# drawloom run FILE wf
from drawloom import task, workflow


@task
def total(ns: list[int]) -> int:
    return sum(ns)


@workflow
def wf() -> int:
    return total(ns=[1, "two", 3])  # mistake
