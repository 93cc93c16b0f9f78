"""`current_context()`: what Flyte 1 shows to the user's function about its own execution.

Cheap to make, because each task gets one: folders and identifiers come into being when they are first read.
"""

from __future__ import annotations

import logging as _logging
import os
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias, final

from drawloom.context.deck_html import DECK_FILE, deck_page, time_table
from drawloom.context.execution import LAST_DECKS
from drawloom.context.files import file_access
from drawloom.context.folder_checkpoint import SyncCheckpoint
from drawloom.context.loggers import user_logger
from drawloom.context.secrets import SecretsManager
from drawloom.context.state import current
from drawloom.context.stats import LocalStats
from drawloom.context.storage import join
from drawloom.context.temporary import temporary_folder
from literals import DrawloomError, pb

Folder: TypeAlias = "str | os.PathLike[str] | Callable[[], str]"
"""A path, or a function that makes the folder when it is first asked for."""


class ContextAttributeError(DrawloomError, AssertionError, AttributeError):
    """`current_context()` has no such parameter; an AssertionError, as users of flytekit catch it."""


class CheckpointUnavailableError(DrawloomError, RuntimeError):
    """This execution has no place for checkpoints."""


class ExecutionName(NamedTuple):
    """The name of a run, as `current_context().execution_id` shows it; its text is flytekit's, `ex:project:domain:name`."""

    project: str
    domain: str
    name: str

    def __str__(self) -> str:
        return f"ex:{self.project}:{self.domain}:{self.name}"

    def to_flyte_idl(self) -> pb.WorkflowExecutionIdentifier:
        """The name as a message."""
        return pb.WorkflowExecutionIdentifier(project=self.project, domain=self.domain, name=self.name)


