"""Rows of the goldens made by the peers: read, and evaluated in a module of their own.

Imports of the peers are turned into imports of drawloom, nothing else of a row is changed. Flyte 2 makes an enum of a Literal
before its engine sees it; drawloom takes the Literal itself.
"""

import base64
import contextlib
import json
import re
import sys
import types
from pathlib import Path

FOLDER = Path(__file__).parent / "goldens" / "peers"
_PEERS = (
    (re.compile(r"\bflyteidl2\b"), "flyteidl"),
    (re.compile(r"\bflytekit\b"), "drawloom.flytekit"),
    (re.compile(r"from flyte\._interface import literal_to_enum"), "literal_to_enum = lambda hint: hint"),
    (re.compile(r"\bflyte\.io(\._dir)?\b"), "drawloom.io"),
)


def rows(name):
    """All rows of a file, in its order."""
    return [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text().splitlines()]


def ours(text):
    """Source text with the peers' packages replaced by drawloom."""
    for pattern, replacement in _PEERS:
        text = pattern.sub(replacement, text)
    return text


@contextlib.contextmanager
def namespace(row, module_name):
    """The names that a row's expressions see: its preamble run as module `module_name`."""
    module = types.ModuleType(module_name)
    before = sys.modules.get(module_name)
    sys.modules[module_name] = module
    try:
        exec(compile(ours(row["preamble"]), f"<{row['id']}>", "exec"), module.__dict__)
        yield module.__dict__
    finally:
        if before is None:
            sys.modules.pop(module_name, None)
        else:
            sys.modules[module_name] = before


def evaluate(expression, names):
    """One of a row's expressions."""
    return eval(ours(expression), names)


def raw(row, key):
    """Bytes that a row has in base64."""
    return base64.b64decode(row[key])
