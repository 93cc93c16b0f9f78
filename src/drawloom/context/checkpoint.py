"""Checkpoints of actions: one object in storage per action, written whole or not at all, read once per attempt.

Form of the object: `MAGIC`, one byte for the kind (bytes, a file, a folder), SHA-256 of the payload, the payload. A folder's
payload is a gzipped tar of its children. An object without the magic was written by somebody else and is taken raw,
or unpacked if it is a tar. Unpacking never leaves the folder it unpacks into. Where an attempt reads and writes the same
place, what it loads is what stood there when the attempt began, whatever it saved meanwhile.
"""

from __future__ import annotations

import hashlib
import io
import os
import pathlib
import shutil
import tarfile
import tempfile
import weakref
from collections.abc import Callable
from typing import Any, Final

from drawloom.context.archives import ArchiveError, unpack_archive
from drawloom.context.files import file_access
from literals import DrawloomError

MAGIC: Final = b"drawloom-ckpt\x01"
_BYTES, _FILE, _FOLDER = b"b", b"f", b"d"
_DIGEST = 32
_NEARLY = 3
"""How many of the first bytes may be damaged and still tell that drawloom wrote the object."""
PAYLOAD: Final = "payload"
"""Name of the file that bytes and files come back as."""


class CheckpointCorruptError(DrawloomError, ValueError):
    """The stored checkpoint is not what was written, or would write outside its folder."""


class BaseCheckpoint:
    """One place to write to, one to read from; None as the source means that nothing came before."""

    def __init__(
        self, checkpoint_dest: str | os.PathLike[str], checkpoint_src: str | os.PathLike[str] | None = None
    ) -> None:
        self._dest = os.fspath(checkpoint_dest)
        self._src = os.fspath(checkpoint_src) if checkpoint_src else None
        self._workspace: pathlib.Path | None = None
        # Settled now: a save of this attempt to the same place must not look like a previous one.
        self._existed = self._src is not None and file_access().exists(self._src)
        self._pinned: bytes | None = None
        self._loaded = False

    @property
    def remote_destination(self) -> str:
        """Where `save` writes."""
        return self._dest

    @property
    def remote_source(self) -> str | None:
        """Where `load` reads; None when there is no source."""
        return self._src

    def prev_exists(self) -> bool:
        """Whether an earlier attempt left a checkpoint."""
        return self._existed

    @property
    def path(self) -> pathlib.Path:
        """A private folder of this attempt; it goes away with this object."""
        if self._workspace is None:
            folder = tempfile.mkdtemp(prefix="drawloom-checkpoint-")
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
            self._workspace = pathlib.Path(folder)
        return self._workspace

    def _previous(self) -> bytes | None:
        if not self._existed or self._src is None:
            return None
        if self._pinned is None:
            self._pinned = file_access().read_bytes(self._src)
        return self._pinned

    def _write(self, kind: bytes, payload: bytes) -> None:
        if self._existed and self._src == self._dest and not self._loaded:
            self._previous()
        digest = hashlib.sha256(kind + payload).digest()
        file_access().write_bytes(self._dest, MAGIC + kind + digest + payload)


class Checkpoint(BaseCheckpoint):
    """What `ctx().checkpoint` gives: `load`/`save` for async tasks, `load_sync`/`save_sync` for the others."""

    def __init__(self, dest: str | os.PathLike[str], src: str | os.PathLike[str] | None = None) -> None:
        super().__init__(dest, src)
        self._result: pathlib.Path | None = None

    def load_sync(self) -> pathlib.Path | None:
        """The previous attempt's checkpoint: a file for bytes and files, a folder for a folder; None if there is none.

        Repeated calls give the same path.

        Raises:
            CheckpointCorruptError: what is stored is damaged (also a ValueError).
        """
        if self._loaded:
            return self._result
        stored = self._previous()
        if stored:
            self._result = unpacked(stored, self.path, self._src or "")
        self._loaded, self._pinned = True, None
        return self._result

    def save_sync(self, data: pathlib.Path | str | bytes) -> None:
        """Store bytes, or the file or folder at a path.

        Raises:
            FileNotFoundError: nothing is at the path.
            TypeError: neither bytes nor a path.
        """
        self._write(*_pack(data))

    async def load(self) -> pathlib.Path | None:
        """`load_sync` without blocking the event loop."""
        import asyncio  # noqa: PLC0415 - 25 ms that only asynchronous tasks need, and those have loaded it

        return await asyncio.to_thread(self.load_sync)

    async def save(self, data: pathlib.Path | str | bytes) -> None:
        """`save_sync` without blocking the event loop."""
        import asyncio  # noqa: PLC0415 - as above

        await asyncio.to_thread(self.save_sync, data)


