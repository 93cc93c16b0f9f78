"""The nodes of a graph as wire bytes, in one pass over them: the nodes, who runs after whom, and where each was called.

What is the same for all nodes of an entity (settings, target, what stands around a promise) is made once, so that a plain
node costs one look-up and one template for each input. Bytes are put together as text of one byte a character, which is
faster than joining bytes. They are canonical: fields by number, map entries by key.

The same pass judges the nodes by the rules of `drawloom.ir.verify`, as a look-up too: whether this output may flow into that input
is found once for each pair of entities. A graph is *sound* if no rule is broken by its nodes and outputs; anything that
the look-up does not know (branches, gates, arrays, launch plans, paths, containers in containers) makes it not sound,
which means that `drawloom.ir.verify` has to read it.

Fast path of `drawloom.ir.verification.verify` after writing each node as a message. Laws: `tests/laws/test_what_is_written.py` (what is
written) and `tests/compiler/emit/test_writing.py` (what is called sound).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple, final

from compiler.graph.bind import Bound, BoundList, binding_bytes, data_bytes, references
from compiler.graph.node import EMBEDDED, TASK, WORKFLOW, Node, NodeEmitter
from compiler.graph.promise import Promise
from compiler.graph.workflow_graph import WorkflowGraph
from compiler.source_location import line_at
from drawloom.ir import mismatch
from literals import pb, wire

_SHORT, _CHUNK = 128, 2048
_ONE = [chr(size) for size in range(_SHORT)]
_TWO_BYTES = chr(_SHORT)  # what a text starts with whose length takes two bytes is at least this
_wide: dict[int, str] = {}
_RESERVED = frozenset({"", "start-node", "end-node"})
_START, _END = "start-node", "end-node"
_PRIMITIVE = b"\x0a\x0a"  # a Scalar, a Primitive in it: the tags at offsets 0 and 2


def text(data: bytes) -> str:
    """Bytes as text of one byte a character."""
    return data.decode("latin-1")


def name_text(name: str) -> str:
    """The bytes of a name as text of one byte a character."""
    return name if name.isascii() else name.encode().decode("latin-1")


def _varint(size: int) -> str:
    if size < _SHORT:
        return _ONE[size]
    found = _wide.get(size)
    if found is None:
        if len(_wide) > _SHORT * _SHORT:
            _wide.clear()
        found = _wide[size] = text(wire.varint(size))
    return found


def sized(content: str) -> str:
    """A length and what is so long."""
    size = len(content)
    return f"{_ONE[size]}{content}" if size < _SHORT else f"{_varint(size)}{content}"


def _unsized(content: str) -> str:
    return content[1:] if content < _TWO_BYTES else content[2:]


class BindingParts(NamedTuple):
    """What stands before and behind the node's id in a promise, and whether it may flow there."""

    head: str
    tail: str
    fits: bool


