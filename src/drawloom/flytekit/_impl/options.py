"""Options that both peers have under one name, with flytekit's constructors."""

# ruff: noqa: FBT001, FBT002 - the signatures are flytekit's

from __future__ import annotations

import datetime as dt
from typing import Any

import compiler
from compiler import CachePolicy, Description, SourceCode
from drawloom.peer_class import PeerClass

Quantity = str | int | float | list[Any] | tuple[Any, ...] | None


MountType = compiler.Secret.MountType


class Resources(compiler.Resources, metaclass=PeerClass):
    """CPU, memory, accelerators and scratch space: each one value, or a (request, limit) pair."""

    def __init__(
        self, cpu: Quantity = None, mem: Quantity = None, gpu: Quantity = None, ephemeral_storage: Quantity = None
    ) -> None:
        super().__init__(cpu=cpu, mem=mem, gpu=gpu, ephemeral_storage=ephemeral_storage)


class Cache(compiler.Cache, metaclass=PeerClass):
    """Caching by a version, or by policies that make one."""

    def __init__(
        self,
        version: str | None = None,
        serialize: bool = False,
        ignored_inputs: tuple[str, ...] | str = (),
        salt: str = "",
        policies: list[CachePolicy] | CachePolicy | None = None,
    ) -> None:
        # The other name of the field: a version that is one of Flyte 2's words is a version all the same.
        super().__init__(  # pyright: ignore[reportCallIssue] - each overload has one peer's fields
            version_override=version, serialize=serialize, ignored_inputs=ignored_inputs, salt=salt, policies=policies
        )


class Secret(compiler.Secret, metaclass=PeerClass):
    """A secret of a store. The variable that holds it is the platform's choice where `env_var` is not given."""

    def __init__(
        self,
        group: str | None = None,
        key: str | None = None,
        group_version: str | None = None,
        mount_requirement: MountType = compiler.Secret.MountType.ANY,
        env_var: str | None = None,
    ) -> None:
        super().__init__(
            group=group,
            key=key,
            group_version=group_version,
            mount_requirement=mount_requirement,
            env_var=env_var,
        )
        # Flyte 2 names the variable after the key; flytekit leaves it open.
        self.env_var = env_var


class FixedRate(compiler.FixedRate, metaclass=PeerClass):
    """A run every so often."""

    def __init__(self, duration: dt.timedelta, kickoff_time_input_arg: str | None = None) -> None:
        super().__init__(duration, kickoff_time_input_arg)


class Documentation(compiler.Documentation, metaclass=PeerClass):
    """Short and long description, and where the source is."""

    def __init__(
        self,
        short_description: str | None = None,
        long_description: Description | None = None,
        source_code: SourceCode | None = None,
    ) -> None:
        super().__init__(short_description, long_description, source_code)
