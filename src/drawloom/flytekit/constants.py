"""Choices under flytekit's path."""

from __future__ import annotations

import enum


class CopyFileDetection(enum.Enum):
    """Which files of a project travel with its code."""

    LOADED_MODULES = 1
    ALL = 2
    NO_COPY = 3