@final
class NodeTemplate:
    """What is the same for all plain nodes of one entity. `takes` and `gives` are None where the rules must look."""

    __slots__ = ("constants", "elements", "gives", "metadata", "pieces", "plain", "singles", "size", "takes", "target")

    def __init__(
        self,
        gives: Mapping[str, pb.LiteralType] | None,
        takes: Mapping[str, pb.LiteralType] | None = None,
        metadata: str = "",
        target: str = "",
        *,
        plain: bool = False,
    ) -> None:
        self.gives = gives
        self.takes = takes
        self.size = -1 if takes is None else len(takes)
        self.metadata = metadata
        self.target = target
        self.plain = plain
        self.pieces: dict[tuple[NodeTemplate, str, str, int], BindingParts] = {}
        self.elements: dict[tuple[NodeTemplate, str, str, int], BindingParts] = {}
        self.singles: dict[tuple[NodeTemplate, str, str, int], tuple[str, str, int, bool]] = {}
        self.constants: dict[tuple[str, bytes], tuple[str, bool]] = {}

    def piece(self, source: NodeTemplate, output: str, name: str, size: int) -> BindingParts:
        """The Binding (field 3 of a Node) of an input to an output of a node whose id takes `size` bytes, 0 for none."""
        data, reference = _promise(output, size)
        inner = f"\n{sized(name_text(name))}\x12{_varint(len(data) + reference)}{data}"
        head = f"\x1a{_varint(len(inner) + reference)}{inner}" + ("\n" if size else "")
        fits = _flows(source, output, None if self.takes is None else self.takes.get(name))
        made = self.pieces[source, output, name, size] = BindingParts(head, f"\x12{sized(name_text(output))}", fits)
        return made

    def single(self, source: NodeTemplate, output: str, name: str, size: int) -> tuple[str, str, int, bool]:
        """What stands between the ids of a node with this input alone, all sizes but that of its own id, and if it fits."""
        head, tail, fits = self.piece(source, output, name, size)
        before, behind = f"{self.metadata}{head}", f'{tail}"' if size else tail
        whole = 1 + len(before) + len(behind) + 2 * size + len(self.target)
        made = self.singles[source, output, name, size] = (before, behind, whole, fits and self.size == 1)
        return made

    def element(self, source: NodeTemplate, output: str, name: str, size: int) -> BindingParts:
        """The same as an element of a list (field 1 of a BindingDataCollection)."""
        data, reference = _promise(output, size)
        head = f"\n{_varint(len(data) + reference)}{data}" + ("\n" if size else "")
        kind = None if self.takes is None else self.takes.get(name)
        inner = kind.collection_type if kind is not None and kind.HasField("collection_type") else None
        made = self.elements[source, output, name, size] = BindingParts(
            head, f"\x12{sized(name_text(output))}", _flows(source, output, inner)
        )
        return made

    def constant(self, name: str, data: bytes) -> tuple[str, bool]:
        """The Binding of an input to a constant, and whether the input takes it."""
        kind = None if self.takes is None else self.takes.get(name)
        fits = kind is not None and _is_primitive(data) and mismatch(pb.Literal.FromString(data), kind) is None
        made = self.constants[name, data] = (text(binding_bytes(name, data)), fits)
        return made


def _is_primitive(data: bytes) -> bool:
    """Whether this BindingData is a lone primitive, whose bytes a Literal has too. Others may be nested deeply."""
    return data[:1] + data[2:3] == _PRIMITIVE and data[1] == len(data) - 2


def _promise(output: str, size: int) -> tuple[str, int]:
    """What a BindingData with a promise starts with, and how many bytes of OutputReference follow."""
    reference = len(sized(name_text(output))) + 1 + (size + 1 if size else 0)
    return f"\x1a{_varint(reference)}", reference


def _flows(source: NodeTemplate, output: str, kind: pb.LiteralType | None) -> bool:
    given = None if source.gives is None else source.gives.get(output)
    return given is not None and kind is not None and mismatch(given, kind) is None


_FOREIGN = NodeTemplate(None)
"""What is known of a node of another graph."""


class WrittenGraph(NamedTuple):
    """One graph, written. `nodes`: bytes in pieces. `names`: the id of each node with its length before it.

    `waits`: those that each waits for; one alone is itself, none is an empty text.
    """

    nodes: list[bytes]
    outputs: bytes
    names: list[str]
    waits: list[str | tuple[str, ...]]
    sound: bool


