"""Union and Optional. The variant is chosen by rule: the exact class of the value, then declared order.

Where several variants have that class (two lists), the first whose elements fit is taken. The choice travels as Flyte's
union literal: the value, and the variant's literal type with the transformer's name in `structure.tag`. Variants whose
types would be the same bytes are told apart by `metadata.variant`, which peers ignore.

Reading: the type as written picks the variant. A type written by somebody else is matched by its tag, then by
assignability, then by schema. A literal that is not a union is matched by its form; one that fits two variants is an error
that lists them. In structs a union is the bare value, as peers write it; only where its form does not tell which variant
it was is it wrapped as `{"drawloom.variant": index, "value": ...}`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, final

from literals import (
    assignable,
    canonical_bytes,
    check_size,
    class_of,
    conforms,
    list_decoding,
    literal_text,
    pb,
    preview,
    type_text,
)
from typeengine.builtin.enums import TAGS, TEXTS
from typeengine.builtin.plain_lists import optional, plain_list
from typeengine.builtin.union_trials import once
from typeengine.codec import OWN, Codec, Open, Plain, SchemaContext, decode_all, plain_decode
from typeengine.errors import TypeTransformerFailedError, wrong_literal, wrong_value
from typeengine.hints.forms import Form, Special
from typeengine.registry import CodecResolver, CodecRow
from typeengine.wire.foreign_literals import MSGPACK
from typeengine.wire.literal_bytes import Frames, union_literal, varint
from typeengine.wire.offloading import fetched
from typeengine.wire.plain_values import unpack
from typeengine.wire.scalar_decoders import Heads, union_parts

UNION_TAG: Final = "Typed Union"
_VARIANT: Final = "drawloom.variant"
_VALUE: Final = "value"
_INDEX: Final = "variant"
_TYPE_FIELD: Final = 2
_UNION_KEYS: Final = b"\x0a\x4a\x0a"
"""The frames around a union's value: the scalar's, the union's, the value's."""
_ELEMENT_KEYS: Final = b"\x0a" + _UNION_KEYS
_SCALARS: Final = frozenset({str, bytes, bool, int, float})


def union_codec(form: Form, resolver: CodecResolver) -> Codec:
    """A union of any types."""
    args = form.args or ()
    variants = [resolver.codec(arg, f"<{arg}>") for arg in args]
    return _Union(form, variants).codec()


@final
class _Union:
    """The functions of one union's codec."""

    def __init__(self, form: Form, variants: list[Codec]) -> None:
        self.form = form
        self.variants = variants
        self.by_class: dict[type, tuple[int, ...]] = {}
        for index, variant in enumerate(variants):
            for cls in variant.classes:
                self.by_class[cls] = (*self.by_class.get(cls, ()), index)
        self.suffixes: list[bytes] = []
        self.by_type: dict[bytes, int] = {}
        self.by_suffix: dict[bytes, int] = {}
        self.heads: list[Frames] = []
        self.frames: list[Frames] = []
        self.none: bytes | None = None
        self.writers: dict[type, tuple[Callable[[Any], bytes], Frames, bytes]] = {}
        self.readers: tuple[tuple[bytes, Heads, Callable[[bytes], Any], int], ...] = ()
        tries = self._tries()
        self.accepts = once(self, "accepts", self._accepts) if tries else self._accepts
        self.to_plain = once(self, "to_plain", self._to_plain) if tries else self._to_plain
        self.from_plain = once(self, "from_plain", self._from_plain) if tries else self._from_plain
        self.walk = plain_decode(self.read)

    def _tries(self) -> bool:
        """Whether variants are tried, since their plain form, or the class of their values, does not tell them apart."""
        kinds = [kind for variant in self.variants for kind in set(variant.kinds)]
        unknown = any(not variant.kinds for variant in self.variants)
        return unknown or len(set(kinds)) < len(kinds) or any(len(found) > 1 for found in self.by_class.values())

    def index(self, value: Any) -> int:
        """Which variant a value is of."""
        found = self.by_class.get(class_of(value), ())
        if len(found) == 1:
            return found[0]
        for index in found:
            if self.variants[index].accepts(value):
                return index
        if found:
            return found[0]
        for index, variant in enumerate(self.variants):
            if variant.accepts(value):
                return index
        raise wrong_value(str(self.form), value)

    def encode(self, value: Any) -> bytes:
        if value is None and self.none is not None:
            return self.none
        found = self.writers.get(class_of(value))
        if found is None:
            found = self._writer(value)
        encode, heads, suffix = found
        literal = encode(value)
        return heads[len(literal)] + literal + suffix

    def _writer(self, value: Any) -> tuple[Callable[[Any], bytes], Frames, bytes]:
        """How a value is written whose class is not known yet, or not enough to tell its variant."""
        if not self.suffixes:
            self._prepare()
        index = self.index(value)
        suffix = self.suffixes[index]
        found = (self.variants[index].encode, self.frames[index], suffix)
        if len(self.by_class.get(class_of(value), ())) == 1:
            self.writers[class_of(value)] = found
        return found

    def decode(self, data: bytes) -> Any:
        if data == self.none:
            return None
        for suffix, heads, decode, size in self.readers:
            if data.endswith(suffix):
                head = heads[len(data)]
                if data.startswith(head):
                    return decode(data[len(head) : -size])
        return self._decode(data)

    def _decode(self, data: bytes) -> Any:
        """As `decode`, before anything is known and where the type is not one of the variants' as they are written."""
        parts = union_parts(data)
        if parts is None:
            return self.walk(data)
        if not self.suffixes:
            self._prepare()
        index = self.by_suffix.get(parts[1])
        return self.walk(data) if index is None else self.variants[index].decode(parts[0])

    def column(self, data: bytes) -> list[Any] | None:
        """A list of unions: its values by variant, each variant's as a list of its own, and then in their order again.

        Fast path of `typeengine.codec.convert_all`, a walk for each union. Law: `tests/laws/test_fast_paths.py`.
        """
        found = list_decoding.unions(data)
        if found is None:
            return None
        if not self.suffixes:
            self._prepare()
        values, types = found
        groups: dict[bytes, list[bytes]] = {kind: [] for kind in set(types)}
        if not groups.keys() <= self.by_type.keys():
            return None
        for kind, value in zip(types, values, strict=True):
            groups[kind].append(value)
        try:
            decoded = {
                kind: iter(decode_all(self.variants[self.by_type[kind]], parts)) for kind, parts in groups.items()
            }
        except TypeTransformerFailedError:
            return None  # element by element finds the place
        return list(map(next, map(decoded.__getitem__, types)))

    def many(self, values: Any) -> bytes | None:
        """A list whose values each have a class of one variant."""
        if not self.suffixes:
            self._prepare()
        choice: dict[type, tuple[Callable[[Any], bytes], Frames, bytes]] = {}
        for cls in set(map(type, values)):
            index = self.by_class.get(cls, ())
            if len(index) != 1:
                return None
            choice[cls] = (self.variants[index[0]].encode, self.heads[index[0]], self.suffixes[index[0]])
        out: list[bytes] = []
        append = out.append
        try:
            for value in values:
                encode, heads, suffix = choice[type(value)]
                literal = encode(value)
                append(heads[len(literal)] + literal + suffix)
        except TypeTransformerFailedError as error:
            raise error.at(f"[{len(out)}]") from error.__cause__
        body = b"".join(out)
        check_size(len(body))
        return b"\x12" + varint(len(body)) + body

    def _prepare(self) -> None:
        types = [canonical_bytes(one) for one in self._types(frozenset())]
        self.by_type = {data: index for index, data in enumerate(types)}
        suffixes = [bytes((_TYPE_FIELD << 3 | 2,)) + varint(len(data)) + data for data in types]
        self.by_suffix = {suffix: index for index, suffix in enumerate(suffixes)}
        self.heads = [Frames(_ELEMENT_KEYS, len(suffix)) for suffix in suffixes]
        self.frames = [Frames(_UNION_KEYS, len(suffix)) for suffix in suffixes]
        self.readers = tuple(
            (suffix, Heads(frames.__getitem__, len(suffix)), variant.decode, len(suffix))
            for suffix, frames, variant in zip(suffixes, self.frames, self.variants, strict=True)
        )
        self.suffixes = suffixes
        for suffix, variant in zip(suffixes, self.variants, strict=True):
            if variant.form.origin is Special.NONE and len(self.by_class[type(None)]) == 1 and not variant.form.notes:
                self.none = union_literal(variant.encode(None), suffix)

    def _types(self, open_: Open) -> list[Any]:
        """The variants' literal types, tagged, and told apart where they would be equal."""
        out: list[Any] = []
        seen: set[bytes] = set()
        for index, variant in enumerate(self.variants):
            one = pb.LiteralType()
            one.CopyFrom(variant.make_type(open_))
            one.structure.Clear()
            one.structure.tag = variant.tag
            if canonical_bytes(one) in seen:
                one.metadata.fields[_INDEX].number_value = index
            seen.add(canonical_bytes(one))
            out.append(one)
        return out

    def make_type(self, open_: Open) -> Any:
        return pb.LiteralType(union_type=pb.UnionType(variants=self._types(open_)))

    def read(self, literal: pb.Literal) -> Any:
        kind = literal.WhichOneof("value")
        if kind == "offloaded_metadata":
            return self.read(fetched(literal))
        held = literal.scalar.WhichOneof("value") if kind == "scalar" else None
        if held == "union":
            return self.variants[self._written_index(literal.scalar.union)].read(literal.scalar.union.value)
        if held == "binary" and literal.scalar.binary.tag == MSGPACK:
            return self.from_plain(unpack(literal.scalar.binary.value))
        fitting = [
            index for index, variant in enumerate(self.variants) if conforms(literal, variant.literal_type) is None
        ]
        if not fitting:
            fitting = [index for index, variant in enumerate(self.variants) if _lenient(literal, variant)]
        return self.variants[self._only(fitting, literal_text(literal)[:100])].read(literal)

    def _written_index(self, union: pb.Union) -> int:
        """The variant that a union literal says it is of."""
        if not self.by_type:
            self._prepare()
        exact = self.by_type.get(canonical_bytes(union.type))
        if exact is not None:
            return exact
        texts = tuple(union.type.enum_type.values)
        flows = [i for i, variant in enumerate(self.variants) if texts and texts in variant.extra.get(TEXTS, ())]
        if not flows:
            flows = [
                i for i, variant in enumerate(self.variants) if assignable(union.type, variant.literal_type) is None
            ]
        if not flows:  # the other dialect's enum: other texts under the same tag
            flows = [i for i, variant in enumerate(self.variants) if _same_but_texts(variant, union.type)]
        tag, metadata = union.type.structure.tag, union.type.metadata
        for narrowed in (
            [i for i in flows if tag in self.variants[i].extra.get(TAGS, (self.variants[i].tag,))],
            [i for i in flows if self.variants[i].literal_type.metadata == metadata],
            [i for i in flows if _title(self.variants[i].literal_type) == _title(union.type)],
            [i for i in flows if conforms(union.value, self.variants[i].literal_type) is None],
            [i for i in flows if _decodes(self.variants[i].read, union.value)],
        ):
            if len(flows) == 1:
                break
            flows = [i for i in flows if i in narrowed] or flows
        if len(flows) > 1 and _holds_nothing(union.value) and self._of_one_class(flows):
            return flows[0]
        return self._only(flows, type_text(union.type)[:100])

    def _only(self, fitting: list[int], got: str) -> int:
        if len(fitting) == 1:
            return fitting[0]
        if not fitting:
            raise wrong_literal(str(self.form), got)
        names = " and ".join(str(self.variants[index].form) for index in fitting)
        raise wrong_literal(
            f"one variant of {self.form}", f"{got}, which fits {names}", fix="write it with a union's tag"
        )

    def _to_plain(self, value: Any, /) -> Plain:
        index = self.index(value)
        tree = self.variants[index].to_plain(value)
        if self._told(tree, index):
            return tree
        return {_VARIANT: index, _VALUE: tree}

    def _told(self, tree: Plain, index: int) -> bool:
        """Whether a plain tree alone says that it is of variant `index`."""
        if isinstance(tree, dict) and tree.keys() == {_VARIANT, _VALUE}:
            return False
        candidates = self._candidates(tree)
        return candidates[0] == index if len(candidates) == 1 or self._empty(tree, candidates) else False

    def _empty(self, tree: Plain, candidates: list[int]) -> bool:
        return bool(candidates) and tree in ([], {}) and self._of_one_class(candidates)

    def _of_one_class(self, candidates: list[int]) -> bool:
        """An empty list or dict is the same value whichever variant of that class it is."""
        return len({self.variants[i].classes for i in candidates}) == 1

    def _candidates(self, tree: Plain) -> list[int]:
        kind = type(tree)
        exact = [i for i, variant in enumerate(self.variants) if not variant.kinds or kind in variant.kinds]
        if len(exact) == 1 and self.variants[exact[0]].kinds:
            return exact
        of_class = [i for i in exact if self.variants[i].form.origin is kind and kind in _SCALARS]
        if of_class:
            return of_class
        fitting = [i for i in exact if self.variants[i].fits(tree)]
        if fitting or kind not in (int, float):
            return fitting
        return [i for i, variant in enumerate(self.variants) if _number_fits(variant, tree)]

    def _from_plain(self, tree: Plain, /) -> Any:
        if isinstance(tree, dict) and tree.keys() == {_VARIANT, _VALUE}:
            index = tree[_VARIANT]
            if type(index) is not int or not 0 <= index < len(self.variants):
                raise wrong_literal(f"the index of a variant of {self.form}", preview(index))
            return self.variants[index].from_plain(tree[_VALUE])
        candidates = self._candidates(tree)
        if len(candidates) > 1 and self._empty(tree, candidates):
            candidates = candidates[:1]
        return self.variants[self._only(candidates, preview(tree))].from_plain(tree)

    def _accepts(self, value: Any, /) -> bool:
        return any(variant.accepts(value) for variant in self.variants)

    def make_schema(self, context: SchemaContext) -> dict[str, Any]:
        return {"anyOf": [variant.make_schema(context) for variant in self.variants]}

    def _own(self) -> dict[str, Any]:
        """What the codec of a union has besides whose variants are told apart by their classes alone, in either form."""
        own: frozenset[type] = frozenset()
        for variant in self.variants:
            more: frozenset[type] = variant.extra.get(OWN, frozenset())
            if not more or own & more:
                return {}
            own |= more
        return {"extra": {OWN: own}, "to_plains": plain_list(own), "from_plains": plain_list(own)}

    def _whole(self) -> dict[str, Any]:
        """The conversions of whole lists of values or None, told apart by their classes, in either form."""
        some = [variant for variant in self.variants if variant.form.origin is not Special.NONE]
        if len(some) != 1 or len(self.variants) == 1 or self._tries():
            return {}
        wrapped = frozenset({_VARIANT, _VALUE})
        return {way: optional(some[0], way, wrapped) for way in ("to_plains", "from_plains")}

    def codec(self) -> Codec:
        classes = tuple(cls for variant in self.variants for cls in variant.classes)
        kinds = tuple(kind for variant in self.variants for kind in variant.kinds)
        known = all(variant.kinds for variant in self.variants)
        vague = next((f"<{variant.form}>{variant.plain_only}" for variant in self.variants if variant.plain_only), "")
        return Codec(
            self.form,
            tag=UNION_TAG,
            make_type=self.make_type,
            encode=self.encode,
            read=self.read,
            decode=self.decode,
            many=self.many,
            column=self.column,
            to_plain=self.to_plain,
            from_plain=self.from_plain,
            accepts=self.accepts,
            classes=classes,
            make_schema=self.make_schema,
            kinds=(*kinds, dict) if known else (),
            plain_only=vague,
            **(self._own() or self._whole()),
            depth=3 + max(variant.depth for variant in self.variants),
        )


