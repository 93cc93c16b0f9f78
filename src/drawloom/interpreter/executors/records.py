"""The records of a run's attempts: what all nodes of one kind have in common is put together once."""

from __future__ import annotations

import contextvars
import pickle
import uuid
from collections.abc import Mapping
from typing import Any, final

from drawloom.context import (
    FileAccessProvider,
    LogSettings,
    Storage,
    StorageSource,
    current,
    file_access,
    is_remote,
    join,
    scheme_of,
    storage_settings,
)
from drawloom.interpreter.errors import UnsupportedTaskError
from drawloom.interpreter.executors.protocol import AttemptExecutor
from drawloom.interpreter.options import RunOptions
from drawloom.interpreter.tasks.attempt_record import AttemptRecord
from drawloom.interpreter.tasks.checkpoints import CheckpointFolders
from drawloom.interpreter.tasks.job import Job, Way
from literals import attempt, error_text


def raw_data_of(options: RunOptions) -> tuple[str, Storage | StorageSource | None]:
    """The prefix of a run's raw data, and how its store is reached, as workers have to be told; None for a folder."""
    state = current()
    return raw_data_around(
        options.state.get("file_access", state.file_access), options.state.get("raw_data_path", state.raw_data_path)
    )


def raw_data_around(access: FileAccessProvider | None, raw: object) -> tuple[str, Storage | StorageSource | None]:
    """As `raw_data_of`, of what there is: an access, or a prefix; the process's own if there is neither."""
    if access is None and not raw:
        access = file_access()
    prefix, config = (access.raw_output_prefix, access.data_config) if access is not None else (str(raw), None)
    # What this process was told of the store its workers were not.
    return prefix, storage_settings(scheme_of(prefix)) if config is None and is_remote(prefix) else config


def _travelling(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Members of `current_context()` as they are, when they can be told to another process.

    Raises:
        UnsupportedTaskError: one of them cannot.
    """
    for name, value in parameters.items():
        packed = attempt(pickle.dumps, value)
        if packed.error is not None:
            raise UnsupportedTaskError(
                f"{name} of current_context() cannot be sent to the processes that run the tasks",
                where=f"RunOptions.parameters[{name!r}]",
                expected="a value that pickle takes",
                got=error_text(packed.error),
                fix="give a value or a function of a module, or run the tasks in threads",
            )
    return dict(parameters)


@final
class RecordMaker:
    """Makes attempt records of one run.

    Attributes: `run` (a text that no other run has), `raw_output_prefix` (of the run's raw data).
    """

    def __init__(
        self,
        options: RunOptions,
        context: contextvars.Context,
        checkpoints: CheckpointFolders,
        *,
        folder: str = "",
        executor: AttemptExecutor | None = None,
    ) -> None:
        """`folder`: the name of the run's folder. `executor`: whose workers make the attempts; None is processes of this machine.

        Where workers do not see this machine's files, checkpoints go below the raw-data prefix. Where they are threads of this
        process, they get the callee itself.
        """
        self.run = uuid.uuid4().hex
        self._options = options
        self._checkpoints = checkpoints
        self._shares_files = executor is None or executor.shares_files
        self._is_here = executor is not None and executor.is_here
        self._folder = folder
        self._logs = context.run(LogSettings.present)
        self._is_recorded = options.run_dir is not None or options.within is not None
        state = context.run(current)
        self.raw_output_prefix, self._data_config = context.run(raw_data_of, options)
        self._custom_context: Mapping[str, str] = dict(options.state.get("custom_context", state.custom_context))
        self._parameters = dict(options.parameters) if self._is_here else _travelling(options.parameters)
        self._common: dict[Way, AttemptRecord] = {}

    def of(self, job: Job) -> AttemptRecord:
        """The record of a job's attempt under way."""
        common = self._common.get(job.way)
        if common is None:
            common = self._common[job.way] = self.of_way(job.way)
        return common._replace(address=job.address, number=job.attempt, inputs=dict(job.inputs))

    def of_way(self, way: Way) -> AttemptRecord:
        """What the records of all attempts of a way have in common."""
        return AttemptRecord(
            run=self.run,
            address="",
            number=0,
            name=way.name,
            loader=(way.task.loader if way.task is not None else None) or ("", ()),
            inputs={},
            variables=dict(way.environment),
            timeout=way.timeout,
            checkpoints=self._place_of_checkpoints(),
            raw_output_prefix=self.raw_output_prefix,
            data_config=self._data_config,
            custom_context=self._custom_context,
            parameters=self._parameters,
            offload_from=self._options.offload_from,
            run_name=self._options.name if self._is_recorded else "",
            raw_folder=self._folder,
            logs=self._logs,
            entity=way.callee if self._is_here else None,
        )

    def _place_of_checkpoints(self) -> str:
        if self._shares_files:
            return self._checkpoints.folder()
        # A run that is recorded finds its checkpoints again when it is gone on with, by its name.
        name = self._options.name if self._options.run_dir is not None and self._options.name else self.run
        return join(self.raw_output_prefix, "checkpoints", name)
