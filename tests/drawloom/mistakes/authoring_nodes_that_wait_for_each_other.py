# drawloom run FILE wf
from drawloom import create_node, task, workflow


@task
def one() -> None: ...


@workflow
def wf() -> None:
    first = create_node(one)  # mistake
    second = create_node(one)
    first >> second
    second >> first