def _pack(data: pathlib.Path | str | bytes) -> tuple[bytes, bytes]:
    if isinstance(data, (bytes, bytearray, memoryview)):
        return _BYTES, bytes(data)
    if not isinstance(data, (str, os.PathLike)):  # pyright: ignore[reportUnnecessaryIsInstance] - unchecked callers
        raise TypeError(f"a checkpoint is bytes or a path, got {type(data).__name__}")
    path = pathlib.Path(data)
    if path.is_dir():
        return _FOLDER, _tar(path)
    if not path.exists():
        raise FileNotFoundError(f"nothing to save as a checkpoint at {path}")
    return _FILE, path.read_bytes()


def _tar(folder: pathlib.Path) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for child in sorted(folder.iterdir()):
            archive.add(child, arcname=child.name)
    return out.getvalue()


def _open(stored: bytes, where: str) -> tuple[bytes, bytes]:
    """Kind and payload of a stored object."""
    if not stored.startswith(MAGIC):
        # Somebody else's: flyte stores bytes raw and folders as tars, with nothing to tell them apart but the content.
        if MAGIC.startswith(stored[: len(MAGIC)]):
            raise CheckpointCorruptError(
                "the checkpoint is cut off",
                where=where,
                expected="the whole checkpoint",
                got=f"{len(stored)} bytes",
                fix="delete it, and the task starts from the beginning",
            )
        if sum(a == b for a, b in zip(stored, MAGIC)) >= len(MAGIC) - _NEARLY:  # noqa: B905 - the shorter one counts
            raise CheckpointCorruptError(
                "the checkpoint is damaged: its first bytes are nearly those that drawloom writes",
                where=where,
                expected="the bytes that drawloom writes first",
                got=f"{len(stored)} bytes",
                fix="delete it, and the task starts from the beginning",
            )
        return (_FOLDER if _is_tar(stored) else _BYTES), stored
    kind = stored[len(MAGIC) : len(MAGIC) + 1]
    digest = stored[len(MAGIC) + 1 : len(MAGIC) + 1 + _DIGEST]
    payload = stored[len(MAGIC) + 1 + _DIGEST :]
    if kind not in {_BYTES, _FILE, _FOLDER} or hashlib.sha256(kind + payload).digest() != digest:
        raise CheckpointCorruptError(
            "the checkpoint is damaged: its content does not match its digest",
            where=where,
            expected="content of the digest that was written with it",
            got=f"{len(stored)} bytes",
            fix="delete it, and the task starts from the beginning",
        )
    return kind, payload


def _is_tar(stored: bytes) -> bool:
    return tarfile.is_tarfile(io.BytesIO(stored))


def unpacked(stored: bytes, folder: pathlib.Path, where: str) -> pathlib.Path:
    """Put a stored object into a folder; give the file that it became, or the folder.

    Raises:
        CheckpointCorruptError: it is damaged, or would write outside the folder.
    """
    kind, payload = _open(stored, where)
    if kind == _FOLDER:
        _untar(payload, folder, where)
        return folder
    target = folder / PAYLOAD
    target.write_bytes(payload)
    return target


def _untar(payload: bytes, folder: pathlib.Path, where: str) -> None:
    try:
        unpack_archive(payload, folder, where=where)
    except ArchiveError as error:
        raise CheckpointCorruptError(
            error.what, where=where, expected=error.expected, got=error.got, fix="store regular files and folders"
        ) from error


def latest_checkpoint(
    root: str | os.PathLike[str], pattern: str = "**/last.ckpt", key: Callable[[pathlib.Path], Any] | None = None
) -> pathlib.Path | None:
    """The file below `root` that matches `pattern` and is the newest (or the largest by `key`); None if none matches."""
    found = [path for path in pathlib.Path(root).glob(pattern) if path.is_file()]
    return max(found, key=key or (lambda path: path.stat().st_mtime), default=None)
