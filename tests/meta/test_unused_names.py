"""What only a peer names stands behind the fence: a definition of the core is called, shown, or told to the command line."""

from __future__ import annotations

import ast
import re
from collections import Counter

from meta import _source

FENCE = ("drawloom.flytekit", "drawloom.flyte")
"""The mirrors of the peers, where a definition may be there for its import path alone."""
WORD = re.compile(r"[A-Za-z_]\w*")


def core():
    return {name: path for name, path in _source.modules().items() if not name.startswith(FENCE)}


def unused():
    """`module.name` of each top-level class or function of the core that no line of the core but its own names."""
    texts = {name: path.read_text(encoding="utf-8") for name, path in core().items()}
    words = Counter(word for text in texts.values() for word in WORD.findall(text))
    for module, text in texts.items():
        for node in _source.tree(core()[module]).body:
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                continue
            if words[node.name] == 1 and not node.decorator_list:  # what a decorator takes, it keeps somewhere
                yield f"{module}.{node.name}"


def test_nothing_in_the_core_is_named_by_a_peer_alone():
    assert sorted(unused()) == ALLOWED


ALLOWED = [
    # `drawloom run` makes bundles of code, and a user's own executor unpacks them.
    "drawloom.actions.code_bundle.unpack_bundle",
]
