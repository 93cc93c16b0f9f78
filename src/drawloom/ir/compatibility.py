"""What a change of entities means for those who have the old ones: their callers, cached results, runs that go on, registered versions.

Each rule says for whom it breaks something. What no rule knows is compared field by field and is a `setting`, which breaks nothing but
a version that is registered already: a platform takes no other content under it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar, final

from drawloom.ir.assignment import mismatch
from drawloom.ir.difference import diff
from drawloom.ir.entity_index import PLAN, WORKFLOW
from drawloom.ir.keys import Key
from drawloom.ir.node_visitor import NodeVisitor, workflow_reference
from drawloom.ir.walking import walk_template
from literals import is_simple, literal_text, pb, takes_none, type_text

CALLERS, CACHE, RUNNING, VERSIONS = "callers", "cache", "running", "versions"
AUDIENCES: Mapping[str, str] = {
    CALLERS: "who calls the entity, or reads its outputs",
    CACHE: "results that are cached, which are not found any more",
    RUNNING: "runs of the old one that go on or are resumed with the new one",
    VERSIONS: "the same version, registered already: its content may not change",
}
"""For whom a change may break something."""


class ChangeRule(NamedTuple):
    """A kind of change: what it is, in one clause, and for whom it breaks something besides a registered version."""

    statement: str
    breaks: frozenset[str]


def _rule(statement: str, *breaks: str) -> ChangeRule:
    return ChangeRule(statement, frozenset(breaks))


CHANGE_RULES: Mapping[str, ChangeRule] = {
    "entity-added": _rule("an entity is new"),
    "entity-removed": _rule("an entity is gone", CALLERS, CACHE, RUNNING),
    "input-added": _rule("an input that must be given is new", CALLERS, CACHE, RUNNING),
    "input-added-optional": _rule("an input that may be left out is new", CACHE),
    "input-removed": _rule("an input is gone", CALLERS, CACHE, RUNNING),
    "input-widened": _rule("an input takes all that it took, and more", CACHE),
    "input-changed": _rule("an input does not take all that it took", CALLERS, CACHE, RUNNING),
    "default-added": _rule("an input may be left out now"),
    "default-removed": _rule("an input must be given now", CALLERS),
    "default-changed": _rule("an input that is left out has another value"),
    "output-added": _rule("an output is new", CACHE),
    "output-removed": _rule("an output is gone", CALLERS, CACHE, RUNNING),
    "output-narrowed": _rule("an output gives only what still fits where the old one went", CACHE),
    "output-changed": _rule("an output does not fit everywhere the old one went", CALLERS, CACHE, RUNNING),
    "cache-version": _rule("results are cached under another version", CACHE),
    "cache-off": _rule("results are not cached any more", CACHE),
    "cache-on": _rule("results are cached"),
    "cache-inputs": _rule("other inputs count for the cache", CACHE),
    "image": _rule("the container has another image"),
    "command": _rule("the container starts something else", RUNNING),
    "environment": _rule("the container has other environment variables"),
    "resources": _rule("other resources are asked for"),
    "node-added": _rule("a workflow has a new node"),
    "node-removed": _rule("a node is gone", RUNNING),
    "node-target": _rule("a node runs another entity", RUNNING),
    "node-inputs": _rule("a node gets other inputs", RUNNING),
    "node-order": _rule("a node waits for others"),
    "condition": _rule("a branch has another condition", RUNNING),
    "outputs-bound": _rule("a workflow gives another value as an output", RUNNING),
    "schedule": _rule("a launch plan runs at other times"),
    "fixed-added": _rule("a launch plan fixes an input, which cannot be given any more", CALLERS),
    "fixed-changed": _rule("a launch plan fixes another value"),
    "fixed-removed": _rule("a launch plan does not fix an input any more"),
    "target": _rule("a launch plan starts another workflow", CALLERS, RUNNING),
    "setting": _rule("something else is another"),
}
"""The rules by name."""


@final
class Change(NamedTuple):
    """One change: its rule, the entity, where in it, and a sentence."""

    rule: str
    entity: Key
    where: str
    text: str

    @property
    def breaks(self) -> frozenset[str]:
        """For whom it breaks something."""
        return CHANGE_RULES[self.rule].breaks | {VERSIONS}


class Entities(NamedTuple):
    """The messages of one side."""

    tasks: Mapping[Key, pb.TaskTemplate]
    workflows: Mapping[Key, pb.WorkflowTemplate]
    plans: Mapping[Key, pb.LaunchPlan]


def changes(old: Entities, new: Entities) -> list[Change]:
    """What changed from the old entities to the new ones, by entity; versions do not count."""
    return [
        *_compared(old.tasks, new.tasks, lambda name: _Task(name, old, new).changes),
        *_compared(old.workflows, new.workflows, lambda name: _Workflow(name, old, new).changes),
        *_compared(old.plans, new.plans, lambda name: _Plan(name, old, new).changes),
    ]


_Message = TypeVar("_Message", pb.TaskTemplate, pb.WorkflowTemplate, pb.LaunchPlan)


def _compared(
    old: Mapping[Key, _Message],
    new: Mapping[Key, _Message],
    comparison: Callable[[Key], Callable[[_Message, _Message], Iterator[Change]]],
) -> Iterator[Change]:
    before = {key._replace(version=""): message for key, message in old.items()}
    after = {key._replace(version=""): message for key, message in new.items()}
    for name in sorted({*before, *after}):
        if name not in after:
            yield Change("entity-removed", name, "", f"the {name.kind} is gone")
        elif name not in before:
            yield Change("entity-added", name, "", f"the {name.kind} is new")
        else:
            yield from comparison(name)(before[name], after[name])


class _Comparison:
    """The changes of one entity."""

    def __init__(self, name: Key, old: Entities, new: Entities) -> None:
        self.name = name
        self.old = _defaults(name, old)
        self.new = _defaults(name, new)

    def made(self, rule: str, where: str, text: str) -> Change:
        """A change of this entity."""
        return Change(rule, self.name, where, text)

    def interface(self, old: pb.TypedInterface, new: pb.TypedInterface) -> Iterator[Change]:
        """What changed between two interfaces, and in what may be left out."""
        yield from self._inputs(old.inputs.variables, new.inputs.variables)
        yield from self._outputs(old.outputs.variables, new.outputs.variables)

    def _inputs(self, old: Mapping[str, pb.Variable], new: Mapping[str, pb.Variable]) -> Iterator[Change]:
        for name in sorted({*old, *new}):
            where = f"inputs.{name}"
            if name not in new:
                yield self.made("input-removed", where, f"input `{name}` is gone: callers that give it fail")
            elif name not in old:
                if name in self.new or takes_none(new[name].type):
                    yield self.made("input-added-optional", where, f"input `{name}` is new, and may be left out")
                else:
                    yield self.made("input-added", where, f"input `{name}` is new, and must be given")
            else:
                yield from self._type(name, old[name].type, new[name].type)
                yield from self._default(name)

    def _type(self, name: str, old: pb.LiteralType, new: pb.LiteralType) -> Iterator[Change]:
        if old == new:
            return
        was, now = type_text(old), type_text(new)
        said = f"{was} became {now}" if was != now else f"{now}, described in another way"
        if is_simple(old, pb.SimpleType.INTEGER) and is_simple(new, pb.SimpleType.FLOAT):
            text = f"input `{name}`: {said}: callers that pass ints still work, and an int output has to be converted"
            yield self.made("input-widened", f"inputs.{name}", text)
        elif mismatch(old, new) is None:
            text = f"input `{name}`: {said}: callers that pass {was} still work"
            yield self.made("input-widened", f"inputs.{name}", text)
        else:
            text = f"input `{name}`: {said}: callers that pass {was} fail"
            yield self.made("input-changed", f"inputs.{name}", text)

    def _default(self, name: str) -> Iterator[Change]:
        old, new = self.old.get(name), self.new.get(name)
        if old == new:
            return
        where = f"inputs.{name}"
        if new is None:
            yield self.made("default-removed", where, f"input `{name}` has no default any more, and must be given")
        elif old is None:
            yield self.made("default-added", where, f"input `{name}` may be left out: {literal_text(new)}")
        else:
            text = f"input `{name}` that is left out is {literal_text(new)} (was {literal_text(old)})"
            yield self.made("default-changed", where, text)

    def _outputs(self, old: Mapping[str, pb.Variable], new: Mapping[str, pb.Variable]) -> Iterator[Change]:
        for name in sorted({*old, *new}):
            where = f"outputs.{name}"
            if name not in new:
                yield self.made("output-removed", where, f"output `{name}` is gone: whoever reads it fails")
            elif name not in old:
                yield self.made("output-added", where, f"output `{name}` is new")
            elif old[name].type != new[name].type:
                was, now = type_text(old[name].type), type_text(new[name].type)
                said = f"output `{name}`: {was} became {now}"
                if mismatch(new[name].type, old[name].type) is None:
                    yield self.made("output-narrowed", where, f"{said}: it fits wherever {was} went")
                else:
                    yield self.made("output-changed", where, f"{said}: it does not fit where {was} went")

    def rest(
        self, old: pb.TaskTemplate | pb.WorkflowTemplate | pb.LaunchPlan, new: pb.TaskTemplate | pb.WorkflowTemplate | pb.LaunchPlan
    ) -> Iterator[Change]:  # fmt: skip
        """What is left after the parts that rules know were cleared, field by field."""
        for line in diff(old, new).splitlines():
            where, _, values = line.partition(": ")
            yield self.made("setting", where, f"{where.lstrip('.')}: {values}")


def _defaults(name: Key, entities: Entities) -> dict[str, pb.Literal]:
    """What a plan, or the plan that has a workflow's name, gives for inputs that are left out."""
    for key, plan in entities.plans.items():
        if key.name == name.name and name.resource_type in {PLAN, WORKFLOW}:
            parameters = plan.spec.default_inputs.parameters
            return {each: p.default for each, p in parameters.items() if p.WhichOneof("behavior") == "default"}
    return {}


