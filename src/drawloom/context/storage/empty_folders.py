"""Empty folders in stores that have objects only: a file of no bytes in them, which nobody is shown.

A file rather than an object whose name ends with a slash, as the consoles of stores make them: readers that know only names of
files (obstore, and so Flyte 2) stumble over such a name. Both are read.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from drawloom.context.storage.addresses import StorageError, join, shown

EMPTY = ".drawloom-empty-folder"
"""The name of that file."""


def is_mark(name: str) -> bool:
    """Whether a name or an address is that of such a file."""
    return name == EMPTY or name.endswith(f"/{EMPTY}")


def marks(folders: Iterable[str]) -> list[str]:
    """The names of the files that keep these folders; the folder itself is the empty text."""
    return [join(folder, EMPTY) for folder in folders]


def parted(names: Iterable[str]) -> tuple[list[str], list[str]]:
    """(files, empty folders) of what a store has below a folder, names of objects that are folders ending with a slash."""
    files: list[str] = []
    folders: set[str] = set()
    for name in names:
        if is_mark(name):
            folders.add(name[: -len(EMPTY)].rstrip("/"))
        elif name.endswith("/"):
            folders.add(name.rstrip("/"))
        else:
            files.append(name)
    above = {name[:at] for name in (*files, *folders) for at, sign in enumerate(name) if sign == "/"}
    return files, sorted(folder for folder in folders if folder and folder not in above)


def check_names(names: Iterable[str], address: str) -> None:
    """Refuse names of objects that would be written outside of the folder that they are copied to.

    Raises:
        StorageError: a name leads out of it.
    """
    for name in names:
        if name.startswith("/") or ".." in PurePosixPath(name).parts:
            raise StorageError(
                "a name in the folder leads out of it",
                where=shown(address),
                expected="names below the folder",
                got=name,
                fix="rename the object, or read the other ones one by one",
            )