class ExecutionParameters:
    """What a task can ask about its execution. Task types add members of their own (`attrs`, upper case).

    Attributes of the constructor are the properties below; `tmp_dir` is `working_directory`.
    """

    def __init__(  # noqa: PLR0917 - flyte's and flytekit's signature
        self,
        execution_date: datetime | None,
        tmp_dir: Folder | None,
        stats: object,
        execution_id: object,
        logging: _logging.Logger | None,
        raw_output_prefix: Folder | None,
        output_metadata_prefix: str | None = None,
        checkpoint: object = None,
        decks: list[Deck] | None = None,
        task_id: object = None,
        enable_deck: bool = False,  # noqa: FBT001, FBT002 - flyte's and flytekit's signature
        **kwargs: Any,
    ) -> None:
        self._execution_date = execution_date
        self._working_directory = tmp_dir
        self._stats = stats
        self._execution_id = execution_id
        self._logging = logging
        self._raw_output_prefix = raw_output_prefix
        self._output_metadata_prefix = output_metadata_prefix
        self._checkpoint = checkpoint
        self._decks: list[Deck] = [] if decks is None else decks
        self._timeline_deck: TimeLineDeck | None = None
        self._task_id = task_id
        self._enable_deck = enable_deck
        self._attrs: dict[str, Any] = kwargs
        self._secrets: SecretsManager | None = None

    @property
    def execution_date(self) -> datetime:
        """When the run was started: an aware UTC time, the same for every task of the run."""
        if self._execution_date is None:
            self._execution_date = datetime.now(timezone.utc)
        return self._execution_date

    @property
    def execution_id(self) -> Any:
        """The run's project, domain and name."""
        if callable(self._execution_id):
            self._execution_id = self._execution_id()
        return self._execution_id

    @property
    def task_id(self) -> Any:
        """The running task's `Identifier`."""
        if callable(self._task_id):
            self._task_id = self._task_id()
        return self._task_id

    @property
    def working_directory(self) -> Any:
        """A folder of this task's own, for temporary files."""
        if callable(self._working_directory):
            self._working_directory = self._working_directory()
        return self._working_directory

    @property
    def raw_output_prefix(self) -> Any:
        """Where files that are too large for a literal go."""
        if callable(self._raw_output_prefix):
            self._raw_output_prefix = self._raw_output_prefix()
        return self._raw_output_prefix

    @property
    def output_metadata_prefix(self) -> str | None:
        """Where the task's outputs.pb goes; None when nothing is written."""
        return self._output_metadata_prefix

    @property
    def stats(self) -> Any:
        """A statsd-shaped handle for counters and timings."""
        return self._stats

    @property
    def logging(self) -> Any:
        """A logger for the user's own lines."""
        return self._logging

    @property
    def secrets(self) -> SecretsManager:
        """Secrets by group and key."""
        if self._secrets is None:
            self._secrets = SecretsManager()
        return self._secrets

    @property
    def checkpoint(self) -> Any:
        """This task's checkpoint.

        Raises:
            CheckpointUnavailableError: the execution has no place for one.
        """
        if self._checkpoint is None:
            raise CheckpointUnavailableError(
                "this execution has no checkpoint",
                expected="a running task",
                got="code outside one",
                fix="read it inside a running task",
            )
        if callable(self._checkpoint):
            self._checkpoint = self._checkpoint()
        return self._checkpoint

    @property
    def decks(self) -> list[Deck]:
        """The task's decks, written as one page when it ends."""
        return self._decks

    @property
    def default_deck(self) -> Deck:
        """The deck named "default", made when first asked for."""
        for deck in self._decks:
            if deck.name == "default":
                return deck
        made = Deck("default", auto_add_to_deck=False)
        self._decks.append(made)
        return made

    @property
    def timeline_deck(self) -> TimeLineDeck:
        """The deck named "Timeline", made when first asked for; it joins the decks of a task that shows it."""
        for deck in self._decks:
            if isinstance(deck, TimeLineDeck):
                return deck
        if self._timeline_deck is None:
            self._timeline_deck = TimeLineDeck("Timeline", auto_add_to_deck=False)
        return self._timeline_deck

    @property
    def enable_deck(self) -> bool:
        """Whether decks are kept for this task."""
        return self._enable_deck

    def __getattr__(self, attr_name: str) -> Any:
        if attr_name.startswith("__"):
            raise AttributeError(attr_name)
        attrs = self.__dict__.get("_attrs", {})
        if attr_name.upper() in attrs:
            return attrs[attr_name.upper()]
        raise ContextAttributeError(
            f"{attr_name.upper()} is not a parameter of this task's context",
            expected=", ".join(sorted(attrs)) or "only the parameters that every task has",
            got=repr(attr_name),
            fix="check that the task's type is the one that provides it",
        )

    def has_attr(self, attr_name: str) -> bool:
        """Whether the task's type added this member."""
        return attr_name.upper() in self._attrs

    def get(self, key: str) -> Any:
        """A member that the task's type added.

        Raises:
            ContextAttributeError: there is none of that name (also an AssertionError).
        """
        return self.__getattr__(key)

    @staticmethod
    def new_builder(current: ExecutionParameters | None = None) -> ParametersBuilder:
        """A builder that starts from `current`, or from nothing."""
        return ParametersBuilder(current)

    def builder(self) -> ParametersBuilder:
        """A builder that starts from these parameters."""
        return ParametersBuilder(self)

    def with_task_sandbox(self) -> ParametersBuilder:
        """A builder with a fresh working folder and a checkpoint in it."""
        builder = ParametersBuilder(self)
        folder = temporary_folder("task")
        builder.working_dir = folder
        builder.checkpoint = SyncCheckpoint(Path(folder) / "__cp")
        return builder

    def with_enable_deck(self, enable_deck: bool) -> ParametersBuilder:  # noqa: FBT001 - flyte's and flytekit's signature
        """A builder with decks switched on or off."""
        builder = ParametersBuilder(self)
        builder.enable_deck = enable_deck
        return builder

    def __repr__(self) -> str:
        return f"ExecutionParameters(execution_id={self._execution_id!r}, task_id={self._task_id!r})"


class ParametersBuilder:
    """Changes on the way to new `ExecutionParameters`; `attrs` are copied, never shared with the source."""

    def __init__(self, current: ExecutionParameters | None = None) -> None:
        known = vars(current) if current is not None else {}
        self.stats: object = known.get("_stats")
        self.execution_date: datetime | None = known.get("_execution_date")
        self.working_dir: Folder | None = known.get("_working_directory")
        self.execution_id: object = known.get("_execution_id")
        self.logging: _logging.Logger | None = known.get("_logging")
        self.checkpoint: object = known.get("_checkpoint")
        self.decks: list[Deck] = known.get("_decks", [])
        self.attrs: dict[str, Any] = dict(known.get("_attrs", {}))
        self.raw_output_prefix: Folder | None = known.get("_raw_output_prefix")
        self.task_id: object = known.get("_task_id")
        self.output_metadata_prefix: str | None = known.get("_output_metadata_prefix")
        self.enable_deck: bool = known.get("_enable_deck", False)

    def add_attr(self, key: str, v: Any) -> ParametersBuilder:
        """Add a member of the task's type; it is read case-insensitively."""
        self.attrs[key.upper()] = v
        return self

    def build(self) -> ExecutionParameters:
        """The parameters; a working folder given as a path is made."""
        if self.working_dir is not None and not callable(self.working_dir):
            Path(self.working_dir).mkdir(parents=True, exist_ok=True)
        return ExecutionParameters(
            execution_date=self.execution_date,
            tmp_dir=self.working_dir,
            stats=self.stats,
            execution_id=self.execution_id,
            logging=self.logging,
            raw_output_prefix=self.raw_output_prefix,
            output_metadata_prefix=self.output_metadata_prefix,
            checkpoint=self.checkpoint,
            decks=self.decks,
            task_id=self.task_id,
            enable_deck=self.enable_deck,
            **self.attrs,
        )


