"""The runnable cases of the peers' workflows: what to call, and what came of it, as flytekit 1.16.31 recorded it.

Values are compared in the cases' own tagged form. An exception is compared by its class name anywhere in the method
resolution order, or by a class of the recorded order that is not one of Python's most general ones.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
import functools
import inspect
import io
import json
import math
import sys
import typing

import golden_workflows

GENERAL = {"object", "BaseException", "Exception"}


def cases(name):
    return json.loads((golden_workflows.GOLDENS / name / "cases.json").read_text())["cases"]


def tagged(value):
    if isinstance(value, enum.Enum):
        return {"__enum__": type(value).__name__, "value": value.value}
    if isinstance(value, float) and not math.isfinite(value):
        return {"__float__": repr(value)}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, datetime.datetime):
        return {"__datetime__": value.isoformat()}
    if isinstance(value, datetime.date):
        return {"__date__": value.isoformat()}
    if isinstance(value, datetime.timedelta):
        return {"__timedelta_us__": value // datetime.timedelta(microseconds=1)}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {
            "__namedtuple__": type(value).__name__,
            "fields": list(value._fields),
            "values": [tagged(v) for v in value],
        }
    if isinstance(value, tuple):
        return {"__tuple__": [tagged(v) for v in value]}
    if isinstance(value, (set, frozenset)):
        return {"__set__": [tagged(v) for v in sorted(value)]}
    if isinstance(value, list):
        return [tagged(v) for v in value]
    if isinstance(value, dict):
        if all(isinstance(k, str) for k in value):
            return {k: tagged(v) for k, v in value.items()}
        return {"__dict_items__": [[tagged(k), tagged(v)] for k, v in value.items()]}
    if dataclasses.is_dataclass(value):
        fields = {f.name: tagged(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return {"__dataclass__": type(value).__name__, "fields": fields}
    if hasattr(value, "model_dump"):
        return {"__pydantic__": type(value).__name__, "fields": value.model_dump(mode="json")}
    return {"repr": repr(value)}


def evaluate(text, module):
    return eval(text, module.__dict__ | {"typing": typing, "datetime": datetime})


def invoke(case, module):
    """Call what the case says; gives its value, or raises."""
    if "expr" in case:
        result = evaluate(case["expr"], module)
    else:
        inputs = {name: evaluate(text, module) for name, text in case.get("inputs", {}).items()}
        result = getattr(module, case["entity"])(**inputs)
    return drained(result)


def drained(result):
    if inspect.isawaitable(result):
        import asyncio

        return asyncio.run(_await(result))
    if inspect.isgenerator(result) or (hasattr(result, "__next__") and not hasattr(result, "read")):
        return list(result)
    return result


async def _await(result):
    return await result


def same_error(error, recorded):
    """Whether an error is of the recorded class, or of one of the classes that users catch it by."""
    names = {cls.__name__ for cls in type(error).__mro__}
    wanted = {recorded["exception_type"], *recorded.get("exception_mro", ())} - GENERAL
    return recorded["exception_type"] in names or bool(names & wanted)


def with_stdin(text, call):
    before = sys.stdin
    sys.stdin = io.StringIO(text)
    try:
        return call()
    finally:
        sys.stdin = before


def label(name, index, case):
    return f"{name}-{index}-{case.get('entity') or case.get('expr')}"[:70]


@functools.cache
def all_cases():
    return [(name, index) for name in golden_workflows.names() for index in range(len(cases(name)))]