@final
class _Task(_Comparison):
    def changes(self, old: pb.TaskTemplate, new: pb.TaskTemplate) -> Iterator[Change]:
        yield from self.interface(old.interface, new.interface)
        yield from self._cache(old.metadata, new.metadata)
        for field, rule, words in (
            ("image", "image", "the image"),
            ("env", "environment", "the environment variables"),
            ("resources", "resources", "the resources"),
        ):
            was, now = getattr(old.container, field), getattr(new.container, field)
            if was != now:
                said = f"{words} became {now}" if field == "image" else f"{words} changed"
                yield self.made(rule, f"container.{field}", said)
        if [*old.container.command, *old.container.args] != [*new.container.command, *new.container.args]:
            yield self.made("command", "container.args", "the command that starts it is another")
        kept = [pb.TaskTemplate(), pb.TaskTemplate()]
        for made, message in zip(kept, (old, new), strict=True):
            made.CopyFrom(message)
            for name in ("id", "interface", "container"):
                made.ClearField(name)
            for name in ("discoverable", "discovery_version", "cache_ignore_input_vars", "runtime"):
                made.metadata.ClearField(name)
        yield from self.rest(*kept)

    def _cache(self, old: pb.TaskMetadata, new: pb.TaskMetadata) -> Iterator[Change]:
        where = "metadata.discoverable"
        if old.discoverable and not new.discoverable:
            yield self.made("cache-off", where, "results are not cached any more")
        elif new.discoverable and not old.discoverable:
            yield self.made("cache-on", where, "results are cached")
        elif old.discoverable:
            if old.discovery_version != new.discovery_version:
                said = f"the cache version became {new.discovery_version} (was {old.discovery_version})"
                yield self.made("cache-version", "metadata.discovery_version", said)
            if [*old.cache_ignore_input_vars] != [*new.cache_ignore_input_vars]:
                ignored = ", ".join(new.cache_ignore_input_vars) or "no input"
                yield self.made(
                    "cache-inputs", "metadata.cache_ignore_input_vars", f"{ignored} is ignored by the cache"
                )


