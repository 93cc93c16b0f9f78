"""Files and folders of this machine: copied whole or not at all, and written under another name until they are complete."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
from collections.abc import Generator
from pathlib import Path

from drawloom.context.home_folder import home
from drawloom.context.storage.addresses import StorageError, local_path, random_name


@contextlib.contextmanager
def complaining(what: str, where: Path | str, expected: str = "") -> Generator[None]:
    """Turn an OSError in the block into a StorageError."""
    try:
        yield
    except StorageError:
        raise
    except OSError as error:
        raise StorageError(
            f"{what}",
            where=str(where),
            expected=expected,
            got=str(error.strerror or error),
            fix="check the path and its permissions",
        ) from error


def make_folder(path: Path) -> None:
    """Make a folder and those above it; below drawloom's home they are the user's alone (mode 0700)."""
    missing: list[Path] = []
    here = path
    while not here.exists():
        missing.append(here)
        here = here.parent
    own = home().absolute()
    for folder in reversed(missing):
        private = folder.absolute() == own or own in folder.absolute().parents
        folder.mkdir(mode=0o700 if private else 0o777, exist_ok=True)


def part_of(target: Path) -> Path:
    """A fresh name beside `target`, short enough for any file system, under which its content is prepared."""
    return target.with_name(f".{target.name[:200]}.{random_name()[:8]}")


def existing(path: str | os.PathLike[str], *, is_folder: bool) -> Path:
    """A local path that is there and of the wanted kind.

    Raises:
        StorageError: nothing is there, or the other kind.
    """
    source = local_path(path)
    if source.is_dir() if is_folder else source.is_file():
        return source
    kind, other = ("folder", "file") if is_folder else ("file", "folder")
    got = f"a {other}" if source.exists() else "nothing at that path"
    raise StorageError(
        f"there is no {kind} here", where=str(source), expected=f"a {kind}", got=got, fix="check the path"
    )


@contextlib.contextmanager
def prepared(target: Path) -> Generator[Path]:
    """A fresh path for the content of `target`; it gets its name when the block ends well, and is gone when it does not."""
    make_folder(target.parent)
    part = part_of(target)
    try:
        yield part
        part.replace(target)
    finally:
        if part.is_dir() and not part.is_symlink():
            shutil.rmtree(part, ignore_errors=True)
        else:
            part.unlink(missing_ok=True)


def copy_file(source: Path, target: Path) -> None:
    """Copy one file so that `target` is whole or absent.

    Raises:
        StorageError: it cannot be read, or the target cannot be written.
    """
    with complaining("the copy failed", source, f"a copy at {target}"), prepared(target) as part:
        shutil.copyfile(source, part)


def files_below(folder: Path) -> tuple[list[str], list[str]]:
    """The files of a folder at any depth and its empty folders, as names relative to it with slashes, sorted.

    Links to files inside the folder are the files. A link that leads out of it, and one that leads to itself or to a folder
    above it, is refused, as is what is neither file nor folder.

    Raises:
        StorageError: such an entry, named; or a folder that cannot be read.
    """
    files: list[str] = []
    empty: list[str] = []
    pending = [(os.fspath(folder), "")]
    while pending:
        here, prefix = pending.pop()
        with complaining("the folder cannot be read", here):
            entries = sorted(os.scandir(here), key=lambda entry: entry.name)
        if not entries and prefix:
            empty.append(prefix.rstrip("/"))
        for entry in entries:
            name = f"{prefix}{entry.name}"
            if entry.is_symlink():
                _check_link(Path(entry.path), folder.resolve(), name)
            if entry.is_dir():
                pending.append((entry.path, f"{name}/"))
            elif entry.is_file():
                files.append(name)
            else:
                raise StorageError(
                    "an entry is neither a file nor a folder",
                    where=str(folder),
                    expected="files and folders",
                    got=name,
                    fix="remove it: pipes, sockets and devices have no content that can be kept",
                )
    return sorted(files), sorted(empty)


def _check_link(link: Path, root: Path, name: str) -> None:
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        reason = "leads to itself" if isinstance(error, RuntimeError) or "loop" in str(error) else "leads nowhere"
        raise StorageError(
            f"a link in the folder {reason}",
            where=str(root),
            expected="a link to a file or folder that is there",
            got=name,
            fix="remove it, or replace it by a copy",
        ) from None
    if target.is_dir() and target in link.parent.resolve().joinpath("_").parents:
        raise StorageError(
            "a link leads to a folder above it",
            where=str(root),
            expected="links to files and folders below it",
            got=name,
            fix="remove it",
        )
    if root not in target.parents:
        raise StorageError(
            "a link leads out of the folder",
            where=str(root),
            expected="links that stay in the folder",
            got=f"{name} -> {target}",
            fix="replace it by a copy of what it leads to",
        )


def copy_folder(source: Path, target: Path) -> None:
    """Copy a folder. A new target appears when all of it is there; into one that exists, each file appears whole.

    Raises:
        StorageError: an entry that cannot be copied, named; or the target cannot be written, or lies inside the source.
    """
    if source.resolve() == target.resolve():
        return
    if source.resolve() in target.resolve().parents:
        raise StorageError(
            "a folder cannot be copied into itself",
            where=str(source),
            expected="a target outside of the folder",
            got=str(target),
            fix="copy it to another place",
        )
    files, empty = files_below(source)
    with complaining("the copy failed", source, f"a copy at {target}"), prepared_folder(target) as stage:
        for name in files:
            place = stage / name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, place)
        for name in empty:
            (stage / name).mkdir(parents=True, exist_ok=True)


@contextlib.contextmanager
def prepared_folder(target: Path) -> Generator[Path]:
    """As `prepared`, for a folder; where the target is there already, its files are replaced one by one."""
    make_folder(target.parent)
    stage = part_of(target)
    stage.mkdir()
    try:
        yield stage
        if not target.exists():
            stage.rename(target)
            return
        for folder, names, files in os.walk(stage):
            place = target / os.path.relpath(folder, stage)
            for name in names:
                (place / name).mkdir(parents=True, exist_ok=True)
            for name in files:
                (Path(folder) / name).replace(place / name)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


class WholeFile(io.FileIO):
    """A local file open for writing that appears under its name when it is closed, and never if it is discarded.

    A mode that keeps content (`a`, `r+`) works on a copy of it, so that no other name of the same file changes.
    """

    def __init__(self, target: Path, mode: str) -> None:
        self._target = target
        self._part = part_of(target)
        if "x" in mode and target.exists():
            raise StorageError(
                "there is a file already",
                where=str(target),
                expected="a place that is free",
                got="a file",
                fix="write to another path, or remove the file",
            )
        if "r" in mode:
            existing(target, is_folder=False)
        make_folder(target.parent)
        if set(mode) & {"a", "r"} and target.exists():
            shutil.copyfile(target, self._part)
        flags = "r+" if "r" in mode else "a+" if "a" in mode else "w+"
        super().__init__(self._part, flags)
        self.name = str(target)

    def close(self) -> None:
        """Close the file and give it its name."""
        if self.closed:
            return
        super().close()
        self._part.replace(self._target)

    def discard(self) -> None:
        """Close the file and forget it."""
        if not self.closed:
            super().close()
        self._part.unlink(missing_ok=True)
