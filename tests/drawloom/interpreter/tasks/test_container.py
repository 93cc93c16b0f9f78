"""`drawloom-execute` writes what flytekit 1.16.31's container entrypoint wrote for the same task and inputs."""

from __future__ import annotations

import json
import os

import pytest

import golden_workflows
from drawloom.interpreter.tasks.container import main
from literals import pb, unpack_map

BETTER = {
    ("b26_remote_short_output", 0): "error",  # a tuple that is too short is an error in a container too
    ("m43_runtime_errors", 4): "error",
}
NONDETERMINISTIC = {"m33_files_frames", "m40_pickle_any"}


def executions():
    for name in golden_workflows.names():
        for index, each in enumerate(json.loads((golden_workflows.GOLDENS / name / "cases.json").read_text())["exec"]):
            yield name, index, each


def folder_of(name, index):
    return next((golden_workflows.GOLDENS / name / "exec").glob(f"{index:02d}_*"), None)


def loader(name, task, options):
    if not options.get("map"):
        return ["compiler.default_task_resolver", "--", "task-module", name, "task-name", task]
    inner = ["resolver", "compiler.default_task_resolver", "task-module", name, "task-name", task]
    return ["compiler.map_task_resolver", "--", "vars", options.get("bound", ""), *inner]


@pytest.mark.parametrize(("name", "index", "case"), list(executions()), ids=lambda v: str(v)[:24])
@pytest.mark.filterwarnings("ignore")
def test_a_container_execution_writes_what_flytekit_wrote(name, index, case, tmp_path, monkeypatch):
    folder = folder_of(name, index)
    if folder is None:
        pytest.skip("this execution of the golden is not among the shared files")
    golden_workflows.load(name)
    for variable, value in case.get("env", {}).items():
        monkeypatch.setenv(variable, value)
    if "index" in case["options"]:
        monkeypatch.setenv("BATCH_JOB_ARRAY_INDEX_VAR_NAME", "INDEX")
        monkeypatch.setenv("INDEX", str(case["options"]["index"]))
    out = tmp_path / "out"
    code = main([
        "--inputs", str(folder / "inputs.pb"), "--output-prefix", str(out),
        "--raw-output-data-prefix", str(tmp_path / "raw"), "--checkpoint-path", str(tmp_path / "cp"),
        "--prev-checkpoint", "{{.prevCheckpointPrefix}}", "--resolver", *loader(name, case["task"], case["options"]),
    ])  # fmt: skip
    assert code == 0
    written = sorted(os.listdir(out)) if out.exists() else []
    if (name, index) in BETTER:
        assert written == ["error.pb"]
        return
    if "error" in case:
        ours = pb.ErrorDocument.FromString((out / "error.pb").read_bytes()).error
        theirs = case["error"]["error"]
        assert ours.code == theirs["code"]
        assert pb.ContainerError.Kind.Name(ours.kind) == theirs.get("kind", "NON_RECOVERABLE")
        assert pb.ExecutionError.ErrorKind.Name(ours.origin) == theirs["origin"]
        assert ours.message.startswith("Trace:\n\n    ")
        return
    assert written == case["files"], (
        (out / "error.pb").read_text(errors="replace") if "error.pb" in written else written
    )
    if case["files"] == ["outputs.pb"]:
        ours = unpack_map((out / "outputs.pb").read_bytes())
        theirs = unpack_map((folder / "outputs.pb").read_bytes())
        assert ours.keys() == theirs.keys()
        if name not in NONDETERMINISTIC:
            assert ours == theirs
    elif case["files"] == ["futures.pb"]:
        ours = pb.DynamicJobSpec.FromString((out / "futures.pb").read_bytes())
        theirs = pb.DynamicJobSpec.FromString((folder / "futures.pb").read_bytes())
        assert [node.id for node in ours.nodes] == [node.id for node in theirs.nodes]
        assert list(ours.outputs) == list(theirs.outputs)
        assert ours.min_successes == theirs.min_successes
