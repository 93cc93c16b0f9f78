"""Job specifications of dynamic tasks against those that flytekit 1.16.31 wrote for the same inputs."""

from __future__ import annotations

import json

import pytest
from flyteidl.core import dynamic_job_pb2

import golden_specs
import golden_workflows
from compiler import Image, ImageConfig, SerializationSettings
from drawloom.context import using

SETTINGS = SerializationSettings(
    project="p", domain="d", version="v", image_config=ImageConfig(Image("default", "img", "v"))
)


def cases():
    for name in golden_workflows.names():
        folder = golden_workflows.GOLDENS / name
        path = folder / "cases.json"
        if not path.is_file():
            continue
        for index, run in enumerate(json.loads(path.read_text()).get("exec") or ()):
            if "futures.pb" in run["files"]:
                yield pytest.param(name, index, run, id=f"{name}-{run['task']}")


def normalized(spec):
    for task in spec.tasks:
        golden_specs._task(task)
    for node in [*spec.nodes, *(node for sub in spec.subworkflows for node in sub.nodes)]:
        golden_specs._node(node)
    return spec


@pytest.mark.parametrize(("name", "index", "run"), list(cases()))
def test_a_dynamic_task_gives_the_job_that_flytekit_gives(name, index, run):
    module = golden_workflows.load(name)
    folder = next((golden_workflows.GOLDENS / name / "exec").glob(f"{index:02d}_*"))
    inputs = {key: eval(value, module.__dict__) for key, value in run["inputs"].items()}
    with using(settings=SETTINGS):
        made = getattr(module, run["task"]).expand(**inputs).spec
    wanted = dynamic_job_pb2.DynamicJobSpec.FromString((folder / "futures.pb").read_bytes())
    assert normalized(dynamic_job_pb2.DynamicJobSpec.FromString(made.SerializeToString())) == normalized(wanted)
