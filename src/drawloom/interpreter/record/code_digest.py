"""The digest that says whether a function is still the one whose outputs were recorded.

The function's syntax tree counts without decorators and doc string, so that other retries or a better explanation end
nothing; helpers that it calls do not count. Without a source, its byte code stands for it.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import inspect
import textwrap
from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any


def code_of(entity: object) -> str:
    """The digest of what a task runs: its own word for it, else of its function; empty where there is no function to read."""
    own = getattr(entity, "code_digest", None)
    if own is not None:
        return str(own())
    func = getattr(entity, "task_function", None)
    return digest_of_code(func) if func is not None else ""


@functools.lru_cache(maxsize=1024)
def digest_of_code(func: Callable[..., Any]) -> str:
    """Half a SHA-256, in hex."""
    plain = inspect.unwrap(func)
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(plain)))
    except (OSError, TypeError, SyntaxError):
        code = getattr(plain, "__code__", None)
        text = "\n".join(_parts(code)) if code is not None else ""
    else:
        text = ast.dump(_bare(tree))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _bare(tree: ast.Module) -> ast.AST:
    definition = tree.body[0]
    if isinstance(definition, (ast.FunctionDef, ast.AsyncFunctionDef)):
        definition.decorator_list = []
        if ast.get_docstring(definition) is not None:
            definition.body = definition.body[1:]
    return definition


def _parts(code: CodeType) -> Iterator[str]:
    yield code.co_code.hex()
    yield repr((code.co_names, code.co_varnames))
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _parts(constant)
        else:
            yield repr(constant)
