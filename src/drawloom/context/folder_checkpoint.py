"""Flyte 1's checkpoints: a folder in storage, in which saved files keep their names, as flytekit writes and reads it.

A record of digests lies beside the folder, as `<folder>.digests.json`: for each file the SHA-256 of what it may hold. It is written
before a file is, with the digest of what was there and of what is to come, so that a writer that dies in between leaves a checkpoint
that is whole, old or new, and a damaged one is noticed. A folder without a record was written by somebody else and is taken as it is;
so is a single object, which earlier versions of drawloom and Flyte 2 write.
"""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
from typing import IO, Any, ClassVar, cast

from drawloom.context.checkpoint import BaseCheckpoint, CheckpointCorruptError, unpacked
from drawloom.context.files import file_access
from drawloom.context.storage import is_remote, join

_DIGESTS = ".digests.json"


class SyncCheckpoint(BaseCheckpoint):
    """What `current_context().checkpoint` gives: Flyte 1's `save`, `restore`, `write` and `read`.

    Each file is replaced whole. A folder is saved file by file; files that are in the checkpoint already and not in the folder stay.
    """

    SRC_LOCAL_FOLDER: ClassVar[str] = "prev_cp"
    TMP_DST_PATH: ClassVar[str] = "_dst_cp"
    """The name under which bytes and what open files hold are kept."""

    def __init__(
        self, checkpoint_dest: str | os.PathLike[str], checkpoint_src: str | os.PathLike[str] | None = None
    ) -> None:
        super().__init__(checkpoint_dest, checkpoint_src)
        self._restored: pathlib.Path | None = None

    def save(self, cp: str | os.PathLike[str] | IO[bytes]) -> None:
        """Store the file or folder at a path under its name, or all that an open binary file holds.

        Raises:
            FileNotFoundError: nothing is at the path.
            ValueError: neither a path nor an open file.
        """
        if isinstance(cp, (str, os.PathLike)):
            path = pathlib.Path(cp)
            if not path.exists():
                raise FileNotFoundError(f"nothing to save as a checkpoint at {path}")
            files = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
            base = path if path.is_dir() else path.parent
            self._store({each.relative_to(base).as_posix(): each.read_bytes() for each in files})
            return
        if not hasattr(cp, "read") or isinstance(cp, type):
            raise ValueError(f"a checkpoint is a path or an open binary file, got {type(cp).__name__}")
        self.write(cp.read())

    def write(self, b: bytes) -> None:
        """Store bytes."""
        self._store({self.TMP_DST_PATH: bytes(b)})

    def restore(self, path: str | os.PathLike[str] | None = None) -> pathlib.Path | None:
        """Put the previous attempt's checkpoint into the folder `path` (or a private one) and give that folder.

        None if there is no previous checkpoint. It is restored once: a second call gives the folder of the first.

        Raises:
            ValueError: `path` is not a folder.
            CheckpointCorruptError: what is stored is damaged (also a ValueError).
            StorageError: it is not there any more, or cannot be read.
        """
        if not self._existed or self._src is None:
            return None
        if self._restored is not None:
            return self._restored
        if path is None:
            folder = self.path / self.SRC_LOCAL_FOLDER
            folder.mkdir(exist_ok=True)
        else:
            folder = pathlib.Path(path)
        if not folder.is_dir():
            raise ValueError(f"Checkpoints can be restored to a directory only: {folder} is not one")
        self._fetch(self._src, folder)
        self._restored, self._loaded = folder, True
        return folder

    def read(self) -> bytes | None:
        """The bytes of the previous attempt's checkpoint; None if there is none, or nothing in it.

        Raises:
            ValueError: the previous checkpoint is a folder with more than one file.
        """
        folder = self.restore()
        if folder is None:
            return None
        files = [each for each in folder.rglob("*") if each.is_file()]
        if len(files) > 1:
            raise ValueError(f"Expected exactly one checkpoint - found {len(files)}: use restore() for several files")
        return files[0].read_bytes() if files else None

    def _store(self, files: dict[str, bytes]) -> None:
        if self._src == self._dest and self._restored is None:
            self.restore()  # what stands there now is what this attempt loads, whatever it saves
        access = file_access()
        for name, data in files.items():
            known = _digests(self._dest)
            place = join(self._dest, name)
            digests = {_digest(data), *([_digest(access.read_bytes(place))] if access.exists(place) else [])}
            known[name] = sorted(digests)
            access.write_bytes(self._dest + _DIGESTS, json.dumps(known, sort_keys=True).encode())
            access.write_bytes(place, data)

    @staticmethod
    def _fetch(source: str, folder: pathlib.Path) -> None:
        access = file_access()
        is_folder = not is_remote(source) and pathlib.Path(source).is_dir()
        names = access.find(source) if is_folder or is_remote(source) else []
        if not names and not is_folder:
            unpacked(access.read_bytes(source), folder, source)
            return
        known = _digests(source)
        for name in names:
            data = access.read_bytes(join(source, name))
            if name in known and _digest(data) not in known[name]:
                raise CheckpointCorruptError(
                    "the checkpoint is damaged: its content does not match its digest",
                    where=join(source, name),
                    expected="content of the digest that was written with it",
                    got=f"{len(data)} bytes",
                    fix="delete it, and the task starts from the beginning",
                )
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _shaped(read: object) -> dict[str, list[str]]:
    if not isinstance(read, dict) or not all(isinstance(each, list) for each in cast("dict[str, Any]", read).values()):
        raise TypeError("no lists of digests by name")
    return cast("dict[str, list[str]]", read)


def _digests(folder: str) -> dict[str, list[str]]:
    """The digests that the files of a checkpoint may have; empty for one that somebody else wrote.

    Raises:
        CheckpointCorruptError: the record is damaged.
    """
    place = folder + _DIGESTS
    if not file_access().exists(place):
        return {}
    stored = file_access().read_bytes(place)
    try:
        read = _shaped(json.loads(stored))
    except (ValueError, TypeError, RecursionError) as error:
        raise CheckpointCorruptError(
            "the checkpoint is damaged: its record of digests cannot be read",
            where=place,
            expected="a JSON object of digests",
            got=f"{len(stored)} bytes",
            fix="delete it, and the checkpoint is taken as it is",
        ) from error
    return read
