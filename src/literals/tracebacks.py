"""Tracebacks as their reader needs them: the lines that the reader wrote, and not those of drawloom between them.

`DRAWLOOM_FULL_TRACEBACK=1` shows every frame, for those who look for a defect in drawloom itself.
"""

from __future__ import annotations

import os
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


def _says_the_same(error: BaseException, cause: BaseException) -> bool:
    """Whether an error is its cause, told again with the place at which it matters."""
    what = getattr(cause, "what", None)
    return what is not None and what == getattr(error, "what", None)


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