class GraphWriter:
    """Writes graphs under one set of settings; what it knows of entities serves all of them."""

    def __init__(self) -> None:
        self._templates: dict[Any, NodeTemplate] = {}

    def write(self, graph: WorkflowGraph, interface: pb.TypedInterface, emitter: NodeEmitter) -> WrittenGraph:
        """All nodes, and the outputs, of the workflow with this interface."""
        templates = self._templates
        known = _KnownNodes(interface.inputs)
        names: list[str] = []
        waits: list[str | tuple[str, ...]] = []
        chunks: list[bytes] = []
        parts: list[str] = []
        sound = _RESERVED.isdisjoint([node.drawloom_id for node in graph.nodes])
        for node in graph.nodes:
            name = node.drawloom_id
            name = f"{_ONE[len(name)]}{name}" if len(name) < _SHORT and name.isascii() else sized(name_text(name))
            template = templates.get(node.entity) or self._template(node.entity, emitter)
            # Values come from nodes before; of a later one that is only waited for, `known` finds the name.
            known[node] = (name, template)
            bound = node.bound
            if (
                len(bound) == 1
                and node.drawloom_extras is None
                and type(data := bound[0][1]) is Promise
                and template.plain
            ):
                # The commonest node: one input, which is a promise, and nothing of its own.
                ups, source = known[data.drawloom_node]
                key = (source, data.drawloom_var, bound[0][0], len(ups))
                before, behind, size, fits = template.singles.get(key) or template.single(*key)
                size += len(name)
                head = _ONE[size] if size < _SHORT else _wide.get(size) or _varint(size)
                if not data.drawloom_path:
                    parts.append(f'"{head}\n{name}{before}{ups}{behind}{ups}{template.target}')
                else:
                    fits = False
                    parts.append('"' + sized(self._body(node, name, template, known, emitter)[0]))
            else:
                body, fits, ups = self._body(node, name, template, known, emitter)
                parts.append('"' + sized(body))
            if not fits:
                sound = False
            names.append(name)
            waits.append(ups)
            if len(parts) == _CHUNK:
                chunks.append("".join(parts).encode("latin-1"))
                parts.clear()
        chunks.append("".join(parts).encode("latin-1"))
        outputs, whole = _outputs(graph.outputs, interface, known)
        return WrittenGraph(chunks, outputs, names, waits, sound and whole)

    def _body(
        self, node: Node, name: str, template: NodeTemplate, known: _KnownNodes, emitter: NodeEmitter
    ) -> tuple[str, bool, str | tuple[str, ...]]:
        """The bytes of any node, whether it keeps the rules, and the nodes that it waits for."""
        ups: dict[str, None] = {}
        inputs, fits = _inputs(node.bound, template, known, ups)
        metadata, target, aliases = template.metadata, template.target, ""
        if node.drawloom_extras is not None or not template.plain:
            metadata, target, aliases, in_time = _parts_of_its_own(node, template, emitter)
            fits = fits and in_time
            ups.update((known[other][0], None) for other in node.upstream)
        if ups:
            inputs += '"' + '"'.join(ups)
        return f"\n{name}{metadata}{inputs}{aliases}{target}", fits, (*ups,) if len(ups) > 1 else next(iter(ups), "")

    def _template(self, entity: Any, emitter: NodeEmitter) -> NodeTemplate:
        """The template of an entity: of a node that says nothing of its own, whichever node of it is met first."""
        if not entity.has_constant_target:
            made = NodeTemplate(None)
        else:
            plain = Node("", entity, (), None)
            metadata, target = plain.metadata, entity.node_target(plain, emitter)
            kind = target.task_node if entity.resource_type == TASK else target.workflow_node
            refers = (
                kind.HasField("reference_id" if entity.resource_type == TASK else "sub_workflow_ref")
                if (entity.resource_type in {TASK, WORKFLOW})
                else False
            )
            judged = refers and entity.is_written and bool(entity.name) and _in_time(metadata)
            made = NodeTemplate(
                _types(entity.interface.outputs) if judged else None,
                _types(entity.interface.inputs) if judged else None,
                f"\x12{sized(text(metadata.SerializeToString(deterministic=True)))}",
                text(target.SerializeToString(deterministic=True)),
                plain=True,
            )
        self._templates[entity] = made
        return made


def _parts_of_its_own(node: Node, template: NodeTemplate, emitter: NodeEmitter) -> tuple[str, str, str, bool]:
    """Settings, target and aliases of a node that is not like the others of its entity; whether its times are right."""
    aliases = "".join(
        "*" + sized(f"\n{sized(name_text(var))}\x12{sized(name_text(alias))}") for var, alias in node.aliases
    )
    if template.plain and node.overrides is None:  # an order, aliases, or only promises of all outputs
        return template.metadata, template.target, aliases, True
    metadata: pb.NodeMetadata = node.metadata
    target = text(node.entity.node_target(node, emitter).SerializeToString(deterministic=True))
    written = text(metadata.SerializeToString(deterministic=True))
    return f"\x12{sized(written)}", target, aliases, template.plain and _in_time(metadata)


