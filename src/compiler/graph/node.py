"""A node: one call in a workflow. It keeps what the message cannot: the entity, the bound data, the line of the call.

Settings come from the entity; a node stores only what was overridden for it, so that nodes never share changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import CodeType
from typing import Any, Protocol

from compiler.errors import FlyteAssertion, MissingMemberError, PromiseUseError
from compiler.graph.bind import Bound, data_bytes, references
from compiler.graph.overrides import apply_overrides
from compiler.graph.promise import NodeOutput, Promise, node_of
from compiler.source.interface import Interface
from compiler.source_location import SourceLocation, here
from literals import class_of, pb, preview

EMBEDDED, TASK, WORKFLOW, LAUNCH_PLAN = range(4)
"""Resource types of the wire; 0 is a kind of node without an identity of its own."""

_NODE_ID_LIMIT = 63
_HASH_LENGTH = 10


def dns_name(name: str) -> str:
    """A node id as Kubernetes takes it: lower case, digits and dashes; 63 characters or more become a hash and a tail."""
    if len(name) >= _NODE_ID_LIMIT:
        import hashlib  # noqa: PLC0415 - 3 ms that only such a name needs

        digest = hashlib.sha224(name.encode()).hexdigest()[:_HASH_LENGTH]
        name = f"{digest}-{name[-(_NODE_ID_LIMIT - _HASH_LENGTH - 1) :]}"
    made = ""
    for char in name:
        if char in "_-.":
            made += "-" if made else ""
        elif char.islower() or char.isdigit():
            made += char
        elif char.isalnum():
            made += char.lower() if not made or made.endswith("-") else f"-{char.lower()}"
    return made.removesuffix("-")


FAILURE_NODE = "efn"
"""The id of the node that handles a workflow's failure."""


def _checked_id(name: str, before: str) -> str:
    made = dns_name(name)
    if made == FAILURE_NODE:
        raise FlyteAssertion(
            f"no node can have the id `{FAILURE_NODE}`: it is that of a workflow's failure handler",
            where=f"node {before}, with_overrides",
            expected=f"another id than `{FAILURE_NODE}`",
            got=repr(FAILURE_NODE),
            fix="give another node_name",
            location=here(keep_frame=True),
        )
    return made


class NodeOverrides:
    """Settings of a node, as far as they are said here; None means: not said. Times are messages, counts are ints."""

    __slots__ = (
        "cache_serializable", "cache_version", "cacheable", "container_image", "extended_resources", "interruptible",
        "name", "pod_template", "resources", "retries", "timeout",
    )  # fmt: skip

    def __init__(
        self,
        name: str | None = None,
        timeout: pb.Duration | None = None,
        retries: int | None = None,
        *,
        interruptible: bool | None = None,
    ) -> None:
        self.name = name
        self.timeout = timeout
        self.retries = retries
        self.interruptible = interruptible
        self.cacheable: bool | None = None
        self.cache_version: str | None = None
        self.cache_serializable: bool | None = None
        self.resources: pb.Resources | None = None
        self.extended_resources: pb.ExtendedResources | None = None
        self.container_image: str | None = None
        self.pod_template: Any = None

    def over(self, defaults: NodeOverrides) -> NodeOverrides:
        """These settings, and the others' where these say nothing."""
        made = NodeOverrides()
        for name in NodeOverrides.__slots__:
            own = getattr(self, name)
            setattr(made, name, getattr(defaults, name) if own is None else own)
        return made

    def node_metadata(self) -> pb.NodeMetadata:
        """The NodeMetadata message. Retries are always present; what is not said stays unset."""
        made = pb.NodeMetadata(name=self.name or "", retries=pb.RetryStrategy(retries=self.retries or 0))
        if self.timeout is not None and self.timeout.ByteSize():
            made.timeout.CopyFrom(self.timeout)
        if self.interruptible is not None:
            made.interruptible = self.interruptible
        if self.cacheable is not None:
            made.cacheable = self.cacheable
        if self.cache_version is not None:
            made.cache_version = self.cache_version
        if self.cache_serializable is not None:
            made.cache_serializable = self.cache_serializable
        return made

    def task_overrides(self) -> pb.TaskNodeOverrides:
        """The TaskNodeOverrides message, without what needs the settings: image templates and pods."""
        return pb.TaskNodeOverrides(resources=self.resources, extended_resources=self.extended_resources)


class NodeEmitter(Protocol):
    """What an entity may ask while its messages are made; serialization implements it."""

    def identifier(self, entity: Entity) -> pb.Identifier:
        """The identifier of an entity under the settings in force."""
        ...

    def node(self, node: Node) -> pb.Node:
        """The whole message of a node."""
        ...

    @property
    def settings(self) -> Any:
        """The SerializationSettings in force."""
        ...


