"""Two inputs of one name."""

from drawloom import Workflow, task


@task
def one(a: int) -> int:
    return a


wb = Workflow(name="mistake_twice")
wb.add_workflow_input("a", int)
wb.add_workflow_input("a", int)
