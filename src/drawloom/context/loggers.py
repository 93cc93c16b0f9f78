"""Loggers for the user's own lines: shown from INFO on, on standard error, unless the program has set up logging itself."""

from __future__ import annotations

import logging
import sys
from typing import Any


class _Fallback(logging.Handler):
    """Prints a line if nobody else would: no handler at the root."""

    def emit(self, record: logging.LogRecord) -> None:
        if not logging.getLogger().handlers:
            # Asked for now: a test or a notebook may have replaced the stream since.
            sys.stderr.write(self.format(record) + "\n")


def user_logger(name: str) -> Any:
    """The logger of that name, made ready once; a level that somebody set stays."""
    logger = logging.getLogger(name)
    if not any(isinstance(handler, _Fallback) for handler in logger.handlers):
        handler = _Fallback()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        logger.addHandler(handler)
        if logger.level == logging.NOTSET:
            logger.setLevel(logging.INFO)
    return logger