class Entity(Protocol):
    """What a node can stand for. Every kind of node is an entity with these members; nobody asks for its class.

    `resource_type`: 1 task, 2 workflow, 3 launch plan; 0 has no identity of its own: its dependencies belong to the
    workflow that it stands in. `is_written`: whether it has a specification of its own (references have none).
    """

    resource_type: int
    is_written: bool
    has_constant_target: bool

    @property
    def name(self) -> str:
        """Full name, unique in its project."""
        ...

    @property
    def python_interface(self) -> Interface:
        """The typed signature."""
        ...

    def node_defaults(self) -> NodeOverrides:
        """Settings that a node of this entity starts with, its display name among them."""
        ...

    def node_target(self, node: Node, emitter: NodeEmitter) -> pb.Node:
        """A Node message with only the `target` set; one for all nodes without overrides if `has_constant_target`."""
        ...

    def dependencies(self) -> Iterable[Any]:
        """Entities that are written before this one."""
        ...


class NodeExtras:
    """What few nodes have: an order that was said, other names of outputs, settings of their own, promises of all outputs."""

    __slots__ = ("aliases", "outputs", "overrides", "upstream")

    def __init__(self) -> None:
        self.upstream: list[Node] = []
        self.aliases: list[tuple[str, str]] = []
        self.overrides: NodeOverrides | None = None
        self.outputs: dict[str, Promise] | None = None


