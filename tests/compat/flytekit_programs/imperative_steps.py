"""A workflow built step by step, nodes by hand with order and overrides, and waiting for files."""

import os
import tempfile

from flytekit import Resources, Workflow, task, workflow
from flytekit.core.node_creation import create_node
from flytekit.sensor.file_sensor import FileSensor

seen = []


@task
def upper(text: str) -> str:
    return text.upper()


@task
def note(text: str):
    seen.append(text)


built = Workflow(name="built")
built.add_workflow_input("text", str)
step = built.add_entity(upper, text=built.inputs["text"])
built.add_entity(note, text=step.outputs["o0"])
built.add_workflow_output("result", step.outputs["o0"])

wait = FileSensor(name="wait")


@workflow
def ordered(path: str) -> str:
    there = wait(path=path)
    last = create_node(note, text="last")
    first = create_node(note, text="first").with_overrides(requests=Resources(cpu="1"), node_name="the-first")
    there >> first
    first >> last
    return upper(text=path)


if __name__ == "__main__":
    print(built(text="abc"))
    path = os.path.join(tempfile.mkdtemp(), "flag")
    open(path, "w").close()
    print(ordered(path=path).endswith("FLAG"))
    print(seen)