def _types(variables: pb.VariableMap) -> dict[str, pb.LiteralType]:
    return {name: variable.type for name, variable in variables.variables.items()}


def _in_time(metadata: pb.NodeMetadata) -> bool:
    return metadata.timeout.seconds >= 0 and metadata.timeout.nanos >= 0


@final
class _KnownNodes(dict[Node, "tuple[str, NodeTemplate]"]):
    """The nodes of a graph: the id with its length before, and the template. The node of the workflow's inputs has no id."""

    def __init__(self, inputs: pb.VariableMap) -> None:
        super().__init__()
        self._start = NodeTemplate(_types(inputs))

    def __missing__(self, node: Node) -> tuple[str, NodeTemplate]:
        made = ("", self._start) if node.entity is None else (sized(name_text(node.id)), _FOREIGN)
        self[node] = made
        return made


def _inputs(
    bound: Sequence[tuple[str, Bound]], template: NodeTemplate, known: _KnownNodes, ups: dict[str, None]
) -> tuple[str, bool]:
    """The inputs of a node, and whether it takes them. The nodes that it reads are put into `ups`."""
    written = ""
    sound = len(bound) == template.size
    for name, data in bound:
        if isinstance(data, Promise) and not data.drawloom_path:
            up, source = known[data.drawloom_node]
            key = (source, data.drawloom_var, name, len(up))
            head, tail, fits = template.pieces.get(key) or template.piece(*key)
            written = f"{written}{head}{up}{tail}"
            if up:
                ups[up] = None
        elif isinstance(data, bytes):
            binding, fits = template.constants.get((name, data)) or template.constant(name, data)
            written += binding
        elif isinstance(data, BoundList):
            binding, fits = _list(name, data, template, known, ups)
            written += binding
        else:
            fits = False
            written += text(binding_bytes(name, data))
            _read(data, known, ups)
        if not fits:
            sound = False
    if len(bound) > 1 and len({name for name, _ in bound}) != len(bound):
        sound = False
    return written, sound


def _list(
    name: str, data: BoundList, template: NodeTemplate, known: _KnownNodes, ups: dict[str, None]
) -> tuple[str, bool]:
    """A list with promises in it as the Binding of an input, and whether every element may be there."""
    parts: list[str] = []
    sound = True
    for item in data.items:
        if isinstance(item, Promise) and not item.drawloom_path:
            up, source = known[item.drawloom_node]
            key = (source, item.drawloom_var, name, len(up))
            head, tail, fits = template.elements.get(key) or template.element(*key)
            parts.append(f"{head}{up}{tail}")
            if up:
                ups[up] = None
        else:
            fits = False
            parts.append("\n" + sized(text(data_bytes(item))))
            _read(item, known, ups)
        sound = sound and fits
    listed = "\x12" + sized("".join(parts))
    return "\x1a" + sized(f"\n{sized(name_text(name))}\x12{sized(listed)}"), sound


def _read(data: Bound, known: _KnownNodes, ups: dict[str, None]) -> None:
    for promise in references(data):
        if promise.drawloom_node.entity is not None:
            ups[known[promise.drawloom_node][0]] = None


def _outputs(
    outputs: Iterable[tuple[str, Bound]], interface: pb.TypedInterface, known: _KnownNodes
) -> tuple[bytes, bool]:
    """The outputs of a workflow (field 5 of its template), and whether they are what it declares."""
    declared = _types(interface.outputs)
    names: list[str] = []
    parts: list[bytes] = []
    sound = True
    for name, data in outputs:
        names.append(name)
        kind = declared.get(name)
        parts.append(wire.delimited(5, wire.delimited(1, name.encode()) + wire.delimited(2, data_bytes(data))))
        if isinstance(data, Promise) and not data.drawloom_path:
            sound = sound and _flows(known[data.drawloom_node][1], data.drawloom_var, kind)
        elif isinstance(data, bytes) and kind is not None and _is_primitive(data):
            sound = sound and mismatch(pb.Literal.FromString(data), kind) is None
        else:
            sound = False
    return b"".join(parts), sound and sorted(names) == sorted(declared)


