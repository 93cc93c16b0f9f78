"""The table of docs/flyte2.md against the code: a program for each row, which ends with drawloom's error and a way out."""

from __future__ import annotations

import enum
import re
import typing
from pathlib import Path

import pytest

import drawloom
from drawloom import flyte
from drawloom.errors import UnsupportedHereError
from literals import DrawloomError

TEXT = (Path(__file__).parents[3] / "docs" / "flyte2.md").read_text(encoding="utf-8").partition("## Refused")[2]
ROWS = re.findall(r"^\| (?!what|---)(.+) \| (.+) \|$", TEXT, re.MULTILINE)


def uses_sandbox():
    with pytest.raises(UnsupportedHereError, match="a sandbox with an interpreter of its own"):
        flyte.sandbox.create(name="a")
    env = flyte.TaskEnvironment("of_the_sandbox")
    with pytest.raises(UnsupportedHereError, match="a sandbox with an interpreter of its own"):
        flyte.TaskEnvironment("depends", depends_on=[flyte.sandbox.sandbox_environment])
    env.sandbox.orchestrator(uses_sandbox)


def runs_a_workflow():
    @drawloom.task
    def one() -> int:
        return 1

    @drawloom.workflow
    def wf() -> int:
        return one()

    container = drawloom.ContainerTask(name="c", image="alpine:3", command=["true"])
    for other in (one, container):
        with pytest.raises(DrawloomError, match="only a task of an environment"):
            flyte.run(other)
    flyte.run(wf)


def derives_an_image_checker():
    type("Mine", (flyte.extend.ImageChecker,), {})


class Colour(enum.Enum):
    RED = "red"
    GREEN = "green"


env = flyte.TaskEnvironment("of_the_page")


@env.task
async def listed(value: typing.Literal[Colour.RED, "medium", 3]) -> str:
    return str(value)


def unlisted_member():
    assert flyte.run(listed, Colour.RED).outputs()[0] == "Colour.RED"
    flyte.run(listed, Colour.GREEN)


@env.task
async def frame() -> typing.Annotated[flyte.io.DataFrame, "csv"]:
    pandas = pytest.importorskip("pandas", reason="the frame is pandas'")
    return flyte.io.DataFrame.from_df(pandas.DataFrame({"many": [[1], [2, 3]]}))


def lists_as_csv():
    flyte.run(frame)


PROGRAMS = {
    "`flyte.ai`: agents, memory, chat, MCP": (lambda: flyte.ai.agents.Agent(name="a"), "a language model"),
    "`flyte.app`, `flyte.serve`, `flyte.extras.webhooks`": (
        lambda: flyte.app.AppEnvironment(name="a"),
        "serves applications",
    ),
    "`flyte.sandbox`, `TaskEnvironment.sandbox`": (uses_sandbox, "a sandbox with an interpreter of its own"),
    "`flyte.remote`, `flyte.deploy`": (lambda: flyte.remote.Task.get("t"), "a platform to ask"),
    "`flyte.build`": (lambda: flyte.build(flyte.Image.from_debian_base()), "builds no images"),
    "`flyte.clustered`": (lambda: flyte.clustered.TorchRun(), "several machines"),
    "`flyte.connectors`": (lambda: flyte.connectors.AsyncConnector(), "a service that runs connectors"),
    "`flyte.extras.shell`": (lambda: flyte.extras.shell.create(name="a"), "a container runtime"),
    "`flyte.extras.Sleep`": (lambda: flyte.extras.Sleep(), "waits without a container"),
    "`flyte.prefetch`": (lambda: flyte.prefetch.hf_model(repo="a"), "a platform's storage"),
    "`flyte.extend.ImageChecker`, and what builds an image": (derives_an_image_checker, "builds no images"),
    "a member of an enum that a `Literal[…]` does not list": (unlisted_member, "does not have the declared type"),
    "a frame as CSV whose columns would come back otherwise, such as lists": (
        lists_as_csv,
        "CSV does not keep this column",
    ),
    "`flyte.run` of a `ContainerTask`, a workflow or a `@task`": (runs_a_workflow, "only a task of an environment"),
}


def test_every_row_has_a_program_and_a_reason():
    assert [what for what, _ in ROWS] == list(PROGRAMS)
    assert all(len(reason) > 20 for _, reason in ROWS)


@pytest.mark.parametrize("what", list(PROGRAMS))
def test_a_row_is_refused_with_its_reason(what):
    program, words = PROGRAMS[what]
    with pytest.raises(DrawloomError) as caught:
        program()
    assert words in str(caught.value)
    assert caught.value.fix
