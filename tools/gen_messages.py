"""Writes docs/messages.md: every message, field and enum of the IDL, from the comments of its .proto files.

python tools/gen_messages.py           # writes it
python tools/gen_messages.py --check   # 1 if that would change it
"""

from __future__ import annotations

import pathlib
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence

import grpc_tools
from google.protobuf import descriptor_pb2
from grpc_tools import protoc

ROOT = pathlib.Path(__file__).resolve().parents[1]
IDL = ROOT / "idl"
DOCUMENT = ROOT / "docs" / "messages.md"

HEADER = """# The messages, field by field

Made by `tools/gen_messages.py` from the comments in `idl/drawloom/v1`. Numbers and wire types are those of Flyte's messages of the same
names; how to use the messages from Python is in [The IDL](idl.md). Fields of one *oneof* exclude each other.
"""
# Numbers of fields in descriptor.proto, as the paths of comments are made of them.
MESSAGE, ENUM, SYNTAX = 4, 5, 12
FIELD, NESTED, NESTED_ENUM, ONEOF, VALUE = 2, 3, 4, 8, 2
Path = tuple[int, ...]
Comments = Mapping[Path, str]


def files() -> Sequence[descriptor_pb2.FileDescriptorProto]:
    """The files of the contract, with their comments.

    Raises:
        SystemExit: protoc refuses one.
    """
    names = sorted(str(path.relative_to(IDL)) for path in IDL.glob("drawloom/v1/*.proto"))
    include = pathlib.Path(grpc_tools.__file__).parent / "_proto"
    with tempfile.TemporaryDirectory() as folder:
        target = pathlib.Path(folder) / "idl.binpb"
        arguments = ["protoc", f"-I{IDL}", f"-I{include}", "--include_source_info", f"--descriptor_set_out={target}"]
        if protoc.main([*arguments, *names]):
            sys.exit("protoc failed")
        return descriptor_pb2.FileDescriptorSet.FromString(target.read_bytes()).file


def document() -> str:
    """The page.

    Raises:
        SystemExit: a message or field without a comment.
    """
    parts = [HEADER]
    for file in files():
        comments = {tuple(each.path): each.leading_comments for each in file.source_code_info.location}
        parts += [f"## {pathlib.PurePath(file.name).name}", "", _text(comments, (SYNTAX,), file.name), ""]
        for at, message in enumerate(file.message_type):
            parts += _message(message, (MESSAGE, at), comments, message.name)
        for at, enum in enumerate(file.enum_type):
            parts += _enum(enum, (ENUM, at), comments, enum.name)
    return "\n".join(parts).rstrip("\n") + "\n"


def _message(message: descriptor_pb2.DescriptorProto, path: Path, comments: Comments, name: str) -> Iterator[str]:
    yield from (f"### {name} {{: #{name} }}", "", _text(comments, path, name), "")
    maps = {each.name: each for each in message.nested_type if each.options.map_entry}
    if message.field:
        yield from ("| field | number | type | |", "|---|---|---|---|")
    for at, field in enumerate(message.field):
        text = _text(comments, (*path, FIELD, at), f"{name}.{field.name}")
        if field.HasField("oneof_index") and not field.proto3_optional:
            text = f"*{message.oneof_decl[field.oneof_index].name}*: {text}"
        yield f"| `{field.name}` | {field.number} | {_type(field, maps)} | {text} |"
    yield ""
    for at, oneof in enumerate(message.oneof_decl):
        if not oneof.name.startswith("_"):
            said = _text(comments, (*path, ONEOF, at), f"{name}.{oneof.name}")
            yield from (f"*{oneof.name}*, one of several: {said}", "")
    for at, inner in enumerate(message.nested_type):
        if not inner.options.map_entry:
            yield from _message(inner, (*path, NESTED, at), comments, f"{name}.{inner.name}")
    for at, enum in enumerate(message.enum_type):
        yield from _enum(enum, (*path, NESTED_ENUM, at), comments, f"{name}.{enum.name}")


def _enum(enum: descriptor_pb2.EnumDescriptorProto, path: Path, comments: Comments, name: str) -> Iterator[str]:
    yield from (f"### {name} {{: #{name} }}", "", _text(comments, path, name), "")
    yield from ("| value | number | |", "|---|---|---|")
    for at, value in enumerate(enum.value):
        text = _text(comments, (*path, VALUE, at))  # some are said by their names
        yield f"| `{value.name}` | {value.number} | {text} |"
    yield ""


def _type(field: descriptor_pb2.FieldDescriptorProto, maps: Mapping[str, descriptor_pb2.DescriptorProto]) -> str:
    entry = maps.get(field.type_name.rpartition(".")[2])
    if entry is not None:
        return f"map of {_kind(entry.field[0])} to {_kind(entry.field[1])}"
    return f"list of {_kind(field)}" if field.label == field.LABEL_REPEATED else _kind(field)


def _kind(field: descriptor_pb2.FieldDescriptorProto) -> str:
    if not field.type_name:
        return descriptor_pb2.FieldDescriptorProto.Type.Name(field.type).removeprefix("TYPE_").lower()
    name = field.type_name.removeprefix(".drawloom.v1.")
    return f"`{name.removeprefix('.')}`" if name.startswith(".") else f"[{name}](#{name})"


def _text(comments: Comments, path: Path, where: str = "") -> str:
    text = " ".join(comments.get(path, "").split())
    if not text and where:
        sys.exit(f"{where} has no comment in idl/")
    return re.sub(r"([|<>])", r"\\\1", text)


def main() -> int:
    """Write the page, or say whether it is as it should be."""
    if "--check" in sys.argv:
        return int(DOCUMENT.read_text(encoding="utf-8") != document())
    DOCUMENT.write_text(document(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
