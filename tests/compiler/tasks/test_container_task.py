from __future__ import annotations

import pathlib

import pytest

from compiler import (
    ContainerTask,
    Emitter,
    Image,
    ImageConfig,
    PodTemplate,
    Resources,
    Secret,
    SerializationSettings,
    compile_bundle,
    workflow,
)
from drawloom.ir import check
from literals import DrawloomError
from typeengine import FlyteFile

SETTINGS = SerializationSettings(
    project="p", domain="d", version="v", image_config=ImageConfig(Image("default", "img", "v")), env={"A": "1"}
)

raw = ContainerTask(
    name="raw",
    image="{{.image.default}}",
    command=["sh", "-c", "echo {{.inputs.a}} > /out/o"],
    arguments=["x"],
    inputs={"a": int},
    outputs={"o": int},
    input_data_dir="/in",
    output_data_dir="/out",
    metadata_format=ContainerTask.MetadataFormat.PROTO,
    io_strategy=ContainerTask.IOStrategy.DOWNLOAD_STREAM,
    resources=Resources(cpu=("1", "2")),
    environment={"K": "V"},
    secret_requests=[Secret(group="g", key="k")],
)


def test_everything_of_the_container_is_written():
    made = Emitter(SETTINGS).task_template(raw)
    assert (made.type, made.container.image) == ("raw-container", "img:v")
    assert list(made.container.command) == ["sh", "-c", "echo {{.inputs.a}} > /out/o"]
    assert [(e.key, e.value) for e in made.container.env] == [("A", "1"), ("K", "V")]
    assert (made.container.data_config.format, made.container.data_config.io_strategy.download_mode) == (2, 1)
    assert made.container.resources.limits[0].value == "2"
    assert made.security_context.secrets[0].group == "g"


def test_it_is_called_like_any_task():
    @workflow
    def wf(a: int) -> int:
        return raw(a=a)

    check(compile_bundle([wf], SETTINGS).bundle)


def test_a_pod_holds_its_container():
    podded = ContainerTask("podded", "i:1", ["run"], pod_template=PodTemplate(primary_container_name="main"))
    made = Emitter(SETTINGS).task_template(podded)
    assert made.WhichOneof("target") == "k8s_pod"
    assert made.config["primary_container_name"] == "main"
    assert made.k8s_pod.data_config.enabled


FAKE_RUNTIME = """#!/bin/sh
# Stands for `docker run --rm -v A:B ... IMAGE COMMAND...`: runs the command here, folders of the container replaced.
map=""
shift 2
while [ $# -gt 0 ]; do
  case "$1" in
    -v) from=${2%%:*}; rest=${2#*:}; map="s#${rest%%:*}#$from#g;$map"; shift 2;;
    -e) export "$2"; shift 2;;
    *) break;;
  esac
done
shift
line=$(printf '%s\n' "$*" | sed "${map%;}")
exec sh -c "$line"
"""


@pytest.fixture
def runtime(tmp_path, monkeypatch):
    program = tmp_path / "runtime"
    program.write_text(FAKE_RUNTIME)
    program.chmod(0o755)
    monkeypatch.setenv("DRAWLOOM_CONTAINER_RUNTIME", str(program))


def test_a_container_runs_with_the_runtime_that_is_installed(runtime, tmp_path):
    source = tmp_path / "in.txt"
    source.write_text("hello")
    task = ContainerTask(
        "run",
        "any:1",
        command=[
            "echo {{.inputs.a}} > /c-out/n; cat {{.inputs.f}} /c-in/b > /c-out/t; echo true > /c-out/ok; echo $K > /c-out/f"
        ],
        inputs={"a": int, "b": str, "f": FlyteFile},
        outputs={"n": int, "t": str, "ok": bool, "f": FlyteFile},
        input_data_dir="/c-in",
        output_data_dir="/c-out",
        environment={"K": "V"},
    )
    made = task.execute(a=3, b="!", f=FlyteFile(str(source)))
    assert (made.n, made.t, made.ok) == (3, "hello!", True)
    assert pathlib.Path(made.f.path).read_text() == "V\n"


@pytest.mark.parametrize(
    ("line", "message"),
    [("exit 3", "ended with 3"), ("true", "no such output"), ("echo x > /c-out/n", "does not have its declared type")],
)
def test_a_container_that_fails_says_how(runtime, line, message):
    task = ContainerTask("bad", "any:1", command=[line], outputs={"n": int}, output_data_dir="/c-out")
    with pytest.raises(RuntimeError, match=message):
        task.execute()


def test_without_a_runtime_it_says_so(monkeypatch):
    monkeypatch.setenv("DRAWLOOM_CONTAINER_RUNTIME", "no-such-runtime")
    with pytest.raises(RuntimeError, match="container runtime"):
        raw.execute(a=1)


@pytest.mark.parametrize(
    "make",
    [
        lambda: ContainerTask("c", "i", "run"),
        lambda: ContainerTask("c", "i", ["run"], arguments=[1]),
        lambda: ContainerTask("c", "i", ["run"], io_strategy="fast"),
        lambda: ContainerTask("c", "i", ["run"], secret_requests=["k"]),
        lambda: ContainerTask("c", "i", ["run"], resources=Resources(), requests=Resources()),
    ],
)
def test_wrong_options_are_refused(make):
    with pytest.raises(DrawloomError):
        make()
