"""Entities as messages: identifiers, task templates, workflow templates with their sub-workflows, launch plans.

Workflows are written as wire bytes (see `node_bytes`), several times faster than as objects; what there are few of is made as
messages. The bytes are canonical: fields by number, map keys sorted.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from typing import TYPE_CHECKING, Any, cast

from compiler.emit.node_bytes import GraphWriter, WrittenGraph
from compiler.errors import FlyteAssertion, NameConflictError
from compiler.graph.bind import binding_bytes, field, wrapped
from compiler.graph.node import EMBEDDED, LAUNCH_PLAN, WORKFLOW, Entity, Node, waits_for
from compiler.options.settings import SerializationSettings
from compiler.options.writable import Writable
from compiler.source_location import definition
from compiler.tasks.base_task import Task
from compiler.tasks.template import template_message
from compiler.workflows.entity_reference import ReferencedEntity
from compiler.workflows.launch_plan import LaunchPlan
from drawloom.ir import Key, key
from literals import canonical_bytes, pb

if TYPE_CHECKING:
    from google.protobuf.message import Message


Spec = Any
"""A TaskSpec, WorkflowSpec or LaunchPlan message."""


class Emitter:
    """Makes messages under one set of settings; equal entities give equal bytes."""

    def __init__(self, settings: SerializationSettings | None = None) -> None:
        self._settings = settings if settings is not None else SerializationSettings()
        self._writer = GraphWriter()
        self._written: dict[Any, WrittenGraph] = {}
        self._frames: dict[Any, tuple[Key, bytes, bytes]] = {}

    @property
    def settings(self) -> SerializationSettings:
        """The settings in force."""
        return self._settings

    def identifier(self, entity: Any) -> pb.Identifier:
        """The entity's identifier; a reference brings its own."""
        if isinstance(entity, ReferencedEntity):
            return entity.reference.identifier(entity.resource_type)
        settings = self._settings
        return pb.Identifier(
            resource_type=entity.resource_type,
            project=settings.project or "",
            domain=settings.domain or "",
            name=entity.name,
            version=settings.version or "",
        )

    # -- nodes

    def node(self, node: Node) -> pb.Node:
        """The message of a node."""
        return pb.Node.FromString(self.node_bytes(node))

    def node_bytes(self, node: Node) -> bytes:
        """The canonical bytes of a node."""
        parts = [field(1, node.id.encode()), field(2, node.metadata.SerializeToString(deterministic=True))]
        parts += [binding_bytes(var, data) for var, data in node.bound]
        parts += [field(4, upstream.id.encode()) for upstream in waits_for(node)]
        parts += [field(5, field(1, var.encode()) + field(2, alias.encode())) for var, alias in node.aliases]
        parts.append(node.entity.node_target(node, self).SerializeToString(deterministic=True))
        return b"".join(parts)

    # -- specifications

    def spec(self, entity: Entity) -> Spec:
        """The specification of one entity: TaskSpec, WorkflowSpec or LaunchPlan."""
        if entity.resource_type == WORKFLOW:
            return self.workflow_spec(entity)
        if isinstance(entity, LaunchPlan):
            return launch_plan_message(cast("LaunchPlan[..., Any]", entity), self)
        return self.task_spec(entity)

    def spec_pieces(self, entity: Any) -> list[bytes]:
        """The canonical bytes of `spec`, in pieces.

        Raises:
            LimitError: something is nested more deeply than protobuf can write.
        """
        if entity.resource_type == WORKFLOW:
            return self.workflow_spec_pieces(entity)
        return [canonical_bytes(self.spec(entity))]

    def task_spec(self, task: Any) -> pb.TaskSpec:
        """A task's template and texts."""
        return pb.TaskSpec(template=self.task_template(task), description=task.describe())

    def task_template(self, task: Any) -> pb.TaskTemplate:
        """A task's template.

        Raises:
            DrawloomError: an option cannot be written; it names the task.
        """
        return template_message(task, self.identifier(task), self._settings)

    def workflow_spec(self, workflow: Entity) -> pb.WorkflowSpec:
        """A workflow's template, the templates of all workflows below it by name, and its texts."""
        return pb.WorkflowSpec.FromString(b"".join(self.workflow_spec_pieces(workflow)))

    def workflow_spec_pieces(self, workflow: Any) -> list[bytes]:
        """The canonical bytes of `workflow_spec`, in pieces."""
        pieces = wrapped(1, self.template_pieces(workflow))
        for sub in sorted(sub_workflows(workflow), key=lambda sub: sub.name):
            pieces += wrapped(2, self.template_pieces(sub))
        if (text := workflow.describe()) is not None:
            pieces.append(field(3, text.SerializeToString(deterministic=True)))
        return pieces

    def workflow_template(self, workflow: Entity) -> pb.WorkflowTemplate:
        """A workflow's template."""
        return pb.WorkflowTemplate.FromString(b"".join(self.template_pieces(workflow)))

    def written(self, workflow: Any) -> WrittenGraph:
        """A workflow's nodes and outputs as bytes; made once."""
        known = self._written.get(workflow)
        if known is None:
            known = self._written[workflow] = self._writer.write(workflow.graph(), workflow.interface, self)
        return known

    def sound(self) -> frozenset[Key]:
        """Of the workflows that were written so far, those that are sound."""
        found: dict[Key, WrittenGraph | None] = {}
        for workflow, written in self._written.items():
            name, _, _ = self._frame(workflow)
            found[name] = None if name in found else written  # which of two is meant, only the rules can say
        return frozenset(name for name, written in found.items() if written is not None and written.sound)

    def template_pieces(self, workflow: Entity, left_out: Container[Key] = ()) -> list[bytes]:
        """The canonical bytes of a workflow's template, in pieces; of those in `left_out`, without nodes and outputs."""
        written = self.written(workflow)
        name, head, tail = self._frame(workflow)
        if left_out and name in left_out:
            return [head, tail]
        return [head, *written.nodes, written.outputs, tail]

    def _frame(self, workflow: Any) -> tuple[Key, bytes, bytes]:
        """A workflow's key, and the bytes of its template before and behind nodes and outputs; made once."""
        known = self._frames.get(workflow)
        if known is None:
            identifier = self.identifier(workflow)
            head = (
                field(1, identifier.SerializeToString(deterministic=True)),
                field(2, workflow.workflow_metadata.to_message().SerializeToString(deterministic=True)),
                field(3, workflow.interface.SerializeToString(deterministic=True)),
            )
            failure = workflow.graph().failure_node
            defaults = workflow.workflow_metadata_defaults.to_message()
            tail = field(7, defaults.SerializeToString(deterministic=True))
            if failure is not None:
                tail = field(6, self.node_bytes(failure)) + tail
            known = self._frames[workflow] = (key(identifier), b"".join(head), tail)
        return known


