"""Raw data below a remote prefix that no record and no cached result of this machine refers to, and how they go.

Records of other machines are not known here: whoever names a prefix says that this machine alone writes to it. Whatever lies there under a
name that drawloom did not give is left alone, and so is what the store does not tell the time of.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from drawloom.context import FileAccessProvider, join
from drawloom.interpreter.record.raw_data import RAW_DATA, STORED, names_in, names_in_record, names_in_stored, reached


class RemoteStored(NamedTuple):
    """Something that drawloom stored: its `address`, its own `name` in hexadecimal digits, its objects, and their bytes."""

    address: str
    name: str
    objects: list[str]
    size: int
    written: float


def remote_stored(access: FileAccessProvider, prefix: str) -> list[RemoteStored]:
    """What drawloom stored below a prefix: the objects at or below a name of its own, of which each is one."""
    found: dict[str, RemoteStored] = {}
    for each in access.listed(prefix):
        steps = each.name.split("/")
        at = next((index for index, step in enumerate(steps) if STORED.fullmatch(step)), None)
        if at is None:
            continue
        own = STORED.fullmatch(steps[at])
        address = join(prefix, *steps[: at + 1])
        before = found.get(address) or RemoteStored(address, own.group(1) if own else "", [], 0, 0.0)
        written = max(before.written, time.time() if each.written is None else each.written)
        objects = [*before.objects, join(prefix, each.name)]
        found[address] = before._replace(objects=objects, size=before.size + each.size, written=written)
    return list(found.values())


def unreferred_remote(
    access: FileAccessProvider, prefix: str, runs: Path, local: Path, cached: Iterable[bytes], *, younger: float
) -> list[RemoteStored]:
    """What lies below a remote prefix that no record below `runs`, no stored literal below `local`, and nothing cached refers to.

    `younger`: what was stored within this many seconds is left out, for its run may not have recorded it yet.

    Raises:
        StorageError: the store cannot be asked.
    """
    stored = remote_stored(access, prefix)
    names = names_in_stored(local)
    for data in cached:
        names |= names_in(data)
    for folder in runs.iterdir() if runs.is_dir() else ():
        if folder.is_dir():
            names |= names_in_record(folder) | names_in_stored(folder / RAW_DATA)

    def mentions(each: RemoteStored) -> set[str]:
        # A literal or a pickle may refer to others; both are named by a digest.
        read = [address for address in each.objects if STORED.fullmatch(address.rpartition("/")[2])]
        return set[str]().union(*(names_in(access.read_bytes(address)) for address in read))

    kept = reached(stored, names, mentions)
    before = time.time() - younger
    return [each for each in stored if each.name not in kept and each.written <= before]


def remove_remote(access: FileAccessProvider, garbage: Iterable[RemoteStored]) -> None:
    """Remove it. What another process removed meanwhile is not an error.

    Raises:
        StorageError: the store refuses.
    """
    for each in garbage:
        access.remove(each.objects)
