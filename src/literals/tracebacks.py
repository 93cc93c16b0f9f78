"""Tracebacks as their reader needs them: the lines that the reader wrote, and not those of drawloom between them.

`DRAWLOOM_FULL_TRACEBACK=1` shows every frame, for those who look for a defect in drawloom itself.
"""

from __future__ import annotations

import os
import sys
from types import FrameType, TracebackType
from typing import TypeVar

from literals.drawloom_code import OUR_FOLDERS

FULL_TRACEBACK = "DRAWLOOM_FULL_TRACEBACK"
"""The environment variable that turns this module off."""

_MACHINERY = {"asyncio", "concurrent", "contextlib", "functools", "threading"}
"""Modules of Python that drawloom calls a user's code through."""

E = TypeVar("E", bound=BaseException)


def shown(error: E) -> E:
    """The error, to be raised where a call of the user's entered drawloom; its causes are cut too.

    What a task raised already says which frames are the user's, in `drawloom_traceback`.
    """
    if os.environ.get(FULL_TRACEBACK):
        return error
    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = _show_uncaught
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        link.__traceback__ = getattr(link, "drawloom_traceback", None) or without_our_frames(link.__traceback__)
        following = link.__cause__ if link.__cause__ is not None or link.__suppress_context__ else link.__context__
        if following is not None and following.__traceback__ is not None and _says_the_same(link, following):
            link.__cause__, link.__suppress_context__ = None, True
            following = None
        link = following
    return error


def _show_uncaught(kind: type[BaseException], error: BaseException, trail: TracebackType | None) -> None:
    """Print what nobody caught, as Python does, without the frames of ours that were added on its way out.

    Set in place of Python's own hook when the first error leaves drawloom; a hook of the user's stays.
    """
    if not os.environ.get(FULL_TRACEBACK):
        trail = without_our_frames(trail) or trail
        error.__traceback__ = trail
        if _is_retold(error, error.__cause__):
            error.__cause__, error.__suppress_context__ = None, True
    sys.__excepthook__(kind, error, trail)


def _says_the_same(error: BaseException, cause: BaseException) -> bool:
    """Whether an error is its cause, told again with the place at which it matters."""
    what = getattr(cause, "what", None)
    return what is not None and what == getattr(error, "what", None)


def _is_retold(error: BaseException, cause: BaseException | None) -> bool:
    """Whether an error is its cause in a class of the same name: a run of actions raises what a task raised in one of its own."""
    if cause is None or not isinstance(error, type(cause)) or type(error).__name__ != type(cause).__name__:
        return False
    return error.args == cause.args and _raised_at(error) == _raised_at(cause)


def _raised_at(error: BaseException) -> tuple[str, int] | None:
    """File and line at which an error was raised."""
    trail, place = error.__traceback__, None
    while trail is not None:
        place = (trail.tb_frame.f_code.co_filename, trail.tb_lineno)
        trail = trail.tb_next
    return place


def without_our_frames(trail: TracebackType | None) -> TracebackType | None:
    """A traceback without drawloom's frames, and without those of Python that drawloom called directly."""
    kept: list[TracebackType] = []
    after_ours = True
    while trail is not None:
        frame = trail.tb_frame
        if frame.f_code.co_filename.startswith(OUR_FOLDERS):
            after_ours = True
        elif not (after_ours and _is_machinery(frame)):
            after_ours = False
            kept.append(trail)
        trail = trail.tb_next
    made: TracebackType | None = None
    for each in reversed(kept):
        made = TracebackType(made, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return made


def _is_machinery(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0] in _MACHINERY
