"""Flyte 2's description of a container image: a base and layers, each call giving a new one. Nothing here builds anything.

`uri` names the image by the digest of what is in it, so the same description has the same name on every machine.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from literals import WeftError, preview

BASE: Final = "ghcr.io/flyteorg/flyte"
_TAG_LENGTH: Final = 20


class ImageError(WeftError, ValueError):
    """An image description says something that cannot be."""


@dataclass(frozen=True)
class Layer:
    """One step on top of the base: what kind, and its arguments in a fixed order."""

    kind: str
    arguments: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Image:
    """A base image, or a dockerfile, with layers.

    Attributes: `base_image`, `dockerfile`, `registry`, `name`, `platform`, `python_version`, `extendable`, `layers`.
    """

    base_image: str | None = None
    dockerfile: Path | None = None
    registry: str | None = None
    name: str | None = None
    platform: tuple[str, ...] = ("linux/amd64",)
    python_version: tuple[int, int] = field(default_factory=lambda: (sys.version_info.major, sys.version_info.minor))
    extendable: bool = True
    layers: tuple[Layer, ...] = ()

    @classmethod
    def from_base(cls, image_uri: str) -> Image:
        """An image that exists, by its address.

        Raises:
            ImageError: the address is empty.
        """
        if not image_uri:
            raise ImageError("an image needs an address", where="Image.from_base")
        return cls(base_image=image_uri)

    @classmethod
    def from_debian_base(
        cls,
        python_version: tuple[int, int] | None = None,
        flyte_version: str | None = None,
        registry: str | None = None,
        name: str | None = None,
        platform: str | tuple[str, ...] | None = None,
        **options: Any,
    ) -> Image:
        """Debian with Python."""
        version = python_version or (sys.version_info.major, sys.version_info.minor)
        made = cls(
            base_image=f"{BASE}:py{version[0]}.{version[1]}-{flyte_version or 'latest'}",
            registry=registry,
            name=name,
            python_version=version,
        )
        return replace(made, platform=_platforms(platform)) if platform else made._with("options", **options)

    @classmethod
    def from_dockerfile(
        cls, file: str | os.PathLike[str], registry: str, name: str, platform: str | tuple[str, ...] | None = None
    ) -> Image:
        """An image that a dockerfile makes; it takes no further layers."""
        made = cls(dockerfile=Path(file), registry=registry, name=name, extendable=False)
        return replace(made, platform=_platforms(platform)) if platform else made

    @classmethod
    def from_uv_script(
        cls, script: str | os.PathLike[str], *, name: str, registry: str | None = None, **options: Any
    ) -> Image:
        """Debian with what a script's header asks for."""
        python_version = options.pop("python_version", None)
        return cls.from_debian_base(python_version, registry=registry, name=name)._with(
            "uv_script", script=Path(script).name, **options
        )

    @classmethod
    def from_pixi_script(
        cls, script: str | os.PathLike[str], *, name: str, registry: str | None = None, **options: Any
    ) -> Image:
        """Debian with what a script's pixi header asks for."""
        return cls.from_debian_base(registry=registry, name=name)._with(
            "pixi_script", script=Path(script).name, **options
        )

    @classmethod
    def from_ref_name(cls, name: str = "default") -> Image:
        """An image that the configuration names."""
        return cls(name=name, base_image=f"ref:{name}", extendable=False)

    def clone(self, **changes: Any) -> Image:
        """A copy with another registry, name, base image, Python version, platform or `extendable`.

        Raises:
            ImageError: something else was to be changed.
        """
        known = {"registry", "name", "base_image", "python_version", "extendable", "platform"}
        changes = {key: value for key, value in changes.items() if value is not None and key != "registry_secret"}
        unknown = sorted(set(changes) - known)
        if unknown:
            raise ImageError(f"clone cannot change {unknown[0]!r}", expected=", ".join(sorted(known)))
        if "platform" in changes:
            changes["platform"] = _platforms(changes["platform"])
        return replace(self, **changes)

    def _with(self, kind: str, **arguments: Any) -> Image:
        kept = {key: value for key, value in arguments.items() if value not in (None, (), [], False)}
        if kind == "options" and not kept:
            return self
        if not self.extendable:
            raise ImageError(
                "this image takes no further layers",
                where=self.name or "",
                fix="clone it with extendable=True, or start from a base",
            )
        return replace(self, layers=(*self.layers, Layer(kind, tuple(sorted(kept.items())))))

    def with_pip_packages(self, *packages: str, **options: Any) -> Image:
        """Install Python packages."""
        return self._with("pip", packages=packages, **options)

    def with_apt_packages(self, *packages: str, **options: Any) -> Image:
        """Install system packages."""
        return self._with("apt", packages=packages, **options)

    def with_commands(self, commands: list[str], **options: Any) -> Image:
        """Run shell commands."""
        return self._with("commands", commands=tuple(commands), **options)

    def with_env_vars(self, env_vars: Mapping[str, str]) -> Image:
        """Set variables."""
        return self._with("env", values=tuple(sorted(env_vars.items())))

    def with_requirements(self, file: str | os.PathLike[str], **options: Any) -> Image:
        """Install what a requirements file lists."""
        return self._with("requirements", file=os.fspath(file), **options)

    def with_source_file(self, src: Any, dst: str = ".") -> Image:
        """Copy a file."""
        return self._with("source_file", src=str(src), dst=dst)

    def with_source_folder(self, src: str | os.PathLike[str], dst: str = ".", **options: Any) -> Image:
        """Copy a folder."""
        return self._with("source_folder", src=os.fspath(src), dst=dst, **options)

    def with_dockerignore(self, path: str | os.PathLike[str]) -> Image:
        """Leave out what a file lists."""
        return self._with("dockerignore", path=os.fspath(path))

    def with_workdir(self, workdir: str) -> Image:
        """Start in this folder."""
        return self._with("workdir", path=workdir)

    def with_code_bundle(self, copy_style: str = "loaded_modules", dst: str = ".") -> Image:
        """Bake the user's code in."""
        return self._with("code", copy_style=copy_style, dst=dst)

    def with_uv_project(self, pyproject_file: str | os.PathLike[str], **options: Any) -> Image:
        """Install a uv project."""
        return self._with("uv_project", file=os.fspath(pyproject_file), **options)

    def with_poetry_project(self, pyproject_file: str | os.PathLike[str], **options: Any) -> Image:
        """Install a poetry project."""
        return self._with("poetry_project", file=os.fspath(pyproject_file), **options)

    def with_pixi_project(self, manifest_file: str | os.PathLike[str], **options: Any) -> Image:
        """Install a pixi project."""
        return self._with("pixi_project", file=os.fspath(manifest_file), **options)

    def with_local_v2(self) -> Image:
        """Install the SDK from this machine: weft has no wheel to copy, so the image stays as it is."""
        return self

    @property
    def uri(self) -> str:
        """The image's address: of the base itself without layers, else named by the digest of the layers."""
        if self.base_image is not None and not self.layers and self.registry is None:
            return self.base_image
        text = json.dumps(
            [self.base_image, str(self.dockerfile), self.layers, self.python_version], default=repr, sort_keys=True
        )
        tag = hashlib.sha256(text.encode()).hexdigest()[:_TAG_LENGTH]
        name = "/".join(part for part in (self.registry, self.name or "flyte") if part)
        return f"{name}:{tag}"


def _platforms(given: str | tuple[str, ...]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def image_address(image: Any) -> Any:
    """What a task's container says: the address of a described image; others as they are; None for "auto".

    Raises:
        ImageError: neither an image nor an address.
    """
    if image is None or image == "auto":
        return None
    if isinstance(image, Image):
        return image.uri
    if isinstance(image, str) or hasattr(image, "image_name"):
        return image
    raise ImageError("this is no image", expected="Image, an address, or 'auto'", got=preview(image))
