"""Who is running: an action's identity, its group, and where its raw data and checkpoints live. Plain frozen records."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, replace
from typing import final

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_CHUNKS = [a + b for a in _DIGITS for b in _DIGITS]
_WORD = 36**12
_HALF = 36**6
_TWO_PAIRS = 36**4
_PAIR = 36**2


@dataclass(frozen=True, kw_only=True)
class ActionID:
    """Identity of one action (one call of one task) in a run.

    Attributes:
        name: unique in the run; the same for every attempt, and in every run with the same inputs.
        run_name: name of the run; the action's own name when not given.
        project, domain, org: None when the run names none.
    """

    name: str
    run_name: str | None = None
    project: str | None = None
    domain: str | None = None
    org: str | None = None

    def __post_init__(self) -> None:
        if self.run_name is None:
            object.__setattr__(self, "run_name", self.name)

    @classmethod
    def create_random(cls) -> ActionID:
        """A new run's identity, by chance."""
        name = str(uuid.uuid4())
        return cls(name=name, run_name=name)

    def new_sub_action(self, name: str | None = None) -> ActionID:
        """An action of the same run, under a given or random name."""
        return replace(self, name=str(uuid.uuid4()) if name is None else name)

    def new_sub_action_from(self, task_call_seq: int, task_hash: str, input_hash: str, group: str | None) -> ActionID:
        """The action that calling a task makes; the name follows from the arguments alone.

        Args:
            task_call_seq: which of this action's calls with the same task, inputs and group it is, from 1.
            task_hash: the task's identity; its name in a local run.
            input_hash: digest of the inputs; empty when there are none.
            group: name of the `group` block around the call, if any.
        """
        name = action_name(self.name, task_call_seq, task_hash, input_hash, group)
        return ActionID(name=name, run_name=self.run_name, project=self.project, domain=self.domain, org=self.org)

    def unique_id_str(self, salt: str | None = None) -> str:
        """All parts in one word; a missing part reads None."""
        text = f"{self.project}-{self.domain}-{self.run_name}-{self.name}"
        return text if salt is None else f"{text}-{salt}"


def action_name(caller: str, task_call_seq: int, task_hash: str, input_hash: str, group: str | None) -> str:
    """The name of the action that a call makes; see `ActionID.new_sub_action_from`."""
    parts = f"{caller}-{input_hash}-{task_hash}-{task_call_seq}" + (f"-{group}" if group else "")
    return _base36(int.from_bytes(hashlib.md5(parts.encode(), usedforsecurity=False).digest(), "big"))


def _base36(number: int) -> str:
    """A number of 128 bits in the digits 0-9 and a-z."""
    # Words of twelve digits, each in six pairs, written out: a name is made for each call.
    number, low = divmod(number, _WORD)
    high, middle = divmod(number, _WORD)
    pairs = _CHUNKS
    parts = [pairs[high]]
    for word in (middle, low):
        a, b = divmod(word, _HALF)
        parts += (
            pairs[a // _TWO_PAIRS], pairs[a // _PAIR % _PAIR], pairs[a % _PAIR],
            pairs[b // _TWO_PAIRS], pairs[b // _PAIR % _PAIR], pairs[b % _PAIR],
        )  # fmt: skip
    return "".join(parts).lstrip("0") or "0"


@dataclass(frozen=True)
class GroupData:
    """The `group` block that a call was made in."""

    name: str


@dataclass(frozen=True)
class CheckpointPaths:
    """Where an action's checkpoint is read from and written to; None means nowhere."""

    prev_checkpoint_path: str | None
    checkpoint_path: str | None


@dataclass(frozen=True)
class PathRewrite:
    """Reads addresses below `old_prefix` from below `new_prefix` instead."""

    old_prefix: str
    new_prefix: str

    def __post_init__(self) -> None:
        if not self.old_prefix or not self.new_prefix:
            raise ValueError("a path rewrite needs both prefixes, as in 's3://old->s3://new'")
        if self.old_prefix == self.new_prefix:
            raise ValueError(f"a path rewrite needs two different prefixes, got {self.old_prefix!r} twice")

    @classmethod
    def from_str(cls, pattern: str) -> PathRewrite:
        """Read `old->new`.

        Raises:
            ValueError: not exactly one arrow, or a prefix that is empty or unchanged.
        """
        parts = pattern.split("->")
        if len(parts) != 2:  # noqa: PLR2004 - the two sides of one arrow
            raise ValueError(f"a path rewrite reads 'old->new', got {pattern!r}")
        return cls(*parts)


@final
class RawDataPath(str):
    """A prefix for raw data: a `str`, with flyte's `path` beside it and a rewrite for reading, if any."""

    path_rewrite: PathRewrite | None
    __slots__ = ("path_rewrite",)

    def __new__(cls, path: str = "", path_rewrite: PathRewrite | None = None) -> RawDataPath:
        """The prefix `path`, read through `path_rewrite`."""
        self = super().__new__(cls, path)
        self.path_rewrite = path_rewrite
        return self

    @property
    def path(self) -> str:
        """The prefix as plain text."""
        return str.__str__(self)

    def get_random_remote_path(self, file_name: str | None = None) -> str:
        """An address below the prefix that nobody has used; nothing is made there."""
        parts = [self.rstrip("/"), uuid.uuid4().hex, *([file_name] if file_name else [])]
        return "/".join(parts)
