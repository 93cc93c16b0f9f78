"""A list as an output of an imperative workflow."""

from drawloom import Workflow, task


@task
def one(a: int) -> int:
    return a


wb = Workflow(name="mistake_imperative")
node = wb.add_entity(one, a=1)
wb.add_workflow_output("o", [node.o0])
