"""What a run does to logging: levels and form of the lines, the root logger; all put back afterwards.

Lines go to standard error, so that they never mix with a program's output. The loggers are a process's own, so of runs and attempts
that go on at once in one process the one that began last decides, and the last to end puts back what was before the first.
"""

from __future__ import annotations

import contextlib
import json
import logging
import sys
import threading
from collections.abc import Generator
from typing import Final, NamedTuple, final

from drawloom.context.loggers import user_logger
from drawloom.context.state import current

SYSTEM_LOGGER: Final = "drawloom"
USER_LOGGER: Final = "drawloom.user"


@final
class LogSettings(NamedTuple):
    """How lines are logged.

    Attributes: `level` (of drawloom's lines and, where `user_level` is None, of the user's; None is as it was), `user_level`, `form`
    (`console` or `json`).
    """

    level: int | None = None
    user_level: int | None = None
    form: str = "console"

    @classmethod
    def present(cls) -> LogSettings:
        """Those of this process now, as another process has to be told."""
        system, user = logging.getLogger(SYSTEM_LOGGER), logging.getLogger(USER_LOGGER)
        is_json = any(type(handler.formatter) is _Json for handler in system.handlers)
        usual = user.level in (logging.NOTSET, logging.INFO)
        return cls(system.level or None, None if usual else user.level, "json" if is_json else "console")


USUAL_LOGS: Final = LogSettings()


class _RunFields(logging.Filter):
    """Adds to each record where in a run it was written."""

    def filter(self, record: logging.LogRecord) -> bool:
        task = current().task
        record.run_name = task.action.run_name if task is not None else ""
        record.action_name = task.action.name if task is not None else ""
        return True


@final
class _Json(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "timestamp": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "run": getattr(record, "run_name", ""),
            "action": getattr(record, "action_name", ""),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps({key: value for key, value in line.items() if value}, ensure_ascii=False)


def _handler(form: str) -> logging.Handler:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        _Json() if form == "json" else logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    )
    handler.addFilter(_RunFields())
    return handler


@final
class _Block:
    """One run or attempt that asks for settings. `handler`: prints its lines; None leaves that to the root logger."""

    def __init__(self, settings: LogSettings, handler: logging.Handler | None) -> None:
        self.settings = settings
        self.handler = handler


@final
class _Loggers:
    """Drawloom's logger and the user's, and the blocks that ask for something of them, the latest last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: list[_Block] = []
        self._before: tuple[int, int, bool, list[logging.Handler]] | None = None
        self._shown: logging.Handler | None = None

    def open(self, block: _Block) -> None:
        """A block begins."""
        with self._lock:
            self._open.append(block)
            self._show()

    def end(self, block: _Block) -> None:
        """A block ends."""
        with self._lock:
            self._open.remove(block)
            self._show()

    def _show(self) -> None:
        system, user = logging.getLogger(SYSTEM_LOGGER), user_logger(USER_LOGGER)
        if self._before is None:
            self._before = (system.level, user.level, system.propagate, [*user.handlers])
        level, user_level, propagates, theirs = self._before
        if self._shown is not None:
            system.removeHandler(self._shown)
            self._shown = None
            for handler in theirs:
                user.addHandler(handler)
        system.propagate = propagates
        if not self._open:
            system.setLevel(level)
            user.setLevel(user_level)
            self._before = None
            return
        ours: logging.Handler | None = None
        for block in self._open:
            asked = block.settings
            level = level if asked.level is None else asked.level
            user_level = user_level if asked.level is None else asked.level
            user_level = user_level if asked.user_level is None else asked.user_level
            ours = block.handler or ours
        system.setLevel(level)
        user.setLevel(user_level)
        if ours is not None:
            # Our handler on the logger above prints the user's lines as well; their own one steps aside.
            for handler in theirs:
                user.removeHandler(handler)
            system.addHandler(ours)
            system.propagate = False
            self._shown = ours


_loggers = _Loggers()


@contextlib.contextmanager
def logging_as(settings: LogSettings, *, preserve_root: bool) -> Generator[None, None, None]:
    """Have the loggers as a run asks for, for the block.

    `preserve_root`: the root logger's handlers print as before and ours stay out of its way. Otherwise, when a level or
    the JSON form is asked for, our lines are printed by a handler of ours and do not reach the root's as well.
    """
    if settings == USUAL_LOGS:
        yield
        return
    block = _Block(settings, None if preserve_root else _handler(settings.form))
    _loggers.open(block)
    try:
        yield
    finally:
        _loggers.end(block)
