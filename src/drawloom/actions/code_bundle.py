"""Code bundles: the user's source files as one archive whose name is the digest of its content.

Deterministic: sorted names, no times, no owners. Files outside the root, links that lead out of it, and what ignore files
name are left out. The same files give the same name on every machine.
"""

from __future__ import annotations

import fnmatch
import gzip
import hashlib
import io
import os
import site
import sys
import sysconfig
import tarfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from drawloom.context import ArchiveError, unpack_archive
from drawloom.errors import CodeBundleError
from literals import DrawloomError, error_text

COPY_STYLES = ("loaded_modules", "all", "none")
SIZE_LIMIT = 256 * 1024 * 1024
"""Bytes of source that a bundle may hold."""
IGNORE_FILES = (".gitignore", ".flyteignore", ".drawloomignore")
ALWAYS_IGNORED = (
    ".git", ".hg", ".svn", ".venv", "venv", "env", "__pycache__", "*.pyc", "*.pyo", ".mypy_cache", ".pytest_cache",
    ".ruff_cache", ".ipynb_checkpoints", "node_modules", ".DS_Store", ".drawloom", ".flyte", "*.egg-info", "dist", "build",
)  # fmt: skip
PREFIX = "fast"


class BundleUnpackError(DrawloomError, ValueError):
    """An archive is not the bundle that its name says, or would write outside its folder."""


@dataclass(frozen=True, kw_only=True)
class CodeBundle:
    """An archive of source files.

    Attributes: `computed_version` (digest of the content), `tgz` (path of the archive), `destination` (where it is unpacked),
    `files` (names in it), `downloaded_path` (where it was unpacked; None if it was not).
    """

    computed_version: str
    destination: str = "."
    tgz: str | None = None
    pkl: str | None = None
    downloaded_path: Path | None = None
    files: tuple[str, ...] = ()

    def with_downloaded_path(self, path: Path) -> CodeBundle:
        """The same bundle, unpacked at `path`."""
        return replace(self, downloaded_path=path)


def build_bundle(style: str, *, root: Path, include: Sequence[str] = (), folder: Path) -> CodeBundle:
    """Archive the modules that are loaded, or all files, below `root`; written whole into `folder`.

    Raises:
        CodeBundleError: there is nothing to archive, it is too large, or `include` names a file that is not there.
    """
    root = root.resolve()
    files = set(_all_files(root)) if style == "all" else set(_loaded_modules(root))
    files.update(_included(root, include))
    if not files:
        raise CodeBundleError(
            "no source file was found for the code bundle",
            where=str(root),
            expected="Python files in the folder",
            got="none",
            fix='run from the folder of the code, pass init(root_dir=...), or use copy_style="none" with a version',
        )
    data = _archive(root, sorted(files))
    version = hashlib.sha256(data).hexdigest()[:32]
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{PREFIX}{version}.tar.gz"
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    part.write_bytes(data)
    part.replace(target)
    return CodeBundle(computed_version=version, tgz=str(target), files=tuple(sorted(files)))


def unpack_bundle(archive: str | os.PathLike[str], folder: str | os.PathLike[str]) -> list[str]:
    """Unpack a bundle into a folder; give the names of its files.

    Raises:
        BundleUnpackError: damaged, or a member would leave the folder.
    """
    try:
        data = Path(archive).read_bytes()
        stem = Path(archive).name.removesuffix(".tar.gz")
        if stem.startswith(PREFIX) and not hashlib.sha256(data).hexdigest().startswith(stem.removeprefix(PREFIX)):
            raise BundleUnpackError(
                "the archive's content is not what its name says",
                where=str(archive),
                expected="the digest that its name holds",
                got="another one",
                fix="fetch the bundle again, or make a new one",
            )
        return unpack_archive(data, folder, where=str(archive))
    except ArchiveError as error:
        raise BundleUnpackError(
            error.what,
            where=error.where,
            expected=error.expected,
            got=error.got,
            fix="fetch the bundle again, or make a new one",
        ) from error
    except OSError as error:
        raise BundleUnpackError(
            "the archive cannot be unpacked",
            where=str(archive),
            expected="a .tar.gz archive",
            got=error_text(error),
            fix="fetch the bundle again, or make a new one",
        ) from error


