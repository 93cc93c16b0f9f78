"""Errors that the command line tells apart before it loads anything: this module loads nothing either."""

from __future__ import annotations

from literals import DrawloomError


class TargetError(DrawloomError, ValueError):
    """The command line names something that is not there."""
