"""The two loggers, and what a run does to logging: level, form of the lines, the root logger; all put back afterwards.

Lines go to standard error, so that they never mix with a program's output.
"""

from __future__ import annotations

import contextlib
import json
import logging
import sys
from collections.abc import Generator
from typing import Literal, TypeAlias

from drawloom.context import current, user_logger

LogFormat: TypeAlias = Literal["console", "json"]
FORMATS = ("console", "json")

logger: logging.Logger = user_logger("drawloom.user")
"""For the user's own lines."""
system_logger = logging.getLogger("drawloom")
"""For drawloom's."""


class _RunFields(logging.Filter):
    """Adds to each record where in a run it was written."""

    def filter(self, record: logging.LogRecord) -> bool:
        task = current().task
        record.run_name = task.action.run_name if task is not None else ""
        record.action_name = task.action.name if task is not None else ""
        return True


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


@contextlib.contextmanager
def logging_as(
    level: int | None, user_level: int | None, form: str, *, preserve_root: bool
) -> Generator[None, None, None]:
    """Have the loggers as a run asks for, for the block.

    `preserve_root`: the root logger's handlers print as before and ours stay out of its way. Otherwise, when a level or
    the JSON form is asked for, our lines are printed by a handler of ours and do not reach the root's as well.
    """
    if level is None and user_level is None and form == "console":
        yield
        return
    before = (system_logger.level, logger.level, system_logger.propagate)
    ours = None if preserve_root else _handler(form)
    # Our handler on the logger above prints the user's lines as well; their own one steps aside.
    theirs = list(logger.handlers) if ours is not None else []
    for handler in theirs:
        logger.removeHandler(handler)
    if level is not None:
        system_logger.setLevel(level)
        logger.setLevel(level)
    if user_level is not None:
        logger.setLevel(user_level)
    if ours is not None:
        system_logger.addHandler(ours)
        system_logger.propagate = False
    try:
        yield
    finally:
        for handler in theirs:
            logger.addHandler(handler)
        if ours is not None:
            system_logger.removeHandler(ours)
        system_logger.setLevel(before[0])
        logger.setLevel(before[1])
        system_logger.propagate = before[2]
