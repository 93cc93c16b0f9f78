"""How the fuzzers change an input: where its form has joints, or byte by byte."""

from __future__ import annotations

import gzip
import io
import random
import struct
import typing
import zipfile
import zlib

import msgpack

from literals import DrawloomError, wire


class Reader(typing.NamedTuple):
    """A reader: its corpus, how an input of it is made, and the reading. `number` is mostly the input's place in the corpus."""

    corpus: typing.Sequence[bytes]
    change: typing.Callable[[bytes, random.Random, bytes], bytes]
    read: typing.Callable[[bytes, int], object]


NUMBERS = (0, 1, 127, 128, 10**9, 10**10, 2**31 - 1, 2**31, 2**32, 2**63 - 1, 2**63, 2**64 - 10**9, 2**64 - 1)
LEAVES = (
    None,
    True,
    -1,
    2**63,
    1e308,
    float("nan"),
    "",
    "x",
    "1e999999999",
    "\ud7ff",
    b"",
    b"\xff",
    [],
    {},
    {"": 1},
    {1: 2},
    "9" * 300,
)
WORDS = (
    "",
    " ",
    "\t",
    "\n",
    "\0",
    "- ",
    ": ",
    "#",
    "'",
    '"',
    "{",
    "[",
    "]",
    "}",
    "1e999999999",
    "~",
    "|",
    "&a",
    "*a",
    "\u2028",
    "9" * 300,
)
NUMERALS = ("1e999999999", "-1e-999999999", "1e10000000", "0x10", "1_0", "1/0", "inf", "nan", "-0", "1" * 5000) * 2
"""Texts in the place of numbers, dates and the like, whose meaning costs more than their length."""
OTHERS = (2, 3, 4, 6, 99)
"""Numbers of fields that messages have besides their first, or have not at all."""
DEPTH = 5


def flipped(data: bytes, chance: random.Random) -> bytes:
    """A few bytes changed, cut out, doubled or put in."""
    out = bytearray(data)
    for _ in range(chance.randint(1, 3)):
        place = chance.randint(0, len(out))
        kind = chance.randrange(5)
        if kind == 0 and place < len(out):
            out[place] ^= 1 << chance.randrange(8)
        elif kind == 1:
            del out[place : place + chance.randint(1, 8)]
        elif kind == 2:  # noqa: PLR2004 - one of five
            out[place:place] = out[place : place + chance.randint(1, 16)]
        elif kind == 3:  # noqa: PLR2004 - one of five
            out[place:place] = chance.randbytes(chance.randint(1, 4))
        else:
            del out[place:]
    return bytes(out)


def of_message(data: bytes, chance: random.Random, other: bytes, depth: int = DEPTH) -> bytes:
    """A protobuf message with one of its fields changed, at any depth."""
    try:
        fields = list(wire.fields(data))
    except DrawloomError:
        fields = []
    if depth == DEPTH and chance.random() < 0.15:  # noqa: PLR2004 - a share
        return of_leaf(data, chance)
    if chance.random() < 0.1 and (made := of_siblings(fields, data, chance)):
        return made
    if not fields or chance.random() < 0.1:
        return flipped(data, chance) if chance.random() < 0.5 else data + other
    out = bytearray()
    chosen = chance.randrange(len(fields))
    for place, (number, kind, start, end) in enumerate(fields):
        body = data[start:end]
        how = chance.randrange(9) if place == chosen else -1
        if how == 0:
            continue
        if how == 8:  # noqa: PLR2004 - one of nine
            out += overlong(number, kind, body, chance)
            continue
        if how == 1:
            number = chance.choice([number, 1, 2, 3, 15, 99])  # noqa: PLW2901 - the field under another number
        if how == 2:  # noqa: PLR2004 - one of nine
            out += whole(number, kind, body)
        if how >= 3:  # noqa: PLR2004 - one of nine
            if kind == wire.LENGTH:
                body = inside(body, chance, other, depth)
            elif kind == wire.VARINT:
                body = wire.varint(chance.choice(NUMBERS))
            else:
                body = chance.randbytes(len(body))
        out += whole(number, kind, body)
    return bytes(out)