@final
class _Workflow(_Comparison):
    def changes(self, old: pb.WorkflowTemplate, new: pb.WorkflowTemplate) -> Iterator[Change]:
        yield from self.interface(old.interface, new.interface)
        before = {each.path: each.node for each in walk_template(old)}
        after = {each.path: each.node for each in walk_template(new)}
        for where in sorted({*before, *after}):
            if where not in after:
                yield self.made("node-removed", where, f"node {where} ({before[where].metadata.name}) is gone")
            elif where not in before:
                yield self.made("node-added", where, f"node {where} ({after[where].metadata.name}) is new")
            else:
                yield from self._node(where, before[where], after[where])
        was = {each.var: each.binding for each in old.outputs}
        now = {each.var: each.binding for each in new.outputs}
        for name in sorted(was.keys() & now.keys()):
            if was[name] != now[name]:
                yield self.made("outputs-bound", f"outputs.{name}", f"output `{name}` comes from elsewhere")
        kept = [pb.WorkflowTemplate(), pb.WorkflowTemplate()]
        for made, message in zip(kept, (old, new), strict=True):
            made.CopyFrom(message)
            for name in ("id", "interface", "nodes", "outputs", "failure_node"):
                made.ClearField(name)
        yield from self.rest(*kept)

    def _node(self, where: str, old: pb.Node, new: pb.Node) -> Iterator[Change]:
        was, now = _TARGET_NAME.visit(old), _TARGET_NAME.visit(new)
        if was != now:
            yield self.made("node-target", where, f"node {where} runs {now} (ran {was})")
        if _bound(old) != _bound(new):
            names = sorted(
                name for name in {*_bound(old), *_bound(new)} if _bound(old).get(name) != _bound(new).get(name)
            )
            yield self.made("node-inputs", where, f"node {where} gets another {', '.join(names)}")
        if {*old.upstream_node_ids} != {*new.upstream_node_ids}:
            waits = ", ".join(sorted(new.upstream_node_ids)) or "nothing"
            yield self.made("node-order", where, f"node {where} waits for {waits}")
        if _conditions(old) != _conditions(new):
            yield self.made("condition", where, f"branch {where} has another condition")
        if old.metadata != new.metadata:
            for line in diff(old.metadata, new.metadata).splitlines():
                yield self.made("setting", where, f"node {where}, {line.lstrip('.')}")


