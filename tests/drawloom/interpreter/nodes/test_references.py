"""Nodes whose task is elsewhere or is a command: references need a stub, a command without an image runs here."""

from __future__ import annotations

import pytest

from drawloom import ContainerTask, kwtypes, reference_task, task, workflow
from drawloom.interpreter import ReferenceNotRegisteredError, RunOptions, UnsupportedTaskError, run
from drawloom.ir import Key
from literals import pb
from running import compiled, outcome, value


@task
def zero(n: int) -> int:
    return n


@reference_task(project="p", domain="d", name="elsewhere", version="1")
def elsewhere(n: int) -> int: ...


@workflow
def refers(n: int) -> int:
    return elsewhere(n=n)


def test_a_reference_needs_a_stub_and_runs_through_it():
    error = outcome(refers, n=1).error
    assert "reference" in str(error)
    made = compiled(refers)
    with pytest.raises(ReferenceNotRegisteredError):
        run(made.bundle, {"n": pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=6)))}, entity=refers.name)
    result = run(
        made.bundle,
        {"n": pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=6)))},
        entity=refers.name,
        entities={**made.entities, Key(1, "p", "d", "elsewhere", "1"): zero},
    )
    assert value(refers, result) == 6


shouts = ContainerTask(
    name="shouts",
    image="",
    command=["/bin/sh", "-c", "tr a-z A-Z < /var/inputs/text > /var/outputs/loud"],
    inputs=kwtypes(text=str),
    outputs=kwtypes(loud=str),
    input_data_dir="/var/inputs",
    output_data_dir="/var/outputs",
)

in_an_image = ContainerTask(
    name="in_an_image", image="busybox", command=["true"], inputs=kwtypes(text=str), outputs=kwtypes(loud=str)
)


@workflow
def shouting(text: str) -> str:
    return shouts(text=text)


@workflow
def imaged(text: str) -> str:
    return in_an_image(text=text)


def without_entities(entity, *, image=None, **inputs):
    made = compiled(entity)
    if image is not None:
        made.bundle.workflows[0].tasks[0].template.container.image = image

    codecs = entity.python_interface.input_codecs
    given = {name: codecs[name].encode(each) for name, each in inputs.items()}
    return run(made.bundle, given, entity=entity.name, options=RunOptions(raise_errors=False))


def test_a_command_without_an_image_runs_here_and_one_with_an_image_is_refused():
    assert value(shouting, without_entities(shouting, image="", text="hello")) == "HELLO"
    error = without_entities(imaged, text="hello").error
    assert isinstance(error, UnsupportedTaskError)
    assert "busybox" in str(error)


says = ContainerTask(
    name="says",
    image="",
    command=["/bin/sh", "-c", "printf '%s' \"$1\" > /var/outputs/loud", "sh", "{{.inputs.text}} {{ $NameSpace }}"],
    inputs=kwtypes(text=str),
    outputs=kwtypes(loud=str),
    input_data_dir="/var/inputs",
    output_data_dir="/var/outputs",
)


@workflow
def saying(text: str) -> str:
    return says(text=text)


@pytest.mark.parametrize(
    ("template", "fix"),
    [("{{.inputs.nobody}}", "check the input's name"), ("{{ .RawOutputDataPrefix }}", "write to outputPrefix, or run it on a cluster")],
)  # fmt: skip
def test_a_template_that_has_nothing_to_be_filled_with_is_refused(template, fix):
    assert value(saying, without_entities(saying, image="", text="a {{.input}}")) == "a {{.input}} local"
    made = compiled(saying)
    made.bundle.workflows[0].tasks[0].template.container.image = ""
    made.bundle.workflows[0].tasks[0].template.container.command.append(template)
    given = {"text": saying.python_interface.input_codecs["text"].encode("x")}
    error = run(made.bundle, given, entity=saying.name, options=RunOptions(raise_errors=False)).error
    assert isinstance(error, UnsupportedTaskError)
    assert error.fix == fix
    assert "is not filled in here" in str(error)
