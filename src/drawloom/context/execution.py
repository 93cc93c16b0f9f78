"""Flyte 1's two states: compiling (nodes gathered so far) and executing (mode, folders, branch), with its modes.

The names and members are flytekit's. Records only: who reads them decides what they mean.
"""

from __future__ import annotations

import enum
import os
from typing import Any, ClassVar


class ExecutionMode(enum.Enum):
    """What is being executed, and where. The numbers are flytekit's."""

    TASK_EXECUTION = 1
    LOCAL_WORKFLOW_EXECUTION = 2
    LOCAL_TASK_EXECUTION = 3
    DYNAMIC_TASK_EXECUTION = 4
    EAGER_EXECUTION = 5
    EAGER_LOCAL_EXECUTION = 6
    LOCAL_DYNAMIC_TASK_EXECUTION = 7


_LOCAL = frozenset(
    {
        ExecutionMode.LOCAL_WORKFLOW_EXECUTION,
        ExecutionMode.LOCAL_TASK_EXECUTION,
        ExecutionMode.EAGER_LOCAL_EXECUTION,
        ExecutionMode.LOCAL_DYNAMIC_TASK_EXECUTION,
    }
)


class BranchEvalMode(enum.Enum):
    """Whether the conditional section's current branch is taken. Three ways: None means not in a conditional."""

    BRANCH_ACTIVE = "branch active"
    BRANCH_SKIPPED = "branch skipped"


class CompilationState:
    """Used while a workflow or task is compiled.

    Attributes:
        prefix: put before every node id made here.
        mode: 1 while a workflow is compiled (flytekit's number).
        task_resolver: the resolver that tasks made here belong to; None means the default one.
        nodes: the nodes made so far, in the order of the calls.
    """

    __slots__ = ("mode", "nodes", "prefix", "task_resolver")

    def __init__(
        self, prefix: str, mode: int = 1, task_resolver: object = None, nodes: list[Any] | None = None
    ) -> None:
        self.prefix = prefix
        self.mode = mode
        self.task_resolver = task_resolver
        self.nodes: list[Any] = [] if nodes is None else nodes

    def add_node(self, n: object) -> None:
        """Append a node."""
        self.nodes.append(n)

    def with_params(
        self, prefix: str, mode: int | None = None, resolver: object = None, nodes: list[Any] | None = None
    ) -> CompilationState:
        """A state with another prefix; what is not given is taken over, except the nodes, which start empty."""
        return CompilationState(
            prefix=prefix,
            mode=self.mode if mode is None else mode,
            task_resolver=self.task_resolver if resolver is None else resolver,
            nodes=nodes,
        )

    def __repr__(self) -> str:
        return f"CompilationState(prefix={self.prefix!r}, mode={self.mode}, nodes={self.nodes!r})"


class ExecutionState:
    """Active while a task or a local workflow executes.

    Attributes:
        working_dir: the folder that the execution may write to.
        mode: what kind of execution this is; None when not yet said.
        engine_dir: the folder for the engine's own files; `engine_dir` below the working folder when not given.
        branch_eval_mode: None outside a conditional section.
        user_space_params: the `ExecutionParameters` that `current_context()` gives to the user's function.
    """

    Mode: ClassVar[type[ExecutionMode]] = ExecutionMode

    __slots__ = ("branch_eval_mode", "engine_dir", "mode", "user_space_params", "working_dir")

    def __init__(
        self,
        working_dir: os.PathLike[str] | str,
        mode: ExecutionMode | None = None,
        engine_dir: os.PathLike[str] | str | None = None,
        branch_eval_mode: BranchEvalMode | None = None,
        user_space_params: Any = None,
    ) -> None:
        if not working_dir:
            raise ValueError("ExecutionState needs a working_dir: the folder that the execution may write to")
        self.working_dir = working_dir
        self.mode = mode
        self.engine_dir = f"{os.fspath(working_dir)}/engine_dir" if engine_dir is None else engine_dir
        self.branch_eval_mode = branch_eval_mode
        self.user_space_params = user_space_params

    def take_branch(self) -> None:
        """Mark the conditional section's current branch as the one that is taken."""
        self.branch_eval_mode = BranchEvalMode.BRANCH_ACTIVE

    def branch_complete(self) -> None:
        """Mark the branches that follow as skipped."""
        self.branch_eval_mode = BranchEvalMode.BRANCH_SKIPPED

    def with_params(
        self,
        working_dir: os.PathLike[str] | str | None = None,
        mode: ExecutionMode | None = None,
        engine_dir: os.PathLike[str] | str | None = None,
        branch_eval_mode: BranchEvalMode | None = None,
        user_space_params: Any = None,
    ) -> ExecutionState:
        """A copy with the given members changed."""
        return ExecutionState(
            working_dir=self.working_dir if working_dir is None else working_dir,
            mode=self.mode if mode is None else mode,
            engine_dir=self.engine_dir if engine_dir is None else engine_dir,
            branch_eval_mode=self.branch_eval_mode if branch_eval_mode is None else branch_eval_mode,
            user_space_params=self.user_space_params if user_space_params is None else user_space_params,
        )

    @property
    def raw_data_folder(self) -> str:
        """Where below a remote prefix the raw data of what runs here go: the run and its node; empty where neither is known."""
        return ""

    def is_local_execution(self) -> bool:
        """Whether nothing but this process (no container, no cluster) is involved."""
        return self.mode in _LOCAL

    def __repr__(self) -> str:
        return f"ExecutionState(working_dir={self.working_dir!r}, mode={self.mode}, branch={self.branch_eval_mode})"


class LastDecks:
    """The decks of the task that runs, or ran last, in this process: what `current_context().decks` gives outside any task."""

    __slots__ = ("decks",)

    def __init__(self) -> None:
        self.decks: list[Any] = []


LAST_DECKS = LastDecks()