def _write_present(record: Writable | None, into: Message) -> None:
    into.SetInParent()
    if record is not None:
        record.write(into)


def launch_plan_message(plan: LaunchPlan[..., Any], emitter: Emitter) -> pb.LaunchPlan:
    """The wire form of a plan. Labels, annotations, raw output configuration and an empty closure are always present."""
    made = pb.LaunchPlan(id=emitter.identifier(plan))
    spec = made.spec
    spec.workflow_id.CopyFrom(emitter.identifier(plan.workflow))
    spec.entity_metadata.SetInParent()
    if plan.schedule is not None:
        plan.schedule.write(spec.entity_metadata.schedule)
    for notification in plan.notifications:
        notification.write(spec.entity_metadata.notifications.add())
    spec.default_inputs.CopyFrom(plan.parameters)
    spec.fixed_inputs.CopyFrom(plan.fixed_inputs)
    _write_present(plan.labels, spec.labels)
    _write_present(plan.annotations, spec.annotations)
    _write_present(plan.raw_output_data_config, spec.raw_output_data_config)
    spec.max_parallelism = plan.max_parallelism or 0
    spec.overwrite_cache = bool(plan.overwrite_cache)
    if plan.security_context is not None:
        message = plan.security_context.to_message()
        if message.ByteSize():
            spec.security_context.CopyFrom(message)
    if plan.concurrency is not None:
        plan.concurrency.write(spec.concurrency_policy)
    made.closure.expected_inputs.SetInParent()
    made.closure.expected_outputs.SetInParent()
    return made