class Deck:
    """One tab of a task's deck: a name and HTML, in the order it was added.

    Made inside a task, it joins that task's decks, unless `auto_add_to_deck` is False.
    """

    def __init__(self, name: str, html: str | None = "", auto_add_to_deck: bool = True) -> None:  # noqa: FBT001, FBT002 - flyte's and flytekit's signature
        self._name = name
        self._htmls = [html] if html else []
        if auto_add_to_deck:
            current_context().decks.append(self)

    @property
    def name(self) -> str:
        """The tab's name."""
        return self._name

    @property
    def html(self) -> str:
        """All that was appended, one piece a line."""
        return "\n".join(self._htmls)

    def append(self, html: str) -> Deck:
        """Add HTML at the end."""
        if not isinstance(html, str):  # pyright: ignore[reportUnnecessaryIsInstance] - unchecked callers pass anything
            raise TypeError(f"a deck takes HTML text, got {type(html).__name__}")
        self._htmls.append(html)
        return self

    @staticmethod
    def publish(title: str = DECK_FILE) -> None:
        """Write the running task's decks now, as one page: where its outputs go, else into its working folder.

        A task whose `enable_deck` is off writes none, and says so in the log.
        """
        params = current_context()
        if current().execution is not None and not params.enable_deck:
            user_logger("user_space").warning("no deck is written: the task was not given enable_deck=True")
            return
        folder = params.output_metadata_prefix or params.working_directory
        file_access().write_bytes(join(os.fspath(folder), title), deck_page(params.decks).encode())


class TimeLineDeck(Deck):
    """The deck of how long each part of a task took: a table that is made when its HTML is asked for.

    Attributes: `time_info`: one mapping for each part: Name, Start, Finish, WallTime and ProcessTime (seconds).
    """

    def __init__(self, name: str, html: str | None = "", auto_add_to_deck: bool = True) -> None:  # noqa: FBT001, FBT002 - flytekit's signature
        super().__init__(name, html, auto_add_to_deck)
        self.time_info: list[dict[str, Any]] = []

    def append_time_info(self, info: dict[str, Any]) -> None:
        """Add a part."""
        self.time_info.append(info)

    @property
    def html(self) -> str:
        """The table; empty while no part was added."""
        return time_table(self.time_info)


def _local_execution_id() -> Any:
    return ExecutionName("local", "local", "local")


def _local_task_id() -> Any:
    return pb.Identifier(
        resource_type=pb.ResourceType.TASK, project="local", domain="local", name="local", version="local"
    )


def local_parameters(*, enable_deck: bool = False, **given: Any) -> ExecutionParameters:
    """Parameters for an execution in this process; `given` replaces any of the defaults."""
    return ExecutionParameters(**{**_local_parts(), **given}, enable_deck=enable_deck)


def _local_parts() -> dict[str, Any]:
    return {
        "execution_date": None,
        "tmp_dir": _sandbox,
        "stats": LocalStats(),
        "execution_id": _local_execution_id,
        "logging": user_logger("user_space"),
        "raw_output_prefix": _raw_output_prefix,
        "checkpoint": None,
        "task_id": _local_task_id,
    }


def _sandbox() -> str:
    return temporary_folder("user-space")


def _raw_output_prefix() -> str:
    return file_access().raw_output_prefix


@final
class _OutsideParameters(ExecutionParameters):
    """The parameters outside any execution. Their decks are those of the task that runs, or ran last, in this process."""

    @property
    def _decks(self) -> list[Deck]:
        return LAST_DECKS.decks

    @_decks.setter
    def _decks(self, decks: list[Deck]) -> None:  # pyright: ignore[reportIncompatibleVariableOverride] - not its own
        LAST_DECKS.decks = decks


_outside: list[ExecutionParameters] = []


def outside_parameters() -> ExecutionParameters:
    """The parameters outside any execution: those of a local run named "local"."""
    if not _outside:
        _outside.append(_OutsideParameters(**_local_parts(), decks=LAST_DECKS.decks))
    return _outside[0]


def current_context() -> ExecutionParameters:
    """The running task's parameters; outside any execution, those of a local run named "local"."""
    execution = current().execution
    if execution is not None and execution.user_space_params is not None:
        return execution.user_space_params
    return outside_parameters()
