"""TaskContext: what Flyte 2 shows to a running task about itself; `ctx()` and the custom context.

Frozen: a changed copy becomes active through a Context (`ctx().replace_task_context(...)`) or `custom_context(...)`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from types import TracebackType
from typing import Any, Final, Literal, TypeAlias, final

from drawloom.context.action import ActionID, CheckpointPaths, GroupData, RawDataPath
from drawloom.context.checkpoint import Checkpoint
from drawloom.context.report import Report
from drawloom.context.state import NO_CUSTOM_CONTEXT, current, using
from drawloom.context.view import Context, internal_ctx
from literals import DrawloomError, preview

RunMode: TypeAlias = Literal["local", "remote", "hybrid"]
ATTEMPT_VARIABLE: Final = "FLYTE_ATTEMPT_NUMBER"
"""Where a cluster's runtime says which attempt this is, from 0."""
_HIDDEN = frozenset({"_u_kickoff_time_input_arg", "_u_produced_artifacts"})
_CHECKPOINT: Final = "__checkpoint__"


class CustomContextError(DrawloomError, TypeError):
    """A custom context has a key or a value that is not a string."""


@dataclass(frozen=True, kw_only=True)
class TaskContext:
    """One attempt of one action, as the task sees it.

    Attributes:
        action: identity of this call; inside a function marked `@trace`, of the traced call.
        task_action: identity of the task's call, also inside a trace; `action` when not given.
        version: version of the code that runs.
        raw_data_path: prefix for raw data; a `str` with a `path` attribute.
        input_path: where the inputs are stored; None when they are not.
        output_path: folder of this action's outputs.
        run_base_dir: folder of the run's metadata.
        report: this action's report.
        group_data: the `group` block around the current line.
        checkpoint_paths: where checkpoints go; None when nowhere.
        code_bundle: the bundle the code came from; None when it runs from where it stands.
        compiled_image_cache: images by name; None locally.
        data: a private bag, read by `ctx()[key]`; what a task's `pre` hook gives goes here.
        mode: where the run executes.
        interactive_mode: the run was started from a notebook.
        custom_context: string pairs inherited from the run and the callers.
        disable_run_cache: this run neither reads nor writes the cache.
        in_driver_literal_conversion: arguments for a sub-task are being converted right now.
        run_start_time: aware UTC; the same in the whole run.
        attempt: number of this attempt from 0; None means what the environment says.
    """

    action: ActionID
    version: str = ""
    raw_data_path: RawDataPath = field(default_factory=RawDataPath)
    input_path: str | None = None
    output_path: str = ""
    run_base_dir: str = ""
    report: Report | None = None
    group_data: GroupData | None = None
    checkpoint_paths: CheckpointPaths | None = None
    code_bundle: Any = None
    compiled_image_cache: Any = None
    data: dict[str, Any] = field(default_factory=dict[str, Any])
    mode: RunMode = "remote"
    interactive_mode: bool = False
    custom_context: Mapping[str, str] = field(default_factory=dict[str, str])
    disable_run_cache: bool = False
    in_driver_literal_conversion: bool = False
    run_start_time: datetime = field(default_factory=lambda: datetime.now(timezone.utc))
    task_action: ActionID | None = None
    attempt: int | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.raw_data_path, RawDataPath):  # pyright: ignore[reportUnnecessaryIsInstance] - a str is fine
            object.__setattr__(self, "raw_data_path", RawDataPath(self.raw_data_path or ""))
        if self.task_action is None:
            object.__setattr__(self, "task_action", self.action)

    @classmethod
    def of(cls, values: dict[str, Any]) -> TaskContext:
        """A context of all its fields at once: what the constructor gives, at the cost of one dict."""
        self = object.__new__(cls)
        self.__dict__.update(values)
        return self

    def replace(self, **kwargs: Any) -> TaskContext:
        """A copy with the given members changed; `data` is merged into the old one, `data=None` keeps it."""
        if "data" in kwargs:
            kwargs["data"] = {**self.data, **(kwargs["data"] or {})}
        return replace(self, **kwargs)

    def replace_task_context(self, tctx: TaskContext) -> Context:
        """A Context with `tctx` as the running task; active in a `with` block."""
        return internal_ctx().replace_task_context(tctx)

    def __getitem__(self, key: str) -> Any:
        """A value from the private bag; None when it is not there."""
        return self.data.get(key)

    def is_in_cluster(self) -> bool:
        """Whether the run executes on a cluster."""
        return self.mode == "remote"

    @property
    def checkpoint(self) -> Checkpoint | None:
        """This action's checkpoint, the same object for the whole attempt; None when there is no place for one."""
        paths = self.checkpoint_paths
        if paths is None or not paths.checkpoint_path or not paths.checkpoint_path.strip():
            return None
        if _CHECKPOINT not in self.data:
            source = paths.checkpoint_path if (self.restart_attempt or 0) > 0 else paths.prev_checkpoint_path
            self.data[_CHECKPOINT] = Checkpoint(paths.checkpoint_path, source)
        return self.data[_CHECKPOINT]

    @property
    def attempt_number(self) -> int:
        """How many times this action was tried before, from 0."""
        return self.attempt if self.attempt is not None else int(os.environ.get(ATTEMPT_VARIABLE) or 0)

    @property
    def rank(self) -> int | None:
        """This process among all of a distributed job; None outside one."""
        return _number("RANK")

    @property
    def local_rank(self) -> int | None:
        """This process among those of its machine; None outside a distributed job."""
        return _number("LOCAL_RANK")

    @property
    def world_size(self) -> int | None:
        """Processes of the distributed job; None outside one."""
        return _number("WORLD_SIZE")

    @property
    def local_world_size(self) -> int | None:
        """Processes of the job on this machine; None outside one."""
        return _number("LOCAL_WORLD_SIZE")

    @property
    def node_rank(self) -> int | None:
        """This machine among those of the job; None outside one."""
        return _number("GROUP_RANK")

    @property
    def nnodes(self) -> int | None:
        """Machines of the job; None outside one."""
        return _number("GROUP_WORLD_SIZE")

    @property
    def master_addr(self) -> str | None:
        """Address of the job's first process; None outside one."""
        return os.environ.get("MASTER_ADDR")

    @property
    def master_port(self) -> int | None:
        """Port of the job's first process; None outside one."""
        return _number("MASTER_PORT")

    @property
    def restart_attempt(self) -> int | None:
        """How many times the whole job was restarted; None outside one."""
        return _number("JOBSET_RESTART_ATTEMPT")


