"""The steps of an image's recipe, and what may be said of each: packages, commands, files, secrets, platforms."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias

from compiler.errors import OptionError
from compiler.options.security import Secret
from literals import preview

Architecture: TypeAlias = Literal["linux/amd64", "linux/arm64"]
Platforms: TypeAlias = "Architecture | tuple[Architecture, ...] | None"
Names: TypeAlias = "str | Sequence[str] | None"
SecretMounts: TypeAlias = "str | Secret | Iterable[str | Secret] | None"
InstallMode: TypeAlias = Literal["dependencies_only", "install_project"]
_HEADER = re.compile(r"(?m)^# /// (?P<kind>[a-zA-Z0-9-]+)$\s(?P<content>(^#(| .*)$\s)+)^# ///$")


@dataclasses.dataclass(frozen=True)
class Layer:
    """One step of a recipe: its kind, its options that are set, and the files that it reads."""

    kind: str
    options: Mapping[str, Any] = dataclasses.field(default_factory=dict[str, Any])
    files: tuple[Path, ...] = ()

    def content(self) -> list[Any]:
        """What the step adds to the digest.

        Raises:
            OptionError: a file is not there or cannot be read.
        """
        return [self.kind, dict(self.options), [file_digest(file, self.kind) for file in self.files]]

    def __hash__(self) -> int:
        return hash((self.kind, json.dumps(dict(self.options), sort_keys=True, default=str), self.files))


class PythonWheels(Layer):
    """A package installed from a folder of wheels."""

    def __init__(self, *, wheel_dir: Path, package_name: str, **options: object) -> None:
        super().__init__("wheels", given_options(package=package_name, **pip_options(options)), (Path(wheel_dir),))


class PipPackages(Layer):
    """Packages installed from an index."""

    def __init__(self, packages: Iterable[str] = (), **options: object) -> None:
        super().__init__("pip", given_options(packages=texts("packages", packages), **pip_options(options)))


class AptPackages(Layer):
    """Packages of the distribution."""

    def __init__(self, packages: Iterable[str] = (), secret_mounts: SecretMounts = None) -> None:
        super().__init__(
            "apt", given_options(packages=texts("packages", packages), secrets=secret_names(secret_mounts))
        )


class Commands(Layer):
    """Shell commands, in order."""

    def __init__(self, commands: Iterable[str] = (), secret_mounts: SecretMounts = None) -> None:
        super().__init__(
            "commands", given_options(commands=texts("commands", commands), secrets=secret_names(secret_mounts))
        )


def given_options(**options: object) -> dict[str, Any]:
    """The options that are given."""
    return {name: value for name, value in options.items() if value is not None}


def pip_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """The options of an installation from an index, checked. Raises `OptionError` for an unknown one."""
    known = {"index_url", "extra_index_urls", "pre", "extra_args", "secret_mounts"}
    if unknown := sorted(set(given) - known):
        raise OptionError(
            f"no such option: {', '.join(unknown)}",
            where="Image",
            expected=", ".join(sorted(known)),
            got=preview(given),
            fix="use one of these names",
        )
    return given_options(
        index_url=given.get("index_url"),
        extra_index_urls=texts("extra_index_urls", given.get("extra_index_urls")) or None,
        pre=True if given.get("pre") else None,
        extra_args=given.get("extra_args"),
        secrets=secret_names(given.get("secret_mounts")),
    )


def texts(what: str, given: Names | Iterable[str]) -> list[str]:
    """One text or several, as a list. Raises `OptionError` for anything else."""
    items = [given] if isinstance(given, str) else list(given or ())
    for item in items:
        if not isinstance(item, str):  # pyright: ignore[reportUnnecessaryIsInstance] - callers
            raise OptionError(
                f"{what} are texts",
                where="Image",
                expected="texts",
                got=preview(item),
                fix="give each as a string of its own",
            )
    return items


def secret_of(given: str | Secret | None) -> Secret | None:
    """A secret that is named by its key, or given as it is."""
    return Secret(key=given) if isinstance(given, str) else given


def secret_names(given: SecretMounts) -> list[str] | None:
    """What identifies mounted secrets; their values are not part of an image. A text is a key, and names no variable."""
    if given is None:
        return None
    items = [given] if isinstance(given, (str, Secret)) else list(given)
    return [f"/{item}" if isinstance(item, str) else f"{item.group or ''}/{item.key or ''}" for item in items]


def platforms_of(given: Platforms) -> tuple[Architecture, ...]:
    """The platforms of an image; that of most clusters where none is named."""
    if given is None:
        return ("linux/amd64",)
    return (given,) if isinstance(given, str) else tuple(given)


def file_digest(path: Path, kind: str) -> str:
    """The digest of a file or folder that a step of `kind` reads. Raises `OptionError` where it cannot be read."""
    try:
        if path.is_dir():
            found = sorted(file for file in path.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
            parts = [(file.relative_to(path).as_posix(), _bytes_digest(file.read_bytes())) for file in found]
            return _bytes_digest(json.dumps(parts).encode())
        data = path.read_bytes()
    except OSError as error:
        raise OptionError(
            f"a file of an image cannot be read ({error.strerror})",
            where=f"Image ({kind})",
            expected="a file that can be read",
            got=str(path),
            fix="check the path",
        ) from error
    if kind.endswith("_script"):
        # Only the header says what is installed; the rest of a script changes all the time.
        data = b"\n".join(m["content"].encode() for m in _HEADER.finditer(data.decode("utf-8", "replace")))
    return _bytes_digest(data)


def _bytes_digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