class Node:
    """One call. `bound`: pairs of input name and bound data, sorted by name.

    There may be as many as a program has calls, so a plain one is small: what few nodes have is kept apart, and where it
    was called is kept as the code and the offset in it.
    """

    # As in a promise, own state is in `drawloom_*` slots: a node's members share their names with its outputs.
    __slots__ = ("bound", "drawloom_code", "drawloom_extras", "drawloom_id", "drawloom_lasti", "entity")

    def __init__(
        self, node_id: str, entity: Any, bound: Sequence[tuple[str, Bound]], location: SourceLocation | None
    ) -> None:
        self.drawloom_id = node_id
        self.entity = entity
        self.bound = bound
        self.drawloom_extras: NodeExtras | None = None
        self.drawloom_code: CodeType | SourceLocation | None = (
            location  # one that knows more than these two is kept as it is
        )
        self.drawloom_lasti = -1

    @property
    def id(self) -> str:
        """The id, unique in its workflow; empty for the workflow's own inputs."""
        return self.drawloom_id

    @id.setter  # noqa: A003 - the property above, not the builtin
    def id(self, value: str) -> None:
        self.drawloom_id = value

    @property
    def source_location(self) -> SourceLocation | None:
        """Where it was called."""
        return (
            SourceLocation(self.drawloom_code, self.drawloom_lasti)
            if isinstance(self.drawloom_code, CodeType)
            else self.drawloom_code
        )

    def _extended(self) -> NodeExtras:
        if self.drawloom_extras is None:
            self.drawloom_extras = NodeExtras()
        return self.drawloom_extras

    @property
    def upstream(self) -> Sequence[Node]:
        """Nodes that were said to run before this one."""
        return self.drawloom_extras.upstream if self.drawloom_extras is not None else ()

    @upstream.setter
    def upstream(self, nodes: Sequence[Node]) -> None:
        self._extended().upstream = list(nodes)

    @property
    def aliases(self) -> Sequence[tuple[str, str]]:
        """Other names of outputs: pairs of output and alias."""
        return self.drawloom_extras.aliases if self.drawloom_extras is not None else ()

    @aliases.setter
    def aliases(self, pairs: Sequence[tuple[str, str]]) -> None:
        self._extended().aliases = list(pairs)

    @property
    def overrides(self) -> NodeOverrides | None:
        """What was overridden for this node."""
        return self.drawloom_extras.overrides if self.drawloom_extras is not None else None

    @overrides.setter
    def overrides(self, given: NodeOverrides | None) -> None:
        self._extended().overrides = given

    @property
    def name(self) -> str:
        """The display name."""
        return self.settings.name or ""

    @property
    def flyte_entity(self) -> Any:
        """The entity that was called."""
        return self.entity

    run_entity = flyte_entity

    @property
    def settings(self) -> NodeOverrides:
        """The entity's settings with this node's overrides."""
        outer = getattr(class_of(self.entity), "outer_settings", None)
        if outer is not None:
            return outer(self.entity, self)
        defaults = self.entity.node_defaults()
        return defaults if self.overrides is None else self.overrides.over(defaults)

    @property
    def metadata(self) -> pb.NodeMetadata:
        """The NodeMetadata message as of now."""
        return self.settings.node_metadata()

    @property
    def bindings(self) -> list[pb.Binding]:
        """The input bindings as messages, with the node ids of this moment."""
        return [pb.Binding(var=var, binding=pb.BindingData.FromString(data_bytes(data))) for var, data in self.bound]

    @property
    def upstream_nodes(self) -> list[Node]:
        """Nodes that run before: those whose outputs are bound, then those ordered with `>>`; each once."""
        return list(waits_for(self))

    @property
    def upstream_node_ids(self) -> list[str]:
        """Ids of `upstream_nodes`."""
        return [node.id for node in waits_for(self)]

    @property
    def outputs(self) -> dict[str, Promise]:
        """The promises of this node's outputs by name."""
        more = self._extended()
        if more.outputs is None:
            types = self.entity.python_interface.outputs
            more.outputs = {name: Promise(name, NodeOutput(self, name), hint) for name, hint in types.items()}
        return more.outputs

    @outputs.setter
    def outputs(self, made: dict[str, Promise]) -> None:
        self._extended().outputs = made

    def __getattr__(self, name: str) -> Any:
        if name.startswith(("_", "drawloom_")):
            raise AttributeError(name)
        outputs = self.outputs
        if name in outputs:
            return outputs[name]
        raise MissingMemberError(
            f"there is no output `{name}`",
            where=f"node {self.drawloom_id} of {self.entity.name}",
            expected=f"one of {', '.join(outputs)}" if outputs else "nothing: it has no outputs",
            got=f"`{name}`",
            fix="take one of its outputs",
        )

    def runs_before(self, other: object) -> Any:
        """Make the node behind `other` wait for this one; the same edge twice is one edge."""
        node = node_of(other)
        if node is None:
            raise FlyteAssertion(
                "only calls can be ordered",
                got=repr(other),
                fix="write `a >> b` where both are results of calls in this workflow",
                location=here(keep_frame=True),
                expected="the result of a call in this workflow",
            )
        if node is self:
            raise FlyteAssertion(
                "a node cannot run before itself",
                where=f"node {self.drawloom_id}",
                location=here(keep_frame=True),
                expected="two nodes",
                got=f"node {self.id} twice",
                fix="order it before another node",
            )
        if self not in node.upstream:
            node.upstream = [*node.upstream, self]
        return other

    def __rshift__(self, other: object) -> Any:
        self.runs_before(other)
        return other

    def with_overrides(self, *args: Any, **kwargs: Any) -> Node:
        """Change settings of this node only; what is not given stays as it was.

        Raises:
            FlyteAssertion: an unknown setting, or one that its node kind has no place for.
            OptionError: a wrong value.
        """
        if args:
            raise FlyteAssertion(
                "with_overrides takes keyword arguments only",
                expected="options by name, such as retries=3",
                got=preview(args),
                fix="write with_overrides(name=value)",
                location=here(keep_frame=True),
            )
        for key, value in kwargs.items():
            if isinstance(value, Promise):
                raise PromiseUseError(
                    f"`{key}` is written into the workflow, so it cannot be a promise",
                    got=repr(value),
                    fix="give a constant",
                    location=here(keep_frame=True),
                    expected="a value that is known while the workflow is compiled",
                )
        if self.overrides is None:
            self.overrides = NodeOverrides()
        if (node_name := kwargs.pop("node_name", None)) is not None:
            self.drawloom_id = _checked_id(node_name, self.drawloom_id)
        if kwargs:
            apply_overrides(self, **kwargs)
        return self

    def __repr__(self) -> str:
        return f"Node({self.drawloom_id!r}, {self.entity.name if self.entity is not None else 'inputs'})"

    __hash__ = object.__hash__


def waits_for(node: Node) -> Sequence[Node]:
    """Nodes that run before: those whose outputs are bound, then those ordered with `>>`; each once."""
    bound = node.bound
    if node.drawloom_extras is None and len(bound) == 1 and isinstance(data := bound[0][1], Promise):
        source = data.drawloom_node
        return (source,) if source.entity is not None else ()
    found: dict[Node, None] = {}
    for _, data in bound:
        for promise in (data,) if isinstance(data, Promise) else references(data):
            if promise.drawloom_node.entity is not None:
                found[promise.drawloom_node] = None
    found.update(dict.fromkeys(node.upstream))
    return tuple(found)


def start_node() -> Node:
    """The node that a workflow's inputs are outputs of: empty id, no entity."""
    return Node("", None, [], None)
