"""The running task's report: `log`, `replace`, `flush`, `get_tab`, `current_report`, each also as `.aio`.

Outside a task they do nothing that stays.
"""

from __future__ import annotations

from drawloom.context import Report, Tab
from drawloom.context import current_report as _current
from drawloom.local.sync_async import with_aio


@with_aio
def log(content: str, do_flush: bool = False) -> None:  # noqa: FBT001, FBT002 - flyte's signature
    """Append HTML to the main tab."""
    report = _current()
    report.log(content)
    if do_flush:
        report.flush()


@with_aio
def replace(content: str, do_flush: bool = False) -> None:  # noqa: FBT001, FBT002 - flyte's signature
    """Have this HTML in the main tab, and no other."""
    report = _current()
    report.get_tab("main").replace(content)
    if do_flush:
        report.flush()


@with_aio
def flush() -> None:
    """Write the report now; it is also written when the task ends, however it ends."""
    _current().flush()


def get_tab(name: str, create_if_missing: bool = True) -> Tab:  # noqa: FBT001, FBT002 - flyte's signature
    """A tab by name, with `log` and `replace` of its own."""
    return _current().get_tab(name, create_if_missing)


def current_report() -> Report:
    """The running task's report."""
    return _current()


__all__ = ["Report", "Tab", "current_report", "flush", "get_tab", "log", "replace"]