def _same_but_texts(variant: Codec, written: pb.LiteralType) -> bool:
    """Whether a type differs from a variant's in the texts of enums only: the other dialect wrote it."""
    return variant.tag == written.structure.tag and _without_texts(variant.literal_type) == _without_texts(written)


def _without_texts(literal_type: pb.LiteralType) -> Any:
    out = pb.LiteralType()
    kind = literal_type.WhichOneof("type")
    if kind == "enum_type":
        out.simple = pb.SimpleType.Value("STRING")  # what the other dialect may write for the same type
    elif kind in ("collection_type", "map_value_type"):
        getattr(out, kind).CopyFrom(_without_texts(getattr(literal_type, kind)))
    elif kind == "union_type":
        out.union_type.variants.extend(_without_texts(one) for one in literal_type.union_type.variants)
    elif kind is not None:
        out.CopyFrom(literal_type)
        for name in ("metadata", "structure", "annotation"):
            out.ClearField(name)
    return out


def _holds_nothing(literal: pb.Literal) -> bool:
    """Whether a literal is a list or a map without elements."""
    kind = literal.WhichOneof("value")
    return (kind == "collection" and not literal.collection.literals) or (kind == "map" and not literal.map.literals)


def _title(literal_type: pb.LiteralType) -> str:
    return literal_type.metadata.fields["title"].string_value if "title" in literal_type.metadata.fields else ""


def _number_fits(variant: Codec, tree: Plain) -> bool:
    return (int in variant.kinds or float in variant.kinds) and _decodes(variant.from_plain, tree)


def _lenient(literal: pb.Literal, variant: Codec) -> bool:
    """Whether a literal decodes as a variant though its kind is another one (an integer for a float)."""
    return _decodes(variant.read, literal)


def _decodes(decode: Callable[[Any], Any], data: object) -> bool:
    try:
        decode(data)
    except TypeTransformerFailedError:
        return False
    return True


ROWS: Final = (CodecRow("Union", lambda form: form.origin is Special.UNION, union_codec),)