def sub_workflows(workflow: Entity) -> list[Any]:
    """Every workflow below `workflow`, each once: through nodes, and through what nodes embed (arms, array items)."""

    def is_inside(entity: Entity) -> bool:
        return entity.resource_type == WORKFLOW and entity is not workflow and not isinstance(entity, ReferencedEntity)

    below = _each_once(workflow.dependencies(), lambda entity: entity.resource_type == EMBEDDED or is_inside(entity))
    return list(dict.fromkeys(entity for entity in below if is_inside(entity)))


def _each_once(entities: Iterable[Any], is_entered: Callable[[Any], bool]) -> Iterator[Any]:
    """These entities and what is below those that are entered, each once."""
    queue = list(entities)
    seen: set[int] = set()
    while queue:
        entity = queue.pop()
        if id(entity) not in seen:
            seen.add(id(entity))
            yield entity
            if is_entered(entity):
                queue.extend(entity.dependencies())


def with_dependencies(entities: Iterable[Any]) -> list[Any]:
    """Entities and everything they need, dependencies first; after each workflow its default launch plan.

    Raises:
        NameConflictError: two different entities of one kind have one name.
        FlyteAssertion: a workflow contains itself.
    """
    ordered: dict[int, Any] = {}
    state: dict[int, bool] = {}
    for root in entities:
        stack: list[tuple[Any, Iterator[Any]]] = [(root, iter(_needs(root)))] if id(root) not in state else []
        state.setdefault(id(root), False)
        while stack:
            entity, needs = stack[-1]
            needed = next(needs, None)
            if needed is None:
                stack.pop()
                state[id(entity)] = True
                _add(ordered, entity)
            elif id(needed) not in state:
                state[id(needed)] = False
                stack.append((needed, iter(_needs(needed))))
            elif not state[id(needed)] and any(entity is needed for entity, _ in stack):
                raise FlyteAssertion(
                    "a workflow contains itself",
                    where=needed.name,
                    fix="use @dynamic for recursion",
                    location=next(
                        (node.source_location for node in entity.graph().nodes if node.entity is needed), None
                    )
                    if entity.resource_type == WORKFLOW
                    else None,
                    expected="a workflow whose body calls others",
                    got="a call of itself",
                )
    return _one_of_each_name(ordered.values())


def _needs(entity: Entity) -> Iterable[Any]:
    return () if isinstance(entity, ReferencedEntity) else entity.dependencies()


def _add(ordered: dict[int, Any], entity: Any) -> None:
    if not entity.is_written or id(entity) in ordered:
        return
    ordered[id(entity)] = entity
    for companion in entity.companions() if isinstance(entity, Task) else ():
        # What an entity brings along comes right after it: a clean-up task, a workflow that starts it.
        for written in with_dependencies([companion]):
            ordered.setdefault(id(written), written)
    if entity.resource_type == WORKFLOW:
        plan = LaunchPlan.get_default_launch_plan(None, entity)
        ordered[id(plan)] = plan


def _one_of_each_name(entities: Iterable[Any]) -> list[Any]:
    seen: dict[tuple[int, str], Any] = {}
    for entity in entities:
        first = seen.setdefault((entity.resource_type, entity.name), entity)
        same = first is entity or (isinstance(entity, Task) and entity.same_template(first))
        if not same:
            raise NameConflictError(
                f"two different entities have the name `{entity.name}`",
                got=f"{first!r} and {entity!r}",
                fix="rename one of them",
                location=definition(getattr(entity, "__wrapped__", None)),
                expected="a name of its own for each entity",
            )
    return list(seen.values())


def references_below(entities: Iterable[Any]) -> list[Any]:
    """Reference entities that anything below `entities` points to, each once."""
    below = _each_once(entities, lambda entity: not isinstance(entity, ReferencedEntity))
    return [entity for entity in below if isinstance(entity, ReferencedEntity)]


def called_plans(entities: Iterable[Any]) -> list[Any]:
    """The launch plans that workflows call, also from arms of branches and from generated sub-workflows."""
    found: dict[int, Any] = {}
    queue = [entity for entity in entities if entity.resource_type == WORKFLOW]
    seen: set[int] = set()
    while queue:
        entity = queue.pop()
        for needed in entity.dependencies():
            if id(needed) in seen:
                continue
            seen.add(id(needed))
            if needed.resource_type == LAUNCH_PLAN and needed.is_written:
                found[id(needed)] = needed
            elif needed.resource_type == EMBEDDED or (needed.resource_type == WORKFLOW and not needed.is_written):
                queue.append(needed)
    return list(found.values())
