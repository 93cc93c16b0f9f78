"""Layer 1: pure functions over workflow, task and plan messages: walk, order, verify, print, diff.

`Key` is here at once; everything else is loaded when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from drawloom.ir.keys import Key, key

if TYPE_CHECKING:
    from drawloom.ir.assignment import mismatch
    from drawloom.ir.bundle import bundle_from_specs, connections
    from drawloom.ir.difference import diff
    from drawloom.ir.fast_check import NodeTable
    from drawloom.ir.node_columns import CONSTANT, INPUTS
    from drawloom.ir.ordering import CycleError, order
    from drawloom.ir.printing import pretty
    from drawloom.ir.problems import Problem, VerifyError
    from drawloom.ir.verification import BUNDLE_FORMAT, check, rules, verify
    from drawloom.ir.walking import (
        VisitedNode,
        all_references,
        inner,
        promises,
        references,
        upstream,
        walk,
        walk_template,
    )

_MODULES = {
    "assignment": ("mismatch",),
    "bundle": ("bundle_from_specs", "connections"),
    "node_columns": ("CONSTANT", "INPUTS"),
    "difference": ("diff",),
    "ordering": ("CycleError", "order"),
    "printing": ("pretty",),
    "problems": ("Problem", "VerifyError"),
    "fast_check": ("NodeTable",),
    "verification": ("BUNDLE_FORMAT", "check", "rules", "verify"),
    "walking": (
        "VisitedNode",
        "all_references",
        "inner",
        "promises",
        "references",
        "upstream",
        "walk",
        "walk_template",
    ),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    module = _MODULE_OF.get(name)
    if module is None:
        raise AttributeError(f"module 'drawloom.ir' has no attribute {name!r}")
    value = getattr(import_module(f"drawloom.ir.{module}"), name)
    globals()[name] = value
    return value


__all__ = [
    "BUNDLE_FORMAT",
    "CONSTANT",
    "INPUTS",
    "CycleError",
    "Key",
    "NodeTable",
    "Problem",
    "VerifyError",
    "VisitedNode",
    "all_references",
    "bundle_from_specs",
    "check",
    "connections",
    "diff",
    "inner",
    "key",
    "mismatch",
    "order",
    "pretty",
    "promises",
    "references",
    "rules",
    "upstream",
    "verify",
    "walk",
    "walk_template",
]
