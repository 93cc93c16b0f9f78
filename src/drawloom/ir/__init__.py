"""Layer 1: pure functions over workflow, task and plan messages: walk, order, verify, print, diff.

`Key` is here at once; everything else is loaded when it is first asked for.
"""

from typing import TYPE_CHECKING

from drawloom.exports.lazy_exports import lazy_rooms
from drawloom.ir.keys import Key, key

if TYPE_CHECKING:
    from drawloom.ir.assignment import mismatch
    from drawloom.ir.bundle import bundle_from_specs, connections
    from drawloom.ir.compatibility import AUDIENCES, CHANGE_RULES, Change, Entities, changes
    from drawloom.ir.cron import cron_mistake, cron_times
    from drawloom.ir.difference import diff
    from drawloom.ir.entity_index import EntityIndex
    from drawloom.ir.fast_check import NodeTable
    from drawloom.ir.flyte1_lowering import CHOICE_RESOLVER, Lowering, conditions_of, restored, restored_job
    from drawloom.ir.kubernetes import quantity
    from drawloom.ir.node_columns import CONSTANT, INPUTS
    from drawloom.ir.node_visitor import NODE_KINDS, NodeVisitor, entity_of_node, workflow_reference
    from drawloom.ir.notation import condition_text, duration_text
    from drawloom.ir.ordering import CycleError, order
    from drawloom.ir.platforms import PLATFORMS, USUAL_PLATFORM, lowering_for, platform_rules, refuses, verify_for
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

__getattr__, __dir__ = lazy_rooms(
    __name__,
    {
        "assignment": "mismatch",
        "bundle": "bundle_from_specs connections",
        "node_columns": "CONSTANT INPUTS",
        "node_visitor": "NODE_KINDS NodeVisitor entity_of_node workflow_reference",
        "compatibility": "AUDIENCES CHANGE_RULES Change Entities changes",
        "cron": "cron_mistake cron_times",
        "difference": "diff",
        "entity_index": "EntityIndex",
        "notation": "condition_text duration_text",
        "ordering": "CycleError order",
        "printing": "pretty",
        "problems": "Problem VerifyError",
        "fast_check": "NodeTable",
        "kubernetes": "quantity",
        "flyte1_lowering": "CHOICE_RESOLVER Lowering conditions_of restored restored_job",
        "platforms": "PLATFORMS USUAL_PLATFORM lowering_for refuses platform_rules verify_for",
        "verification": "BUNDLE_FORMAT check rules verify",
        "walking": "all_references inner promises references upstream VisitedNode walk walk_template",
    },
)

__all__ = [
    "AUDIENCES",
    "BUNDLE_FORMAT",
    "CHANGE_RULES",
    "CHOICE_RESOLVER",
    "CONSTANT",
    "INPUTS",
    "NODE_KINDS",
    "PLATFORMS",
    "USUAL_PLATFORM",
    "Change",
    "CycleError",
    "Entities",
    "EntityIndex",
    "Key",
    "Lowering",
    "NodeTable",
    "NodeVisitor",
    "Problem",
    "VerifyError",
    "VisitedNode",
    "all_references",
    "bundle_from_specs",
    "changes",
    "check",
    "condition_text",
    "conditions_of",
    "connections",
    "cron_mistake",
    "cron_times",
    "diff",
    "duration_text",
    "entity_of_node",
    "inner",
    "key",
    "lowering_for",
    "mismatch",
    "order",
    "platform_rules",
    "pretty",
    "promises",
    "quantity",
    "references",
    "refuses",
    "restored",
    "restored_job",
    "rules",
    "upstream",
    "verify",
    "verify_for",
    "walk",
    "walk_template",
    "workflow_reference",
]
