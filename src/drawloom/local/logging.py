"""The two loggers: the user's and drawloom's own, and the forms that their lines may have."""

from __future__ import annotations

import logging
from typing import Literal, TypeAlias

from drawloom.context import user_logger

LogFormat: TypeAlias = Literal["console", "json"]
FORMATS = ("console", "json")

logger: logging.Logger = user_logger("drawloom.user")
"""For the user's own lines."""
system_logger = logging.getLogger("drawloom")
"""For drawloom's."""
