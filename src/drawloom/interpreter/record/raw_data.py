"""Raw data below a local prefix: which of them a record or the cache refers to, what the others take, and how they go.

Whatever drawloom stores has a name of 32 or 64 hexadecimal digits of its own: a snapshot and an offloaded literal that of its content,
anything else a random one. A literal, whatever it is in (a list, a msgpack body, a pickle), has the name in its text, so data are
referred to where their name is found in a record, in the cache, or in stored literals and pickles that are referred to. Names
that drawloom did not give are left alone.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

from drawloom.interpreter.errors import RunDirectoryError
from drawloom.interpreter.record.journal import Journal
from drawloom.interpreter.record.run_file import RUN_FILE, read_run_file

RAW_DATA = "raw_data"
"""The folder in that of a run in which the run's own raw data are."""
_NAME = re.compile(rb"[0-9a-f]{64}|[0-9a-f]{32}")
STORED = re.compile(r"([0-9a-f]{64}|[0-9a-f]{32})(\.pb)?")
_STORED_AT = re.compile(r".*?/(?:[0-9a-f]{64}|[0-9a-f]{32})(?=(\.pb)?(/|$))", re.DOTALL)
_CHUNK = 1 << 22
_OVERLAP = 63
_BY_CONTENT = ("sha256", "literals")
"""Folders in which names that come from a content are, below one of their first two digits."""


class Stored(NamedTuple):
    """Something that drawloom stored: its `path`, its own `name` in hexadecimal digits, and the `size` of its files in bytes."""

    path: Path
    name: str
    size: int


def stored_folder(address: str) -> str:
    """The address up to the name that drawloom gave to what is stored there; empty where it gave none."""
    found = _STORED_AT.match(address)
    return found.group() if found else ""


def stored_below(prefix: Path) -> Iterator[Stored]:
    """What drawloom stored below a prefix, and what is left of what was being stored when a process was killed."""
    for path in _entries(prefix):
        if path.name in _BY_CONTENT and path.is_dir():
            for inner in _entries(path):
                if inner.name.startswith("."):
                    yield Stored(inner, inner.name, size_of(inner))
                elif inner.is_dir():
                    yield from (_stored(each, found.group(1)) for each, found in _named(_entries(inner)))
        elif path.is_dir():  # a file right below the prefix is nobody's of drawloom's
            yield from (_stored(each, found.group(1)) for each, found in _named([path]))


def _stored(path: Path, name: str) -> Stored:
    return Stored(path, name, size_of(path))


def _named(paths: Iterable[Path]) -> Iterator[tuple[Path, re.Match[str]]]:
    return ((path, found) for path in paths if (found := STORED.fullmatch(path.name)) is not None)


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files below a folder; links are not followed."""
    if not path.is_dir() or path.is_symlink():
        return path.lstat().st_size
    return sum(
        os.lstat(os.path.join(folder, name)).st_size  # noqa: PTH118 - of many files
        for folder, _, names in os.walk(path)
        for name in names
    )


def names_in_record(folder: Path) -> set[str]:
    """The names that a run's record mentions; what the run stored itself is not part of it."""
    found: set[str] = set()
    for here, folders, files in os.walk(folder):
        if Path(here) == folder and RAW_DATA in folders:
            folders.remove(RAW_DATA)
        for file in files:
            found |= _names_in_file(Path(here) / file)
    return found


def _names_in_file(path: Path) -> set[str]:
    found: set[str] = set()
    with path.open("rb") as stream:
        before = b""
        while chunk := stream.read(_CHUNK):
            found |= names_in(before + chunk)
            before = chunk[-_OVERLAP:]
    return found


def names_in_stored(prefix: Path) -> set[str]:
    """The names that literals and pickles mention that are stored below a prefix."""
    return set[str]().union(*map(_mentions, stored_below(prefix)))


def _mentions(each: Stored) -> set[str]:
    files = [each.path] if each.path.is_file() else [path for path in each.path.rglob("*") if path.is_file()]
    return set[str]().union(*map(_names_in_file, filter(_is_read, files)))


def names_in(data: bytes) -> set[str]:
    """The names that bytes mention."""
    return {name.decode() for name in _NAME.findall(data)}


