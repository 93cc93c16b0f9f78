"""A file holds one noun and a function one thought: sizes say so."""

from __future__ import annotations

import ast

from meta import _source

FILE_LINES = 500
FUNCTION_LINES = 80
EXCEPTIONS: dict[str, str] = {}
"""`module` or `module:function` -> why it may be longer."""


def test_no_file_is_longer_than_500_lines():
    long = {
        name: count
        for name, path in _source.modules().items()
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > FILE_LINES and name not in EXCEPTIONS
    }
    assert long == {}


def test_no_function_is_longer_than_80_lines():
    long = {}
    for name, path in _source.modules().items():
        for node in _source.nodes(path):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.end_lineno is not None:
                size = node.end_lineno - node.lineno + 1
                key = f"{name}:{node.name}"
                if size > FUNCTION_LINES and key not in EXCEPTIONS:
                    long[key] = size
    assert long == {}
