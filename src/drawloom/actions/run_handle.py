"""What a run is to its caller: name, phase, times, inputs, outputs by position and name, the error, the record's folder."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, final

from drawloom.actions.action import RunSettings
from drawloom.actions.code_bundle import CodeBundle
from drawloom.actions.phase import ActionPhase
from drawloom.actions.record import ActionLog
from drawloom.context import REPORT_FILE, ActionID, file_access, join, run_in_thread
from drawloom.errors import UnsupportedHereError
from drawloom.interpreter import RunDirectoryError
from drawloom.local.sync_async import SyncAsync
from literals import attempt as attempt_of
from literals import preview, shown


@final
class ActionOutputs(tuple[Any, ...]):  # noqa: SLOT001 - names are in the class dict
    """The outputs of a run: a tuple, with names: `outputs[0]`, `outputs.o0`, `outputs.named_outputs`."""

    named_outputs: dict[str, Any]

    def __new__(cls, named: Mapping[str, Any]) -> ActionOutputs:
        """Outputs by name, in declared order."""
        self = super().__new__(cls, named.values())
        self.named_outputs = dict(named)
        return self

    def __repr__(self) -> str:
        return f"ActionOutputs({', '.join(f'{name}={value!r}' for name, value in self.named_outputs.items())})"

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["named_outputs"][name]
        except KeyError:
            raise AttributeError(f"there is no output {name!r}, only {sorted(self.named_outputs)}") from None


class Run:
    """One run, ended or not started.

    Attributes: `name`, `action` (identity of the first action), `phase`, `error` (as the user's own class; None without),
    `started` and `ended` (aware UTC; None before), `url` (folder of the record), `literals` (outputs as literal bytes),
    `code_bundle` (what `dry_run` built).
    """

    def __init__(self, name: str, action: ActionID, url: str, inputs: Mapping[str, Any]) -> None:
        self.name = name
        self.action = action
        self._url = url
        self.log: ActionLog | None = None
        self.phase = ActionPhase.QUEUED
        self.error: BaseException | None = None
        self.started: datetime | None = None
        self.ended: datetime | None = None
        self.literals: Mapping[str, bytes] = {}
        self.code_bundle: CodeBundle | None = None
        self.settings: RunSettings | None = None
        self._inputs = dict(inputs)
        self._outputs: ActionOutputs = ActionOutputs({})

    @property
    def url(self) -> str:
        """Folder of the record. The record of a run that succeeded, and whose folder nobody named, is written now.

        Raises:
            RunDirectoryError: it cannot be written.
        """
        if self.log is not None:
            self.log.write()
        return self._url

    @property
    def path(self) -> str:
        """The same as `url`."""
        return self.url

    def done(self) -> bool:
        """Whether it has ended."""
        return self.phase.is_terminal

    def get_debug_url(self) -> str:
        """Where to look: the folder of the record; there is no container to open."""
        return self.url

    def first_failure(self) -> BaseException | None:
        """The error of a failed run; None without one."""
        return self.error

    @property
    def seconds(self) -> float:
        """How long it took; 0.0 before it has ended."""
        return (self.ended - self.started).total_seconds() if self.ended and self.started else 0.0

    def _wait(self, quiet: bool = False, wait_for: str = "terminal") -> None:  # noqa: FBT001, FBT002 - flyte's signature
        """Wait for the end. A local run has ended when `run` returns."""
        del quiet, wait_for

    async def _wait_aio(self, quiet: bool = False, wait_for: str = "terminal") -> None:  # noqa: FBT001, FBT002 - same
        self._wait(quiet, wait_for)

    def _get_outputs(self) -> ActionOutputs:
        """The outputs by position and name.

        Raises:
            BaseException: the run failed; its error.
        """
        if self.error is not None:
            raise shown(self.error)
        return self._outputs

    async def _get_outputs_aio(self) -> ActionOutputs:
        return self._get_outputs()

    def _get_inputs(self) -> dict[str, Any]:
        """The inputs by name."""
        return dict(self._inputs)

    async def _get_inputs_aio(self) -> dict[str, Any]:
        return self._get_inputs()

    def _get_report(self, attempt: int | None = None) -> str:
        """The page of the first action's report, as HTML.

        Raises:
            UnsupportedHereError: one attempt is named; a record keeps the page of the last one.
            RunDirectoryError: the action has written no report.
        """
        if attempt is not None:
            raise UnsupportedHereError(
                "the record of a run keeps one page for each action, that of its last attempt",
                where="get_report",
                expected="attempt=None",
                got=preview(attempt),
                fix="leave it out",
            )
        page = join(join(self.url, self.action.name), REPORT_FILE)
        read = attempt_of(file_access().read_bytes, page)
        if read.value is None:
            raise RunDirectoryError(
                "the first action of this run has written no report",
                where=f"run {self.name}",
                expected=page,
                got="no such page",
                fix="declare @env.task(report=True), and put something into the report",
            ) from read.error
        return read.value.decode("utf-8", "replace")

    async def _get_report_aio(self, attempt: int | None = None) -> str:
        return await run_in_thread(self._get_report, attempt)

    wait = SyncAsync(_wait, _wait_aio)
    get_report = SyncAsync(_get_report, _get_report_aio)
    outputs = SyncAsync(_get_outputs, _get_outputs_aio)
    inputs = SyncAsync(_get_inputs, _get_inputs_aio)

    def settle(self, named: Mapping[str, Any] | None, error: BaseException | None) -> None:
        """Note the end."""
        self.ended = datetime.now(timezone.utc)
        self.error = error
        self.phase = ActionPhase.SUCCEEDED if error is None else ActionPhase.FAILED
        if error is not None and not isinstance(error, Exception):
            self.phase = ActionPhase.ABORTED
        self._outputs = ActionOutputs(named or {})

    def or_raise(self) -> Run:
        """This run.

        Raises:
            BaseException: it failed; its error.
        """
        if self.error is not None:
            raise shown(self.error)
        return self

    def __repr__(self) -> str:
        return f"Run(name={self.name!r}, phase={self.phase.value!r}, url={self._url!r})"
