"""Options that both peers have under one name, with Flyte 2's constructors."""

# ruff: noqa: FBT001, FBT002, PLR0917 - the signatures are flyte's

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any, Literal

import compiler
import drawloom.context
from compiler import CachePolicy, Device
from drawloom.peer_class import PeerClass

Quantity = str | int | float | tuple[Any, Any] | None


class Resources(compiler.Resources, metaclass=PeerClass):
    """CPU, memory, accelerators, disk and shared memory: cpu and memory each one value, or a (request, limit) pair."""

    def __init__(
        self,
        cpu: Quantity = None,
        memory: str | tuple[str, str] | None = None,
        gpu: str | int | Device | None = None,
        disk: str | None = None,
        shm: str | None = None,
    ) -> None:
        super().__init__(cpu=cpu, memory=memory, gpu=gpu, disk=disk, shm=shm)


class Cache(compiler.Cache, metaclass=PeerClass):
    """Caching: by the function's body (`auto`), by a version of yours (`override`), or none (`disable`)."""

    def __init__(
        self,
        behavior: Literal["auto", "override", "disable"],
        version_override: str | None = None,
        serialize: bool = False,
        ignored_inputs: tuple[str, ...] | str = (),
        salt: str = "",
        policies: list[CachePolicy] | CachePolicy | None = None,
        max_age: dt.timedelta | int | None = None,
    ) -> None:
        super().__init__(
            behavior=behavior,
            version_override=version_override,
            serialize=serialize,
            ignored_inputs=ignored_inputs,
            salt=salt,
            policies=policies,
            max_age=max_age,
        )


class Secret(compiler.Secret, metaclass=PeerClass):
    """A secret of a store; without a group or a mount it arrives in the variable that its key names."""

    def __init__(
        self, key: str, group: str | None = None, mount: Path | None = None, as_env_var: str | None = None
    ) -> None:
        super().__init__(key=key, group=group, mount=mount, as_env_var=as_env_var)


class FixedRate(compiler.FixedRate, metaclass=PeerClass):
    """A run every N minutes, from a given moment on."""

    def __init__(self, interval_minutes: int, start_time: dt.datetime | None = None) -> None:
        super().__init__(interval_minutes=interval_minutes, start_time=start_time)


class Documentation(compiler.Documentation, metaclass=PeerClass):
    """A description."""

    def __init__(self, description: str) -> None:
        super().__init__(description=description)


class Checkpoint(drawloom.context.Checkpoint, metaclass=PeerClass):
    """One place to write to, one to read from."""

    def __init__(
        self, checkpoint_dest: str | os.PathLike[str], checkpoint_src: str | os.PathLike[str] | None = None
    ) -> None:
        super().__init__(checkpoint_dest, checkpoint_src)