@final
class _TargetName(NodeVisitor[[], str]):
    """What a node runs, in a sentence about a change."""

    def task_node(self, _: pb.Node, target: pb.TaskNode, /) -> str:
        return target.reference_id.name

    def workflow_node(self, _: pb.Node, target: pb.WorkflowNode, /) -> str:
        return workflow_reference(target).name

    def branch_node(self, _: pb.Node, __: pb.BranchNode, /) -> str:
        return "a branch"

    def gate_node(self, _: pb.Node, __: pb.GateNode, /) -> str:
        return "a gate"

    def array_node(self, _: pb.Node, __: pb.ArrayNode, /) -> str:
        return "a map"

    def unset(self, _: pb.Node, /) -> str:
        return "nothing"


_TARGET_NAME = _TargetName()


def _bound(node: pb.Node) -> dict[str, bytes]:
    return {each.var: each.binding.SerializeToString(deterministic=True) for each in node.inputs}


def _conditions(node: pb.Node) -> Sequence[bytes]:
    if not node.HasField("branch_node"):
        return []
    block = node.branch_node.if_else
    return [each.condition.SerializeToString(deterministic=True) for each in (block.case, *block.other)]


@final
class _Plan(_Comparison):
    def changes(self, old: pb.LaunchPlan, new: pb.LaunchPlan) -> Iterator[Change]:
        was, now = old.spec, new.spec
        if was.workflow_id.name != now.workflow_id.name:
            said = f"the plan starts {now.workflow_id.name} (started {was.workflow_id.name})"
            yield self.made("target", "workflow_id", said)
        before = {name: pb.Variable(type=p.var.type) for name, p in was.default_inputs.parameters.items()}
        after = {name: pb.Variable(type=p.var.type) for name, p in now.default_inputs.parameters.items()}
        fixed_then, fixed_now = was.fixed_inputs.literals, now.fixed_inputs.literals
        free_then = {name: each for name, each in before.items() if name not in fixed_now}
        free_now = {name: each for name, each in after.items() if name not in fixed_then}
        yield from self._inputs(free_then, free_now)
        yield from self._fixed(fixed_then, fixed_now)
        if was.entity_metadata.schedule != now.entity_metadata.schedule:
            yield self.made("schedule", "entity_metadata.schedule", "the plan runs at other times")
        kept = [pb.LaunchPlan(), pb.LaunchPlan()]
        for made, message in zip(kept, (old, new), strict=True):
            made.spec.CopyFrom(message.spec)
            for name in ("workflow_id", "default_inputs", "fixed_inputs"):
                made.spec.ClearField(name)
            made.spec.entity_metadata.ClearField("schedule")
        yield from self.rest(*kept)

    def _fixed(self, old: Mapping[str, pb.Literal], new: Mapping[str, pb.Literal]) -> Iterator[Change]:
        for name in sorted({*old, *new}):
            where = f"fixed_inputs.{name}"
            if name not in old:
                yield self.made("fixed-added", where, f"input `{name}` is fixed to {literal_text(new[name])}")
            elif name not in new:
                yield self.made("fixed-removed", where, f"input `{name}` is not fixed any more")
            elif old[name] != new[name]:
                said = f"input `{name}` is fixed to {literal_text(new[name])} (was {literal_text(old[name])})"
                yield self.made("fixed-changed", where, said)