def _is_read(path: Path) -> bool:
    """Whether a stored file may refer to other data: a literal, or a pickle, whose name is a digest, too."""
    return STORED.fullmatch(path.name) is not None


_S = TypeVar("_S", bound="_Named")


class _Named(Protocol):
    @property
    def name(self) -> str: ...


def reached(stored: Iterable[_S], names: Iterable[str], mentions: Callable[[_S], Iterable[str]]) -> set[str]:
    """Of what is stored, the names among `names`, or that something reached mentions."""
    by_name: dict[str, list[_S]] = {}
    for each in stored:
        by_name.setdefault(each.name, []).append(each)
    found: set[str] = set()
    waiting = [name for name in names if name in by_name]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        for each in by_name[name]:
            waiting += [other for other in mentions(each) if other in by_name and other not in found]
    return found


def referred(stored: Iterable[Stored], names: set[str]) -> set[str]:
    """Of what is stored, the names that are mentioned, or that something mentioned refers to."""
    return reached(stored, names, _mentions)


def unreferred(
    prefix: Path, runs: Path, cached: Iterable[bytes], *, younger: float, without: Path | None = None
) -> list[Stored]:
    """What is stored below `prefix`, and in the folders of runs, that no record below `runs` and nothing cached refers to.

    `younger`: what was stored within this many seconds is left out, for its run may not have recorded it yet. `without`: the
    folder of a run whose record does not count.
    """
    folders = [folder for folder in _entries(runs) if folder.is_dir()]
    stored = list(stored_below(prefix))
    for folder in folders:
        stored += stored_below(folder / RAW_DATA)
    names: set[str] = set()
    for data in cached:
        names |= names_in(data)
    for folder in folders:
        if folder != without:
            names |= names_in_record(folder)
    kept = referred(stored, names)
    before = time.time() - younger
    return [each for each in stored if each.name not in kept and each.path.lstat().st_mtime <= before]


def remove_stored(garbage: Iterable[Stored]) -> None:
    """Remove it. What another process removed meanwhile is not an error."""
    for each in garbage:
        if each.path.is_dir() and not each.path.is_symlink():
            shutil.rmtree(each.path, ignore_errors=True)
        else:
            each.path.unlink(missing_ok=True)
        for folder in (each.path.parent, each.path.parent.parent):
            if folder.name != RAW_DATA and not any(_entries(folder)) and folder.exists():
                folder.rmdir()


def remove_run(folder: Path, prefix: Path, cached: Iterable[bytes], *, dry_run: bool = False) -> int:
    """Remove a run's record, and the raw data that it alone refers to; how many bytes. `dry_run`: only count them.

    Raises:
        RunInUseError: the run is going on.
        RunDirectoryError: there is no record, or it cannot be removed.
    """
    read_run_file(folder)
    Journal(folder, "none").close()  # nobody else has it open
    own = list(stored_below(folder / RAW_DATA))
    names = {each.name for each in own} | names_in_record(folder)
    theirs = referred([*stored_below(prefix), *own], names)
    alone = [
        each for each in unreferred(prefix, folder.parent, cached, younger=0, without=folder) if each.name in theirs
    ]
    size = sum(each.size for each in alone) + sum(size_of(path) for path in _entries(folder) if path.name != RAW_DATA)
    if dry_run:
        return size
    try:
        (folder / RUN_FILE).unlink()  # from here on it is not a run
        remove_stored(alone)
        for path in _entries(folder):
            if path.name != RAW_DATA:
                remove_stored([Stored(path, path.name, 0)])
        if folder.exists() and not any((folder / RAW_DATA).rglob("*")):
            shutil.rmtree(folder)
    except OSError as error:
        raise RunDirectoryError(
            "the run cannot be removed",
            where=str(folder),
            expected="a folder that can be removed",
            got=str(error.strerror or error),
            fix="check its permissions, and remove it again",
        ) from error
    return size


def sizes_of(folder: Path, prefix: Path) -> dict[str, int]:
    """Bytes of a run's `record`, and of the `raw_data` that it refers to."""
    record = sum(size_of(path) for path in _entries(folder) if path.name != RAW_DATA)
    stored = [*stored_below(prefix), *stored_below(folder / RAW_DATA)]
    kept = referred(stored, names_in_record(folder))
    return {"record": record, "raw_data": sum(each.size for each in stored if each.name in kept)}
