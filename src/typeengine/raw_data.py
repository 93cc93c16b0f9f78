"""The storage that a conversion uses: the one of the current context, else the process's default."""

from __future__ import annotations

import os

from drawloom import context
from drawloom.context import FileAccessProvider, current, file_access, is_remote, local_path


def storage() -> FileAccessProvider:
    """Where raw data goes now."""
    return file_access()


def working_folder() -> str:
    """The folder that the running task may write to; outside any execution, that which `current_context()` names."""
    execution = current().execution
    return str(execution.working_dir if execution is not None else context.current_context().working_directory)


def is_raw_data(text: str) -> bool:
    """Whether a local path is below the raw data prefix: it was copied before, and another copy would be no other file."""
    prefix = storage().raw_output_prefix
    return not is_remote(prefix) and str(local_path(text).absolute()).startswith(
        str(local_path(prefix).absolute()) + os.sep
    )