def _archive(root: Path, names: Sequence[str]) -> bytes:
    raw = io.BytesIO()
    total = 0
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name in names:
            content = (root / name).read_bytes()
            total += len(content)
            if total > SIZE_LIMIT:
                largest = max(names, key=lambda each: (root / each).stat().st_size)
                raise CodeBundleError(
                    f"the code is larger than {SIZE_LIMIT:,} bytes",
                    where=largest,
                    expected=f"at most {SIZE_LIMIT:,} bytes",
                    got="the file above is the largest",
                    fix=f"name what is not code in {IGNORE_FILES[-1]}",
                )
            member = tarfile.TarInfo(name)
            member.size = len(content)
            member.mode = 0o644
            archive.addfile(member, io.BytesIO(content))
    return gzip.compress(raw.getvalue(), mtime=0)


def _loaded_modules(root: Path) -> Iterable[str]:
    outside = _library_folders()
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if not isinstance(file, str) or not file.endswith(".py"):
            continue
        path = Path(file).resolve()
        # A module may outlive its file.
        if path.is_file() and root in path.parents and not any(folder in path.parents for folder in outside):
            name = path.relative_to(root)
            if not any(_matches(part, ALWAYS_IGNORED) for part in name.parts[:-1]):
                yield name.as_posix()


def _library_folders() -> set[Path]:
    found = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    found.update(site.getsitepackages())
    found.add(sys.prefix)
    found.add(str(Path(__file__).resolve().parent.parent))
    return {Path(path).resolve() for path in found if path}


def _all_files(root: Path) -> Iterable[str]:
    for folder, folders, files in os.walk(root, followlinks=False):
        here = Path(folder)
        rules = _rules(root, here)
        kept = [name for name in sorted(folders) if not _ignored(here / name, rules)]
        folders[:] = [name for name in kept if not (here / name).is_symlink()]
        for name in sorted(files):
            path = here / name
            if _ignored(path, rules) or root not in path.resolve().parents:
                continue
            if path.is_file():
                yield path.relative_to(root).as_posix()


Rule = tuple[Path, str, bool, bool]
"""Folder of the ignore file, pattern, whether it takes names back in, whether it is for folders only."""


def _rules(root: Path, folder: Path) -> list[Rule]:
    rules: list[Rule] = []
    for place in [parent for parent in (*reversed(folder.parents), folder) if parent == root or root in parent.parents]:
        for name in IGNORE_FILES:
            file = place / name
            if file.is_file():
                rules += [_rule(place, line) for line in file.read_text(encoding="utf-8").splitlines() if _counts(line)]
    return rules


def _counts(line: str) -> bool:
    return bool(line.strip()) and not line.startswith("#")


def _rule(folder: Path, line: str) -> Rule:
    pattern = line.strip()
    back_in = pattern.startswith("!")
    pattern = pattern[1:] if back_in else pattern
    return folder, pattern.rstrip("/"), back_in, pattern.endswith("/")


def _ignored(path: Path, rules: Sequence[Rule]) -> bool:
    if _matches(path.name, ALWAYS_IGNORED):
        return True
    verdict = False
    for place, pattern, back_in, folders_only in rules:
        if folders_only and not path.is_dir():
            continue
        relative = path.relative_to(place).as_posix()
        if "/" in pattern:
            hit = fnmatch.fnmatchcase(relative, pattern.lstrip("/")) or fnmatch.fnmatchcase(
                relative, pattern.lstrip("/").replace("**/", "")
            )
        else:
            hit = fnmatch.fnmatchcase(path.name, pattern)
        if hit:
            verdict = not back_in
    return verdict


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def _included(root: Path, include: Sequence[str]) -> Iterable[str]:
    for pattern in include:
        found = [path for path in root.glob(pattern) if path.is_file() and root in path.resolve().parents]
        if not found:
            raise CodeBundleError(
                "include names a file that is not there",
                where=str(root),
                expected="files below the root folder",
                got=pattern,
                fix="mend the path, which is relative to the root folder",
            )
        for path in found:
            yield path.relative_to(root).as_posix()
