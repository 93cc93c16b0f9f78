"""The raw data of a run by the node or action that gave them, with their sizes, wherever they lie."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from drawloom.context import FileAccessProvider, StorageError, is_remote, local_path
from drawloom.interpreter.record.raw_data import size_of, stored_folder
from drawloom.interpreter.record.references import referred_by
from literals import MalformedError, parse, pb


class GivenData(NamedTuple):
    """Raw data that a node gave: its address in the run, the output's name, where they lie, and their bytes.

    `size` is None where nothing is there any more.
    """

    node: str
    output: str
    address: str
    size: int | None


def raw_data_given(outputs: Iterable[tuple[str, Mapping[str, bytes]]], access: FileAccessProvider) -> list[GivenData]:
    """What drawloom stored for the outputs of nodes, in their order; what a later node passes on is the first one's.

    Offloaded literals are read, and remote stores are asked for sizes, one question for each folder.

    Raises:
        StorageError: a store cannot be asked.
    """
    seen: dict[str, tuple[str, str]] = {}
    for node, named in outputs:
        for name, data in named.items():
            for address in _addresses(data, access):
                if stored_folder(address):
                    seen.setdefault(address, (node, name))
    listed: dict[str, dict[str, int]] = {}
    return [GivenData(*giver, address, _size(address, access, listed)) for address, giver in seen.items()]


def _addresses(data: bytes, access: FileAccessProvider) -> Iterator[str]:
    waiting = [data]
    read: set[str] = set()
    while waiting:
        try:
            referred = list(referred_by(parse(pb.Literal, waiting.pop())))
        except MalformedError:  # of a store that was changed; whoever needs the value says so
            continue
        for each in referred:
            if isinstance(each, str):
                yield each
                continue
            uri = each.offloaded_metadata.uri
            yield uri
            if uri not in read:
                read.add(uri)
                try:
                    waiting.append(access.read_bytes(uri))
                except StorageError:  # it is gone, which its size says
                    continue


def _size(address: str, access: FileAccessProvider, listed: dict[str, dict[str, int]]) -> int | None:
    if not is_remote(address):
        path = Path(local_path(address))
        return size_of(path) if path.exists() else None
    folder, _, name = address.rstrip("/").rpartition("/")
    if folder not in listed:
        listed[folder] = {each.name: each.size for each in access.listed(folder)}
    sizes = [size for each, size in listed[folder].items() if each == name or each.startswith(f"{name}/")]
    return sum(sizes) if sizes else None
