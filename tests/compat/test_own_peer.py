"""Names that both peers have for different things: each package gives its own peer's, and what is made is drawloom's one object."""

from __future__ import annotations

import asyncio
import datetime as dt
import inspect
import pickle

import pytest

import compiler
import drawloom
from drawloom import flyte, flytekit
from drawloom.flyte import artifacts, notify
from drawloom.flyte.types import TypeEngine as Flyte2Engine
from drawloom.flytekit.configuration import Image
from drawloom.flytekit.core.checkpointer import SyncCheckpoint
from drawloom.flytekit.core.type_engine import TypeEngine
from literals import pb

SIGNATURES = [
    (flytekit.Resources, "cpu mem gpu ephemeral_storage"),
    (flyte.Resources, "cpu memory gpu disk shm"),
    (flytekit.Cache, "version serialize ignored_inputs salt policies"),
    (flyte.Cache, "behavior version_override serialize ignored_inputs salt policies max_age"),
    (flytekit.Secret, "group key group_version mount_requirement env_var"),
    (flyte.Secret, "key group mount as_env_var"),
    (flytekit.FixedRate, "duration kickoff_time_input_arg"),
    (flyte.FixedRate, "interval_minutes start_time"),
    (flytekit.Documentation, "short_description long_description source_code"),
    (flyte.Documentation, "description"),
    (flyte.Checkpoint, "checkpoint_dest checkpoint_src"),
    (flytekit.Email, "phases recipients_email"),
    (notify.Email, "on_phase recipients cc bcc subject body html_body"),
    (flytekit.Slack, "phases recipients_email"),
    (notify.Slack, "on_phase webhook_url message blocks"),
    (artifacts.TimePartition, "value granularity"),
    (Image, "name fqn tag digest"),
]
"""A class, and the parameters of the peer's constructor in their order, as flytekit 1.16.31 and flyte 2.12.1 have them."""


@pytest.mark.parametrize(("cls", "parameters"), SIGNATURES, ids=lambda value: getattr(value, "__module__", ""))
def test_a_constructor_has_the_parameters_of_its_peer(cls, parameters):
    assert list(inspect.signature(cls).parameters) == parameters.split()


@pytest.mark.parametrize(
    ("made", "same"),
    [
        (flytekit.Resources("1", "2Gi"), compiler.Resources(cpu="1", mem="2Gi")),
        (flyte.Resources("1", "2Gi"), compiler.Resources(cpu="1", memory="2Gi")),
        (flytekit.Secret("g", "k"), compiler.Secret(group="g", key="k")),
        (flyte.Secret("k", "g"), compiler.Secret(group="g", key="k")),
        (flytekit.FixedRate(dt.timedelta(hours=1), "at"), compiler.FixedRate(dt.timedelta(hours=1), "at")),
        (flyte.FixedRate(60), compiler.FixedRate(interval_minutes=60)),
        (flytekit.Documentation("text"), compiler.Documentation(short_description="text")),
        (flyte.Documentation("text"), compiler.Documentation(description="text")),
    ],
)
def test_what_is_made_is_the_one_object_of_drawloom(made, same):
    assert made == same
    assert type(made) is type(same)
    assert pickle.loads(pickle.dumps(made)) == made
    assert all(isinstance(made, getattr(peer, type(same).__name__)) for peer in (flytekit, flyte))


@pytest.mark.parametrize(
    "make",
    [
        lambda: flytekit.Resources(memory="1Gi"),
        lambda: flyte.Resources(mem="1Gi"),
        lambda: flytekit.Cache(behavior="auto"),
        lambda: flyte.Cache(),
        lambda: flyte.Secret(group="g"),
        lambda: flytekit.FixedRate(interval_minutes=1),
        lambda: flyte.Documentation(short_description="x"),
    ],
)
def test_the_other_peers_fields_are_no_fields_here(make):
    with pytest.raises(TypeError):
        make()


def test_flytekit_leaves_the_variable_of_a_secret_to_the_platform():
    written = pb.Secret()
    flytekit.Secret(key="token").write(written)
    assert written.env_var == ""
    assert flyte.Secret(key="token").env_var == "TOKEN"


def test_a_class_derived_from_one_of_them_is_an_ordinary_class():
    class Small(flytekit.Resources):
        def __init__(self):
            super().__init__(cpu="100m")

    made = Small()
    assert type(made) is Small
    assert isinstance(made, compiler.Resources)
    assert not isinstance(compiler.Resources(), Small)


def test_cache_means_what_its_peer_says():
    @flytekit.task(cache=flytekit.Cache("override"))
    def t() -> int:
        return 1

    assert t.metadata.cache_version == "override"


def test_the_environments_are_different_things():
    env = flytekit.Environment(retries=3)

    @env
    def t() -> int:
        return 1

    assert t.metadata.retries == 3
    assert isinstance(drawloom.TaskEnvironment("n"), flyte.Environment)
    assert list(inspect.signature(flyte.Environment).parameters)[0] == "name"


def test_the_checkpoints_are_different_things():
    assert flytekit.Checkpoint is SyncCheckpoint
    assert hasattr(flyte.Checkpoint, "load_sync")


def test_the_engine_of_flytekit_takes_a_context_and_that_of_flyte_2_is_awaited():
    kind = TypeEngine.to_literal_type(int)
    literal = TypeEngine.to_literal(flytekit.FlyteContext.current_context(), 3, int, kind)

    async def both_ways():
        made = await Flyte2Engine.to_literal(3, int, kind)
        return made, await Flyte2Engine.to_python_value(made, int), await Flyte2Engine.dict_to_literal_map({"a": 1})

    made, value, listed = asyncio.run(both_ways())
    assert (made, value, list(listed.literals)) == (literal, 3, ["a"])