def connection_bytes(written: WrittenGraph) -> bytes:
    """The ConnectionSet of a graph in which no node embeds others: who runs after whom, the ends as nodes of their own."""
    start, end = sized(_START), sized(_END)
    # One follower alone is itself, several are a list; so with what a node waits for.
    followers: dict[str, str | list[str]] = {}
    for name, waits in zip(written.names, written.waits, strict=True):
        for before in waits if isinstance(waits, tuple) else (waits or start,):
            if before not in followers:
                followers[before] = name
            elif type(known := followers[before]) is list:
                known.append(name)
            else:
                followers[before] = [f"{known}", name]
    upstream: dict[str, str | Sequence[str]] = dict(zip(written.names, written.waits, strict=True))
    if ends := [name for name in written.names if name not in followers]:
        followers.update(dict.fromkeys(ends, end))
        upstream[end] = ends
    order = sorted([start, *upstream], key=_map_order)
    return _entries(":", followers, order, end) + _entries("B", upstream, order, start)


def _entries(tag: str, lists: Mapping[str, str | Sequence[str]], order: Sequence[str], default: str) -> bytes:
    """A map of names to IdLists, in this order of names."""
    parts: list[str] = []
    for name in order:
        ids = lists.get(name)
        if ids is None:
            continue
        listed = f"\n{ids or default}" if type(ids) is str else _listed(ids or (default,))
        size = len(listed)
        whole = len(name) + size + 3
        if whole < _SHORT:
            parts.append(f"{tag}{_ONE[whole]}\n{name}\x12{_ONE[size]}{listed}")
        else:
            parts.append(tag + sized(f"\n{name}\x12{sized(listed)}"))
    return "".join(parts).encode("latin-1")


def _map_order(name: str) -> str:
    """`literals.map_order` of a name with its length before it."""
    return (name[1:] if name < _TWO_BYTES else name[2:]) + "\xff"


def _listed(names: Iterable[str]) -> str:
    """Field 1 of an IdList for each of these names."""
    return "\n" + "\n".join(sorted(names, key=_unsized))


def embeds(graph: WorkflowGraph) -> bool:
    """Whether a node holds others, whose needs are its own."""
    return any(entity.resource_type == EMBEDDED for entity in graph.entities())


def location_pieces(graph: WorkflowGraph, names: list[str], identifier: bytes) -> list[bytes]:
    """Field 5 of a Bundle for each node: the line of its call, by the name of its file and nothing of the folders."""
    head = f"\n{sized(text(identifier))}\x12"
    chunks: list[bytes] = []
    parts: list[str] = []
    last: CodeType | None = None
    file, fixed = "", 0
    ranges: Iterator[tuple[int, int, int | None]] = iter(())
    start = end = 0
    line: int | None = 0
    for node, name in zip(graph.nodes, names, strict=True):
        code = node.drawloom_code
        if isinstance(code, CodeType):
            if code is not last:
                last, file = code, f"{_file(code.co_filename)} "
                fixed = len(head) + len(file)
                ranges, start, end = code.co_lines(), 0, 0
            lasti = node.drawloom_lasti
            while lasti >= end:  # most calls are behind the one before
                start, end, line = next(ranges)
            shown = line_at(code, lasti) if lasti < start or line is None else line
            number = _ONE[shown] if shown < _SHORT else _wide.get(shown) or _varint(shown)
            size = fixed + len(name) + len(number)
            length = _ONE[size] if size < _SHORT else _wide.get(size) or _varint(size)
            parts.append(f"*{length}{head}{name}{file}{number}")
        elif code is not None:
            number = f" {_varint(code.line)}" if code.line else ""
            parts.append("*" + sized(f"{head}{name}{_file(code.file)}{number}"))
        if len(parts) == _CHUNK:
            chunks.append("".join(parts).encode("latin-1"))
            parts.clear()
    return [*chunks, "".join(parts).encode("latin-1")]


def _file(path: str) -> str:
    return f"\x1a{sized(name_text(Path(path).name))}"
