"""Gates that wait for a person: asked on standard error, answered on standard input."""

from __future__ import annotations

import select
import sys

from drawloom.interpreter import GateRequest, GateUnansweredError
from literals import DrawloomError, is_simple, literal_text, parse, pb, type_text
from typeengine import json_text_to_literal

_PATIENCE = 0.1
"""Seconds between two looks at whether the question still stands."""
YES, NO = frozenset({"y", "yes", "true"}), frozenset({"n", "no", "false"})


def ask_at_terminal(request: GateRequest) -> bool | bytes:
    """The verdict of an approval, or the literal of a signal; asked again until it fits.

    Raises:
        GateUnansweredError: standard input is at its end.
    """
    while True:
        sys.stderr.write(_question(request))
        sys.stderr.flush()
        line = _line(request)
        if not line:
            raise GateUnansweredError(
                f"nobody answers {request.signal!r}: standard input is at its end",
                where=request.address,
                expected="yes or no" if request.kind == "approve" else f"a value of type {type_text(request.type)}",
                got="the end of the input",
                fix="run it in a terminal, pipe the answers in, or answer with `drawloom signal RUN ID VALUE`",
            )
        answer = _read(request, line.strip())
        if answer is not None:
            return answer


def _line(request: GateRequest) -> str:
    """The next line of standard input; a person at a terminal is not waited for when the answer came from elsewhere.

    Raises:
        GateUnansweredError: it came from elsewhere.
    """
    if sys.stdin is None:
        return ""
    if sys.stdin.isatty() and sys.platform != "win32":  # where select takes no terminal
        while not select.select([sys.stdin], [], [], _PATIENCE)[0]:
            if request.ended():
                sys.stderr.write("\n")
                raise GateUnansweredError(f"{request.signal!r} was answered elsewhere", where=request.address)
    return sys.stdin.readline()


def _question(request: GateRequest) -> str:
    if request.kind == "approve":
        value = literal_text(parse(pb.Literal, request.value)) if request.value is not None else ""
        return f"Approve {request.signal}: {value}? [y/n] "
    choice = " [y/n]" if _is_truth(request) else ""
    return f"Input for {request.signal} ({type_text(request.type)}){choice}: "


def _is_truth(request: GateRequest) -> bool:
    return is_simple(request.type, pb.SimpleType.Value("BOOLEAN"))


def _read(request: GateRequest, text: str) -> bool | bytes | None:
    if request.kind == "approve":
        return True if text.lower() in YES else False if text.lower() in NO else None
    if _is_truth(request) and text.lower() in YES | NO:
        text = "true" if text.lower() in YES else "false"
    try:
        return json_text_to_literal(text, request.type, request.signal)
    except DrawloomError as error:
        sys.stderr.write(f"{error}\n")
        return None
