"""Layer 1: pure functions over workflow, task and plan messages: walk, order, verify, print, diff."""

from ir.bundle import bundle_from_specs, connections
from ir.difference import diff
from ir.keys import Key, key
from ir.order import CycleError, order
from ir.pretty import pretty
from ir.problems import Problem, VerifyError
from ir.verify import BUNDLE_FORMAT, check, rules, verify
from ir.walk import Place, all_references, inner, promises, references, upstream, walk, walk_template

__all__ = [
    "BUNDLE_FORMAT",
    "CycleError",
    "Key",
    "Place",
    "Problem",
    "VerifyError",
    "all_references",
    "bundle_from_specs",
    "check",
    "connections",
    "diff",
    "inner",
    "key",
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
