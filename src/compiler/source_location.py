"""Where in the user's source something was written: file, line, and the text under the caret.

Taking a location costs three attribute reads; everything that reads files happens only when an error is shown.
"""

from __future__ import annotations

import dis
import inspect
import linecache
import os
import sys
import typing
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import islice
from types import CodeType, FrameType, TracebackType
from typing import Any, TypeAlias

from literals import OUR_FOLDERS


class SourceLocation:
    """One call in the user's source. `frame` is kept by locations of errors only, to make their traceback point there.

    Without a `line`, it is looked up when it is asked for: Python finds a frame's line by reading its code's whole table
    up to there, so that asking at each call of a long body would be quadratic.
    """

    __slots__ = ("_known", "code", "frame", "lasti")

    def __init__(self, code: CodeType, lasti: int, line: int = 0, frame: FrameType | None = None) -> None:
        self.code = code
        self.lasti = lasti
        self.frame = frame
        self._known = line

    @property
    def line(self) -> int:
        """The 1-based line."""
        if not self._known:
            self._known = line_at(self.code, self.lasti)
        return self._known

    @property
    def file(self) -> str:
        """The source file, as Python names it."""
        return self.code.co_filename

    def columns(self) -> tuple[int, int] | None:
        """0-based first and past-last column of the call on its first line; None where Python kept none (3.10)."""
        positions: Callable[[], Iterator[tuple[int | None, ...]]] | None = getattr(self.code, "co_positions", None)
        if positions is None or self.lasti < 0:
            return None
        found = next(islice(positions(), self.lasti // 2, None), None)
        if found is None or found[0] != self.line or found[2] is None or found[3] is None:
            return None
        text = linecache.getline(self.file, self.line).rstrip("\n")
        # Columns are counted in UTF-8 bytes; a caret is set under characters.
        raw = text.encode()
        start = len(raw[: found[2]].decode(errors="replace"))
        end = len(raw[: found[3]].decode(errors="replace")) if found[1] == self.line else len(text)
        return (start, end) if end > start else None

    def unpacks(self) -> bool:
        """Whether what stands here takes a value apart, as in `a, b = value`."""
        return self.lasti >= 0 and dis.opname[self.code.co_code[self.lasti]].startswith("UNPACK_")

    def snippet(self) -> str:
        """The line with carets under the call; empty where the source cannot be read."""
        text = linecache.getline(self.file, self.line).rstrip("\n")
        if not text.strip():
            return ""
        bare = text.lstrip()
        indent = len(text) - len(bare)
        start, end = self.columns() or (indent, len(text))
        carets = " " * (start - indent) + "^" * (end - start)
        return f"    {bare}\n    {carets}"

    def text(self) -> str:
        """The line itself, without its indent; empty where the source cannot be read."""
        return linecache.getline(self.file, self.line).strip()

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    def traceback(self) -> TracebackType | None:
        """A traceback that ends at this location, for an error that is raised later; None without a frame."""
        frame = self.frame
        return TracebackType(None, frame, self.lasti, self.line) if frame is not None else None


_NOT_THE_USER = {"click", "concurrent", "contextlib", "functools", "importlib", "rich", "runpy", "threading"}
"""Top-level modules that may stand between a command or a thread of drawloom and drawloom; none is the author's code."""


_RUNNERS = {
    "IPython", "_pytest", "asyncio", "click", "concurrent", "importlib", "pluggy", "pytest", "runpy", "threading", "unittest",
}  # fmt: skip
"""Top-level modules that call a user's functions when a program is running, rather than while a module is imported."""


def is_machinery(frame: FrameType) -> bool:
    """Whether a frame belongs to what runs programs and tests, so that a module's top level is not what called."""
    return str(frame.f_globals.get("__name__", "")).partition(".")[0] in _RUNNERS


def user_frame(depth: int = 1) -> FrameType:
    """The nearest calling frame that is not drawloom's own code; the outermost one where all are."""
    frame = sys._getframe(depth)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - the only way to the caller's position without reading every frame
    while id(frame.f_code) in _our_code or _is_ours(frame.f_code):
        if frame.f_back is None:
            break
        frame = frame.f_back
    return frame


_TYPING = typing.__file__
_our_code: dict[int, CodeType] = {}
"""Code objects of drawloom's own functions by identity. Held, so that no other code gets the identity of one."""


def _is_ours(code: CodeType) -> bool:
    """Whether this is drawloom's own code, the call of a class with its parameters (`C[int](...)`), or a dataclass's constructor."""
    if code.co_filename.startswith(OUR_FOLDERS) or code.co_filename == _TYPING:
        _our_code[id(code)] = code
        return True
    return code.co_filename == "<string>" and code.co_name == "__init__"


def location_of(error: BaseException) -> SourceLocation | None:
    """The user's line nearest to where an error was raised, before that of a library; None where only drawloom ran."""
    trail = error.__traceback__
    found: SourceLocation | None = None
    is_library = True
    while trail is not None:
        frame = trail.tb_frame
        file = frame.f_code.co_filename
        if not _is_ours(frame.f_code) and (is_library or not _is_library(file)):
            found = SourceLocation(frame.f_code, trail.tb_lasti, trail.tb_lineno, frame)
            is_library = _is_library(file)
        trail = trail.tb_next
    return found


_STANDARD_LIBRARY = os.path.dirname(os.__file__) + os.sep  # noqa: PTH120 - as Python names files, without pathlib's cost


def _is_library(file: str) -> bool:
    return file.startswith((_STANDARD_LIBRARY, "<frozen")) or f"{os.sep}site-packages{os.sep}" in file


def is_users(file: str) -> bool:
    """Whether a file is the user's: neither drawloom's, nor Python's, nor an installed library's."""
    return not file.startswith(OUR_FOLDERS) and not _is_library(file)


def nearest(depth: int = 1) -> SourceLocation | None:
    """The line of the user's source that called into drawloom, with its frame; None where there is only machinery."""
    frame = user_frame(depth + 1)
    known = frame.f_code.co_filename
    module = str(frame.f_globals.get("__name__", "")).partition(".")[0]
    if known.startswith(OUR_FOLDERS) or module in _NOT_THE_USER or not (known.endswith(".py") or known.startswith("<")):
        return None
    return None if known.startswith("<frozen") else SourceLocation(frame.f_code, frame.f_lasti, frame.f_lineno, frame)


LazyLocation: TypeAlias = "SourceLocation | Callable[[], SourceLocation | None] | None"
"""A location, or how to find it in the source when something has to be reported."""


def resolved(location: LazyLocation) -> SourceLocation | None:
    """The location itself."""
    return location if location is None or isinstance(location, SourceLocation) else location()


def definition(fn: Any) -> SourceLocation | None:
    """The line of a function's `def`; None where it has no code of its own."""
    code: CodeType | None = getattr(inspect.unwrap(fn), "__code__", None) if fn is not None else None
    if code is None:
        return None
    line = code.co_firstlineno
    for number in range(line, line + 50):
        if linecache.getline(code.co_filename, number).lstrip().startswith(("def ", "async def ")):
            line = number
            break
    return SourceLocation(code, -1, line)


def last_return(fn: Any) -> SourceLocation | None:
    """The function's last `return` of a value; its `def` where it has none."""
    code: CodeType | None = getattr(inspect.unwrap(fn), "__code__", None)
    if code is None:
        return None
    before: Any = None
    found: SourceLocation | None = None
    line = code.co_firstlineno
    for instruction in dis.get_instructions(code):
        line = _line(instruction) or line
        if instruction.opname in {"RETURN_VALUE", "RETURN_CONST"}:
            nothing = before is not None and before.opname == "LOAD_CONST" and before.argval is None
            if not nothing and not (instruction.opname == "RETURN_CONST" and instruction.argval is None):
                found = SourceLocation(code, instruction.offset, line)
        before = instruction
    return found or definition(fn)


_last_table: list[tuple[CodeType | None, array[int], array[int]]] = [(None, array("q"), array("q"))]
"""The code that was asked for last, and where in it each line starts. Calls are looked up body by body."""


def _line_starts(code: CodeType) -> tuple[array[int], array[int]]:
    """The offsets in a code at which its lines start, and before them, at -1, that of its head; and these lines."""
    known, starts, lines = _last_table[0]
    if known is not code:
        starts, lines = array("q", [-1]), array("q", [code.co_firstlineno])
        for start, _, line in code.co_lines():
            if line is not None:
                starts.append(start)
                lines.append(line)
        _last_table[0] = (code, starts, lines)
    return starts, lines


def line_at(code: CodeType, lasti: int) -> int:
    """The line of what is at this offset of a code."""
    starts, lines = _line_starts(code)
    return lines[bisect_right(starts, lasti) - 1]


def _line(instruction: Any) -> int | None:
    positions = getattr(instruction, "positions", None)
    return positions.lineno if positions is not None else instruction.starts_line


def here(depth: int = 1, *, keep_frame: bool = False) -> SourceLocation:
    """The line of the user's source that called into drawloom."""
    frame = user_frame(depth + 1)
    return SourceLocation(frame.f_code, frame.f_lasti, 0, frame if keep_frame else None)
