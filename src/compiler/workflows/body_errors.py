"""What a traced body raised, as its author is told: with the mistakes that were gathered before it, in one error.

A body that uses a promise as if it were the value fails in Python's own words (`int("⟨promise …⟩")`, `open(promise)`,
`a, b, c = two_outputs`); here they become drawloom's.
"""

from __future__ import annotations

import re

from compiler.errors import AuthoringError, CompileError, PromiseUseError
from compiler.graph.promise import PROMISE_MARK
from compiler.graph.trace import Trace, located
from compiler.source_location import location_of
from literals import DrawloomError, preview

_PYTHONS = (TypeError, ValueError, LookupError, AttributeError, OSError)
"""What Python and its libraries raise about a value that they cannot use."""
_MENTIONS = re.compile(rf"{PROMISE_MARK}|\b(Promise|OutputTuple|VoidPromise)\b")


def body_error(error: BaseException, trace: Trace) -> BaseException:
    """The error to raise for what a body raised: itself, in drawloom's words, or all mistakes of the body together."""
    told = _in_our_words(error, trace)
    if not trace.errors:
        return told if told is not None else error
    if isinstance(error, CompileError):
        every = [*trace.errors, *error.problems]
    else:
        # What a body raises in its own words is most likely a consequence of what was wrong before.
        every = [*trace.errors, *([told] if told is not None else ())]
    first = every[0].location
    made = every[0] if len(every) == 1 else CompileError(trace.name, every)
    made.__cause__ = error if told is None else None
    return made.with_traceback(first.traceback() if first is not None else None)


def _in_our_words(error: BaseException, trace: Trace) -> AuthoringError | None:
    location = location_of(error)
    if isinstance(error, AuthoringError):
        if error.location is None:
            error.location = location
        return None if isinstance(error, CompileError) else error
    if isinstance(error, DrawloomError):
        return located(error, trace.name, location) if trace.errors else None
    if not isinstance(error, _PYTHONS):
        return None
    made: AuthoringError | None = None
    if isinstance(error, ValueError) and location is not None and location.unpacks():
        # The outputs are named by the call on this line; another tuple of the author's own is the author's business.
        node = next((node for node in reversed(trace.nodes) if str(node.source_location) == str(location)), None)
        names = list(node.entity.python_interface.outputs) if node is not None else []
        if node is not None and len(names) > 1:
            made = PromiseUseError(
                f"`{node.entity.name}` has {len(names)} outputs, and another number of names stands before the `=`",
                where=trace.name,
                expected=", ".join(names),
                fix="write one name for each output",
                location=location,
                got="another number of names",
            )
    elif _MENTIONS.search(str(error)):
        made = PromiseUseError(
            "a promise was used as if it were the value that it stands for, which exists only when the workflow runs",
            where=trace.name,
            got=f"{type(error).__name__}: {preview(str(error))}",
            fix="pass the promise to a task, and use the value there",
            location=location,
            expected="a value that is known while the workflow is compiled",
        )
    if made is not None:
        made.__cause__ = error
    return made