def _number(variable: str) -> int | None:
    text = os.environ.get(variable)
    return int(text) if text else None


def ctx() -> TaskContext | None:
    """The running task's context; None outside a task."""
    return current().task


def check_custom_context(context: Mapping[str, str]) -> dict[str, str]:
    """`context` as a dict, after seeing that it holds strings only.

    Raises:
        CustomContextError: names the key and the value that is not a string (also a TypeError).
    """
    for key, value in context.items():
        if not isinstance(key, str) or not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance] - unchecked callers pass anything
            raise CustomContextError(
                "a custom context holds strings only",
                where=f"custom_context[{preview(key)}]",
                expected="str",
                got=f"{type(value).__name__} {preview(value)}",
                fix=f"pass {key}=str(...)",
            )
    return dict(context)


@final
class custom_context:  # noqa: N801 - reads as a statement: `with custom_context(tenant="a"):`
    """`with custom_context(key="value"):` adds string pairs that every task called in the block inherits.

    Inner pairs win over outer ones. Outside a task it applies to the runs that are started in the block.

    Raises:
        CustomContextError: a value is not a string (also a TypeError).
    """

    def __init__(self, **context: str) -> None:
        self._context = check_custom_context(context)
        self._open: list[using] = []

    def __enter__(self) -> custom_context:
        state = current()
        merged = {**state.custom_context, **self._context}
        changes: dict[str, Any] = {"custom_context": merged}
        if state.task is not None:
            # Not task.replace(): the bag, and with it the checkpoint, stays the same object.
            changes["task"] = replace(state.task, custom_context=merged)
        scope = using(**changes)
        scope.__enter__()
        self._open.append(scope)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.pop().__exit__(kind, error, trace)

    async def __aenter__(self) -> custom_context:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, trace)


def get_custom_context() -> dict[str, str]:
    """The string pairs inherited here; a copy, and empty when there are none."""
    state = current()
    found = state.task.custom_context if state.task is not None else state.custom_context
    return {key: value for key, value in (found or NO_CUSTOM_CONTEXT).items() if key not in _HIDDEN}
