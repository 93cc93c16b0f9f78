"""torch: tensors as files that `torch.save` writes, where flytekit writes them.

Wire: `blob{PyTorchTensor, SINGLE}`; inside structs the file's bytes. Reading allows tensors only (`weights_only`), so no
code of the file runs. A module is a pickle of its class: opt in with `Annotated[MyModule, Pickle]`, or let its
`state_dict()` travel as `dict[str, torch.Tensor]`.
"""

from __future__ import annotations

import importlib
import io
from typing import Any

from literals import attempt, pb, preview
from typeengine.codec import Codec, Open
from typeengine.errors import unsupported, wrong_literal, wrong_value
from typeengine.hints.forms import Form
from typeengine.raw_data import storage
from typeengine.registry import CodecResolver, CodecRow
from typeengine.wire.foreign_literals import foreign

FORMAT = "PyTorchTensor"
torch: Any = importlib.import_module("torch")
"""The library, whose types checkers cannot see where it is not installed."""


def tensor_codec(form: Form, resolver: CodecResolver) -> Codec:
    """torch.Tensor, and its subclasses such as Parameter."""
    del resolver
    kind: Any = form.origin

    def make_type(_: Open) -> Any:
        literal_type = pb.LiteralType()
        literal_type.blob.format = FORMAT
        return literal_type

    def dumped(value: Any) -> bytes:
        if not isinstance(value, kind):
            raise wrong_value(f"a torch {kind.__name__}", value)
        buffer = io.BytesIO()
        torch.save(_without_base(value), buffer)
        return buffer.getvalue()

    def loaded(data: bytes) -> Any:
        made = attempt(torch.load, io.BytesIO(data), weights_only=True, map_location="cpu")
        if made.error is not None or not isinstance(made.value, torch.Tensor):
            raise wrong_literal("a file of one tensor", preview(data[:40])) from made.error
        return made.value

    def encode(value: Any) -> bytes:
        data = dumped(value)
        literal = pb.Literal()
        literal.scalar.blob.uri = storage().keep_made(lambda path: path.write_bytes(data), "tensor.pt")
        literal.scalar.blob.metadata.type.format = FORMAT
        return literal.SerializeToString(deterministic=True)

    def read(literal: pb.Literal) -> Any:
        if literal.scalar.WhichOneof("value") != "blob":
            return foreign(literal, read, from_plain, "a torch tensor")
        return loaded(storage().read_bytes(literal.scalar.blob.uri))

    def from_plain(tree: object) -> Any:
        if not isinstance(tree, bytes):
            raise wrong_literal("the bytes of a tensor's file", preview(tree))
        return loaded(tree)

    return Codec(
        form,
        tag="PyTorch Tensor",
        make_type=make_type,
        encode=encode,
        read=read,
        to_plain=dumped,
        from_plain=from_plain,
        make_schema=lambda _: {"type": "string", "format": "base64"},
        accepts=lambda value: isinstance(value, kind),
        classes=(kind,),
    )


def _without_base(value: Any) -> Any:
    """A tensor without what else its storage holds: a small view would carry all that it is a view of."""
    if type(value) is not torch.Tensor or value.layout is not torch.strided:
        return value
    return value.clone() if value.untyped_storage().nbytes() > value.numel() * value.element_size() else value


def module_codec(form: Form, resolver: CodecResolver) -> Codec:
    """torch.nn.Module: refused, with the ways that there are."""
    del resolver
    raise unsupported(
        "a torch module can only be pickled",
        form.origin,
        fix="let its state_dict() travel as dict[str, torch.Tensor], or opt in with Annotated[..., Pickle]",
    )


ROWS: tuple[CodecRow, ...] = (
    CodecRow("torch.Tensor", lambda form: form.cls is not None and issubclass(form.cls, torch.Tensor), tensor_codec),
    CodecRow(
        "torch.nn.Module", lambda form: form.cls is not None and issubclass(form.cls, torch.nn.Module), module_codec
    ),
)
