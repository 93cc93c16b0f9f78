"""Shell tasks."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "compiler": "OutputLocation ProcessResult RawShellTask ShellTask get_raw_shell_task subproc_execute",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)