def of_siblings(fields: list[tuple[int, int, int, int]], data: bytes, chance: random.Random) -> bytes:
    """A message in which one of two neighbours of one number, such as elements of a list, has lost what it held to the other."""
    places = [
        place
        for place in range(1, len(fields))
        if fields[place][:2] == fields[place - 1][:2] == (fields[place][0], wire.LENGTH)
    ]
    if not places:
        return b""
    place = chance.choice(places)
    bodies = [data[start:end] for _, _, start, end in fields]
    bodies[place - 1], bodies[place] = given(bodies[place - 1], bodies[place], chance.randrange(4))
    if (
        chance.random() < 0.5 and len(bodies[place - 1]) > 1
    ):  # what is left has the size that it had, and is something else
        left = chance.choice(OTHERS), wire.LENGTH, b"x" * (len(bodies[place - 1]) - 2)
        bodies[place - 1] = whole(*left)
    if chance.random() < 0.5:
        bodies[place - 1], bodies[place] = bodies[place], bodies[place - 1]
    return b"".join(whole(number, kind, body) for (number, kind, _, _), body in zip(fields, bodies, strict=True))


def of_leaf(data: bytes, chance: random.Random) -> bytes:
    """A message one of whose numbers or texts, however deep it lies, is an extreme one; all else is as it was."""
    fields = list(wire.fields(data)) if is_message(data) else []
    if not fields:
        return chance.choice(NUMERALS).encode()
    chosen = chance.randrange(len(fields))
    out = bytearray()
    for place, (number, kind, start, end) in enumerate(fields):
        body = data[start:end]
        if place == chosen:
            if kind == wire.LENGTH:
                body = of_leaf(body, chance)
            elif kind == wire.VARINT:
                body = wire.varint(chance.choice(NUMBERS))
            else:
                body = chance.choice([bytes(len(body)), b"\xff" * len(body), chance.randbytes(len(body))])
        out += whole(number, kind, body)
    return bytes(out)


def given(one: bytes, other: bytes, depth: int) -> tuple[bytes, bytes]:
    """Two messages, so many levels down in which the second one has got what the first one held."""
    try:
        first, second = next(iter(wire.fields(one)), None), next(iter(wire.fields(other)), None)
    except DrawloomError:
        first = second = None
    if not depth or first is None or second is None or first[:2] != second[:2] or first[1] != wire.LENGTH:
        return b"", other + one
    less, more = given(one[first[2] : first[3]], other[second[2] : second[3]], depth - 1)
    return whole(first[0], first[1], less) + one[first[3] :], whole(second[0], second[1], more) + other[second[3] :]


def inside(body: bytes, chance: random.Random, other: bytes, depth: int) -> bytes:
    """What a field of bytes holds, changed as what it may be: a message, if it can be read as one, else msgpack or text."""
    if chance.random() < 0.1:
        return chance.choice([other, b""])
    if depth and chance.random() < 0.7 and is_message(body):
        return of_message(body, chance, other, depth - 1)
    return chance.choice([of_msgpack, of_text, of_bytes])(body, chance, other)


def is_message(body: bytes) -> bool:
    """Whether bytes can be read as a message that has fields."""
    try:
        return bool(body) and all(number for number, _, _, _ in wire.fields(body))
    except DrawloomError:
        return False


def whole(number: int, kind: int, body: bytes) -> bytes:
    """A field."""
    return wire.tag(number, kind) + (wire.varint(len(body)) if kind == wire.LENGTH else b"") + body


def overlong(number: int, kind: int, body: bytes, chance: random.Random) -> bytes:
    """A field whose key or length has more bytes than its number needs."""
    key, length = wire.tag(number, kind), wire.varint(len(body)) if kind == wire.LENGTH else b""
    more = chance.randint(1, 9)
    if length and chance.random() < 0.7:  # noqa: PLR2004 - a share
        return key + stretched(length, more) + body
    return stretched(key, more) + length + body


def stretched(number: bytes, more: int) -> bytes:
    """A varint with so many bytes more that say nothing."""
    return number[:-1] + bytes([number[-1] | 0x80]) + b"\x80" * (more - 1) + b"\0"


def of_msgpack(data: bytes, chance: random.Random, other: bytes) -> bytes:
    """Msgpack with one of its leaves or branches changed."""
    try:
        tree = msgpack.unpackb(data, strict_map_key=False)
        return msgpack.packb(other_leaf(tree, chance), unicode_errors="surrogatepass")
    except (ValueError, TypeError, OverflowError, RecursionError, msgpack.UnpackException):
        return flipped(data or other, chance)


