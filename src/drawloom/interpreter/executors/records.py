"""The records of a run's attempts: what all nodes of one kind have in common is put together once."""

from __future__ import annotations

import contextvars
import uuid
from collections.abc import Mapping
from typing import final

from drawloom.context import (
    FileAccessProvider,
    Storage,
    StorageSource,
    current,
    file_access,
    is_remote,
    join,
    scheme_of,
    storage_settings,
)
from drawloom.interpreter.options import RunOptions
from drawloom.interpreter.tasks.attempt_record import AttemptRecord
from drawloom.interpreter.tasks.checkpoints import CheckpointFolders
from drawloom.interpreter.tasks.job import Job, Way


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


def around_task(options: RunOptions) -> tuple[str, Mapping[str, str]]:
    """The prefix of a run's raw data, and the custom context of its tasks."""
    return raw_data_of(options)[0].rstrip("/"), dict(options.state.get("custom_context", current().custom_context))


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
        shares_files: bool = True,
    ) -> None:
        """`shares_files`: the workers see this machine's files; otherwise checkpoints go below the raw-data prefix."""
        self.run = uuid.uuid4().hex
        self._options = options
        self._checkpoints = checkpoints
        self._shares_files = shares_files
        self._is_recorded = options.run_dir is not None or options.within is not None
        state = context.run(current)
        self.raw_output_prefix, self._data_config = context.run(raw_data_of, options)
        self._custom_context: Mapping[str, str] = dict(options.state.get("custom_context", state.custom_context))
        self._parameters = {name: value for name, value in options.parameters.items() if not callable(value)}
        self._common: dict[Way, AttemptRecord] = {}

    def of(self, job: Job, loader: tuple[str, tuple[str, ...]]) -> AttemptRecord:
        """The record of a job's attempt under way."""
        common = self._common.get(job.way)
        if common is None:
            common = self._common[job.way] = self._of_way(job.way, loader)
        return common._replace(address=job.address, number=job.attempt, inputs=dict(job.inputs))

    def _of_way(self, way: Way, loader: tuple[str, tuple[str, ...]]) -> AttemptRecord:
        return AttemptRecord(
            run=self.run,
            address="",
            number=0,
            name=way.name,
            loader=loader,
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
        )

    def _place_of_checkpoints(self) -> str:
        if self._shares_files:
            return self._checkpoints.folder()
        # A run that is recorded finds its checkpoints again when it is gone on with, by its name.
        name = self._options.name if self._options.run_dir is not None and self._options.name else self.run
        return join(self.raw_output_prefix, "checkpoints", name)
