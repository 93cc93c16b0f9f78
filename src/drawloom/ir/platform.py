"""Rules of a platform: what a platform refuses although the message is right by drawloom's own rules.

A platform is a set of rules by name. Each rule looks at one kind of thing (a task, a workflow, a node, a launch plan) and says
what is wrong in the platform's words, where, and what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, final

from drawloom.ir.entity_index import EntityIndex, NodeOutputs, Signature, Types, signature, variables
from drawloom.ir.flyte1_types import type_of_promise
from drawloom.ir.keys import key
from drawloom.ir.problems import Diagnostics, Problem
from drawloom.ir.walking import walk_template
from literals import pb


@final
class Finding(NamedTuple):
    """One thing that a rule finds: what is wrong as a clause, where below what it looked at, expected, got, and the cure."""

    what: str
    expected: str = ""
    got: str = ""
    fix: str = ""
    where: str = ""


@dataclass(frozen=True)
class PlatformRule:
    """A rule. `statement`: what holds, in one clause. `on`: what it looks at. `refuses`: whether the platform does, too."""

    name: str
    statement: str
    on: str
    find: Callable[..., Iterator[Finding]]
    refuses: bool = True


@final
class Platform:
    """A set of rules by name."""

    def __init__(self, name: str, title: str) -> None:
        self.name = name
        self.title = title
        self.rules: dict[str, PlatformRule] = {}

    def rule(self, name: str, statement: str, on: str, *, refuses: bool = True) -> Callable[[_Find], _Find]:
        """Make a function a rule; its docstring names the rule's origin.

        `on`: `task`, `workflow` and `plan` (given the message), `inputs` (a plan and the types of its workflow's inputs, where that is
        known), `node` and `outputs` (a node, or a workflow, and its `WorkflowScope`).
        """

        def made(find: _Find) -> _Find:
            self.rules[name] = PlatformRule(name, statement, on, find, refuses)
            return find

        return made

    def problems(self, index: EntityIndex, jobs: Iterable[pb.DynamicJobSpec] = ()) -> tuple[Problem, ...]:
        """What these rules find among the entities, in their order: tasks, workflows with their nodes, launch plans, dynamic jobs."""
        found = Diagnostics()
        for task in index.tasks.values():
            self._look("task", found.at(f"task {key(task.id)}"), task)
        for template in index.workflows.values():
            at = found.at(f"workflow {key(template.id)}")
            self._look("workflow", at, template)
            self._look_inside(template, index, at)
        for plan in index.plans.values():
            at = found.at(f"launch plan {key(plan.id)}")
            self._look("plan", at, plan)
            workflow = index.workflows.get(key(plan.spec.workflow_id))
            if workflow is not None:
                self._look("inputs", at, plan, variables(workflow.interface.inputs))
        for job in jobs:
            # The platform makes a workflow of it, which has no inputs, and the task's outputs.
            template = pb.WorkflowTemplate(nodes=job.nodes, outputs=job.outputs)
            self._look_inside(template, index, found.at("dynamic job"))
        return tuple(dict.fromkeys(found.found))

    def _look_inside(self, template: pb.WorkflowTemplate, index: EntityIndex, at: Diagnostics) -> None:
        """Look at a workflow's nodes, and at what they are together."""
        scope = WorkflowScope(template, index)
        for visited in walk_template(template):
            self._look("node", at.at(visited.path), visited.node, scope)
        self._look("outputs", at, template, scope)

    def _look(self, kind: str, at: Diagnostics, *what: pb.Message | WorkflowScope | Types) -> None:
        for rule in self.rules.values():
            if rule.on == kind:
                for each in rule.find(*what):
                    place = at.at(each.where) if each.where else at
                    place.add(rule.name, each.what, expected=each.expected, got=each.got, fix=each.fix)


_Find = Callable[..., Iterator[Finding]]


@dataclass
class WorkflowScope:
    """What is known while the nodes of one workflow are looked at: what each takes and gives."""

    template: pb.WorkflowTemplate
    index: EntityIndex
    outputs: dict[str, Types | None] = field(default_factory=dict[str, "Types | None"])

    def __post_init__(self) -> None:
        self.outputs[""] = signature(self.template.interface).inputs
        for node in self.template.nodes:
            known = self.index.node(node)
            self.outputs[node.id] = None if known is None else known.outputs
        for node in self.template.nodes:
            if node.gate_node.HasField("approve"):
                self.outputs[node.id] = self._approved(node)

    def _approved(self, node: pb.Node) -> Types | None:
        """An approval gives what it was given."""
        found = {b.var: type_of_promise(b.binding.promise, self.outputs, whole=True) for b in node.inputs}
        return {name: kind for name, kind in found.items() if kind is not None}

    def signature(self, node: pb.Node) -> Signature | None:
        """What a node takes and gives; None where it is not known."""
        return self.index.node(node)

    @property
    def scope(self) -> NodeOutputs:
        """The outputs by node id."""
        return self.outputs
