"""Pickle, for a parameter that opted in: `Annotated[T, Pickle]`, or `Annotated[dict, kwtypes(allow_pickle=True)]`.

Wire, as flytekit writes it: `blob{PythonPickle, SINGLE}` at `<raw data>/<random>/<md5 of the bytes>`, the type with the
class' name in its metadata. A dict that opted in is msgpack as long as msgpack can hold it, and else
`generic{"pickle_file": address}` with the literal's metadata `format=pickle`.

Reading unpickles, and so runs code, only through a codec made here; no other codec ever does. cloudpickle is used for
writing where it is installed.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import pickle
from collections.abc import Callable, Mapping
from typing import Any, cast

from literals import attempt, error_text, is_mapping, parse, pb, preview
from typeengine.annotations import Pickle
from typeengine.codec import Codec, Open
from typeengine.errors import TypeTransformerFailedError, wrong_literal, wrong_value
from typeengine.hints.forms import Form, Special
from typeengine.raw_data import storage
from typeengine.registry import CodecResolver, CodecRow
from typeengine.wire.offloading import fetched
from typeengine.wire.plain_values import struct_plain

FORMAT = "PythonPickle"
_KEY = "pickle_file"


def opted_in(form: Form) -> bool:
    """Whether a form's notes ask for pickle."""
    of_numpy = form.cls is not None and form.cls.__module__.partition(".")[0] == "numpy"
    return any(_is_mark(note.value) and not (of_numpy and isinstance(note.value, Mapping)) for note in form.notes)


def _is_mark(note: object) -> bool:
    if note is Pickle or isinstance(note, Pickle):
        return True
    return is_mapping(note) and note.get("allow_pickle") is True


def dumped(value: Any) -> bytes:
    """A value's pickle.

    Raises:
        TypeTransformerFailedError: it cannot be pickled.
    """
    library = importlib.import_module("cloudpickle") if importlib.util.find_spec("cloudpickle") else pickle
    made = attempt(library.dumps, value)
    if made.error is not None:
        raise wrong_value(f"what can be pickled ({error_text(made.error)})", value) from made.error
    return made.unwrap()


def loaded(data: bytes, where: str) -> Any:
    """The value of a pickle. Runs what the pickle says."""
    made = attempt(pickle.loads, data)
    if made.error is not None:
        raise wrong_literal("a pickle that loads here", f"{error_text(made.error)} (from {where})") from made.error
    return made.value


def class_name(form: Form) -> str:
    """The type's name in the metadata, as Python shows the type."""
    if form.origin is Special.ANY:
        return "typing.Any"
    return str(form.origin) if form.cls is not None and form.args is None else str(form)


def pickle_codec(form: Form, resolver: CodecResolver) -> Codec:
    """Values of any type, pickled."""
    if form.origin is dict or (form.cls is not None and form.args is None and form.origin is Mapping):
        return _dict_codec(form, resolver)

    def make_type(_: Open) -> Any:
        literal_type = pb.LiteralType()
        literal_type.blob.format = FORMAT
        literal_type.metadata.update({"python_class_name": class_name(form)})
        return literal_type

    fits = _fits(form)

    def checked(value: Any) -> Any:
        if not fits(value):
            raise wrong_value(f"a {form}", value)
        return value

    def encode(value: Any) -> bytes:
        literal = pb.Literal()
        literal.scalar.blob.uri = _stored(dumped(checked(value)))
        literal.scalar.blob.metadata.type.format = FORMAT
        return literal.SerializeToString(deterministic=True)

    def read(literal: pb.Literal) -> Any:
        literal = fetched(literal)
        held = literal.scalar.WhichOneof("value")
        if held == "union":
            return read(literal.scalar.union.value)
        if held == "blob" and literal.scalar.blob.metadata.type.format == FORMAT:
            return loaded(storage().read_bytes(literal.scalar.blob.uri), literal.scalar.blob.uri)
        if held == "binary" and literal.scalar.binary.tag in ("", "pickle", "cloudpickle"):
            return loaded(literal.scalar.binary.value, "the literal itself")
        raise wrong_literal("a pickle", str(held or literal.WhichOneof("value") or "nothing"))

    def from_plain(tree: object) -> Any:
        if not isinstance(tree, bytes):
            raise wrong_literal("the bytes of a pickle", preview(tree))
        return loaded(tree, "the value's own bytes")

    return Codec(
        form,
        tag="FlytePickle",
        make_type=make_type,
        encode=encode,
        read=read,
        to_plain=lambda value: dumped(checked(value)),
        from_plain=from_plain,
        accepts=fits,
        classes=() if form.cls is None else (dict,) if hasattr(form.origin, "__required_keys__") else (form.origin,),
    )


def _fits(form: Form) -> Callable[[object], bool]:
    """Whether a value is one of the type, as far as the type can be asked: a protocol cannot, and of a TypedDict it is a dict."""
    cls: Any = form.origin
    if form.cls is None or form.args is not None:
        return lambda _: True
    required: frozenset[str] | None = getattr(cls, "__required_keys__", None)  # a TypedDict
    if required is not None:
        return lambda value: isinstance(value, dict) and required <= cast("dict[object, object]", value).keys()
    if attempt(isinstance, None, cls).error is not None:
        return lambda _: True
    return lambda value: isinstance(value, cls)


def _stored(data: bytes) -> str:
    name = hashlib.md5(data, usedforsecurity=False).hexdigest()  # flytekit's name for it
    return storage().keep_made(lambda path: path.write_bytes(data), name)


def _dict_codec(form: Form, resolver: CodecResolver) -> Codec:
    """A dict: msgpack where it can be, a pickle where it cannot."""
    notes = tuple(note for note in form.notes if not _is_mark(note.value))
    inner: Codec = resolver.codec(Form(form.origin, form.args, notes=notes, spelling=form.spelling))

    def encode(value: Any) -> bytes:
        try:
            return inner.encode(value)
        except TypeTransformerFailedError:
            if not isinstance(value, dict):
                raise
        literal = pb.Literal()
        literal.scalar.generic.update({_KEY: _stored(dumped(value))})
        literal.metadata["format"] = "pickle"
        return literal.SerializeToString(deterministic=True)

    def read(literal: pb.Literal) -> Any:
        if literal.scalar.WhichOneof("value") != "generic" or literal.metadata.get("format") != "pickle":
            return inner.read(literal)
        address = struct_plain(literal.scalar.generic).get(_KEY)
        if not isinstance(address, str):
            raise wrong_literal(f"the address of a pickle under {_KEY!r}", preview(address))
        return loaded(storage().read_bytes(address), address)

    return inner.with_changes(form=form, encode=encode, read=read, decode=lambda data: read(parse(pb.Literal, data)))


ROWS: tuple[CodecRow, ...] = (CodecRow("anything, with Pickle", opted_in, pickle_codec),)