def other_leaf(tree: typing.Any, chance: random.Random) -> typing.Any:
    """A tree with something in it replaced."""
    kind = chance.randrange(4)
    if isinstance(tree, dict) and tree and kind:
        name = chance.choice(list(tree))
        if kind == 1:
            return {each: value for each, value in tree.items() if each != name}
        return {**tree, name: other_leaf(tree[name], chance)}
    if isinstance(tree, list) and tree and kind:
        place = chance.randrange(len(tree))
        return [*tree[:place], other_leaf(tree[place], chance), *tree[place + (kind > 1) :]]
    leaf = chance.choice(LEAVES)
    if chance.random() < 0.02:
        for _ in range(600):
            leaf = [leaf]
    return leaf


def of_text(data: bytes, chance: random.Random, other: bytes) -> bytes:
    """Text with words and lines exchanged, doubled and put in."""
    if chance.random() < 0.3:
        return chance.choice([*WORDS, *NUMERALS]).encode()
    text = data.decode("utf-8", "replace")
    for _ in range(chance.randint(1, 3)):
        kind, place = chance.randrange(4), chance.randint(0, len(text))
        if kind == 0:
            text = text[:place] + chance.choice(WORDS) + text[place:]
        elif kind == 1:
            lines = text.splitlines(keepends=True)
            chance.shuffle(lines)
            text = "".join(lines)
        elif kind == 2:  # noqa: PLR2004 - one of four
            end = place + chance.randint(1, 12)
            text = text[:place] + text[place:end] * chance.choice([0, 2, 50]) + text[end:]
        else:
            piece = other.decode("utf-8", "replace")
            text = text[:place] + piece[: chance.randint(0, 40)] + text[place:]
    made = text.encode("utf-8", "replace")
    return flipped(made, chance) if chance.random() < 0.2 else made


def of_bytes(data: bytes, chance: random.Random, other: bytes) -> bytes:
    """Bytes of a form that is not taken apart."""
    del other
    return flipped(data, chance)


def of_journal(data: bytes, chance: random.Random, other: bytes) -> bytes:
    """A journal with one of its frames changed, under a checksum that fits."""
    frames = journal_bodies(data)
    if not frames or chance.random() < 0.2:
        return flipped(data, chance)
    place = chance.randrange(len(frames))
    frames[place] = of_msgpack(frames[place], chance, other)
    return b"".join(struct.pack(">II", len(body), zlib.crc32(body, len(body))) + body for body in frames)


def journal_bodies(data: bytes) -> list[bytes]:
    """The bodies of a journal's frames."""
    bodies, place = [], 0
    while place + 8 <= len(data):
        size = int.from_bytes(data[place : place + 4], "big")
        bodies.append(data[place + 8 : place + 8 + size])
        place += 8 + size
    return bodies


def of_archive(data: bytes, chance: random.Random, other: bytes) -> bytes:
    """An archive changed under its compression, half the time."""
    if chance.random() < 0.5 or not data.startswith(b"\x1f\x8b"):
        return flipped(data, chance)
    try:
        inner = gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        return flipped(data, chance)
    return gzip.compress(flipped(inner, chance), 1) + (other if chance.random() < 0.1 else b"")


def of_zip(data: bytes, chance: random.Random, other: bytes) -> bytes:
    """A zip archive one of whose members was changed, under a checksum that fits; or its own bytes."""
    if chance.random() < 0.4:  # noqa: PLR2004 - a share
        return flipped(data, chance)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, zlib.error, KeyError, RuntimeError):
        return flipped(data, chance)
    name = chance.choice(list(members) or ["x"])
    how = chance.randrange(4)
    if how == 0:
        members.pop(name, None)
    elif how == 1:
        members[chance.choice(["../x", "/x", "a.npy", name + "x"])] = members.get(name, b"")
    else:
        members[name] = flipped(members.get(name, b"") or other, chance)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", chance.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])) as archive:
        for each, content in members.items():
            archive.writestr(each, content)
    return out.getvalue()


def of_header(data: bytes, chance: random.Random, other: bytes) -> bytes:
    """A file whose numbers are written as text in its first lines: one of them is another one, half the time."""
    if chance.random() < 0.5:
        return flipped(data, chance)
    head, rest = data[:200], data[200:]
    found = [place for place, byte in enumerate(head) if byte in b"0123456789"]
    if not found:
        return of_text(data, chance, other)
    place = chance.choice(found)
    number = chance.choice([b"0", b"-1", b"9" * 3, b"9" * 9, b"9" * 30, b"1e9"])
    return head[:place] + number + head[place + 1 :] + rest
