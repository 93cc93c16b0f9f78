"""Images that a task's container starts from: names, templates of names, and recipes.

A template is `{{.image.NAME}}`, `{{.image.NAME.fqn}}` or `{{.image.NAME.version}}`, filled from the image configuration
when a task is serialized ("images" and any case are accepted). Recipes (`ImageSpec`, and Flyte 2's `Image`) are
descriptions with a name and a tag made of their content; building them is not this package's work.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import os
import pathlib
import re
import sys
from typing import Any

from compiler.errors import OptionError
from compiler.options.option_kinds import ImageRecipe
from compiler.options.task_options import image_name, runtime_packages
from literals import is_list, is_tuple, preview

_REGISTRY = re.compile(r"[\w.-]+(:\d+)?(/[\w.-]+)*")
_TEXT_LISTS = (
    "packages", "conda_channels", "conda_packages", "apt_packages", "pip_extra_index_url", "entrypoint", "commands",
    "runtime_packages",
)  # fmt: skip
_TEXTS = (
    "python_version", "builder", "source_root", "requirements", "cuda", "cudnn", "platform", "pip_index",
    "pip_extra_args", "registry_config", "tag_format", "python_exec",
)  # fmt: skip
# These do not change what is in the image, or name secrets: they do not count for its identity.
_NO_CONTENT = frozenset({"pip_secret_mounts", "builder", "runtime_packages", "registry_config", "tag_format"})


@dataclasses.dataclass
class ImageSpec(ImageRecipe):
    """A recipe in flytekit's fields. Its tag is a digest of the content, so equal recipes are one image.

    Raises:
        OptionError: a list of texts holds something else.
        OptionError: a registry that cannot be one.
    """

    name: str = "flytekit"
    python_version: str | None = None
    builder: str | None = None
    source_root: str | None = None
    env: dict[str, str] | None = None
    registry: str | None = None
    packages: list[str] | None = None
    conda_packages: list[str] | None = None
    conda_channels: list[str] | None = None
    requirements: str | None = None
    apt_packages: list[str] | None = None
    cuda: str | None = None
    cudnn: str | None = None
    base_image: str | ImageSpec | None = None
    platform: str | None = None
    pip_index: str | None = None
    pip_extra_index_url: list[str] | None = None
    pip_secret_mounts: list[tuple[str, str]] | None = None
    pip_extra_args: str | None = None
    registry_config: str | None = None
    entrypoint: list[str] | None = None
    commands: list[str] | None = None
    tag_format: str | None = None
    source_copy_mode: Any = None
    copy: list[str] | None = None
    python_exec: str | None = None
    runtime_packages: list[str] | None = None
    builder_options: dict[str, Any] | None = None
    builder_config: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        self.name = self.name.lower()
        self.registry = self.registry or None
        if self.registry is not None:
            self.registry = self.registry.lower()
            if _REGISTRY.fullmatch(self.registry) is None:
                raise OptionError(
                    "a registry has an impossible name",
                    where="ImageSpec",
                    expected="like 'ghcr.io/name'",
                    got=preview(self.registry),
                    fix="write host/path, without a scheme and without spaces",
                )
        self.platform = self.platform or "linux/amd64"
        for field in _TEXT_LISTS:
            value = getattr(self, field)
            if value is not None and not (is_list(value) and all(isinstance(item, str) for item in value)):
                raise OptionError(
                    f"{field} is not a list of strings",
                    where="ImageSpec",
                    expected="a list of strings",
                    got=preview(value),
                    fix=f"write {field}=['...']",
                )
        _check_kinds(self)

    @property
    def id(self) -> str:
        """A digest of the fields that are set: the name of this recipe in an image configuration."""
        return _digest(self._content())

    @property
    def tag(self) -> str:
        """A digest of the content, files of requirements included; `tag_format` may frame it as {spec_hash}."""
        content = self._content()
        if self.requirements:
            content["requirements"] = hashlib.sha256(pathlib.Path(self.requirements).read_bytes().strip()).hexdigest()
        made = _digest(content).replace("-", "_")
        return self.tag_format.format(spec_hash=made) if self.tag_format else made

    def configured_name(self) -> str:
        """The name under which an image configuration may have it: `id`."""
        return self.id

    def image_name(self) -> str:
        """Registry, name and tag."""
        return f"{self.registry}/{self.name}:{self.tag}" if self.registry else f"{self.name}:{self.tag}"

    def is_container(self) -> bool:
        """Whether this process runs in the image; outside a container, always."""
        return True

    @classmethod
    def from_env(cls, *, pinned_packages: list[str] | None = None, **kwargs: Any) -> ImageSpec:
        """A recipe with this process's Python version, and these packages in the versions that are installed here.

        Raises:
            OptionError: a package is not installed.
        """
        pinned = [f"{package}=={_installed_version(package)}" for package in pinned_packages or ()]
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        packages = [*(kwargs.pop("packages", None) or ()), *pinned]
        given: dict[str, Any] = {"python_version": version, "packages": packages or None, **kwargs}
        return cls(**given)

    def with_commands(self, commands: str | list[str]) -> ImageSpec:
        """A copy with more commands."""
        return self._with("commands", commands)

    def with_packages(self, packages: str | list[str]) -> ImageSpec:
        """A copy with more Python packages."""
        return self._with("packages", packages)

    def with_apt_packages(self, apt_packages: str | list[str]) -> ImageSpec:
        """A copy with more Debian packages."""
        return self._with("apt_packages", apt_packages)

    def with_copy(self, src: str | list[str]) -> ImageSpec:
        """A copy with more files."""
        return self._with("copy", src)

    def with_runtime_packages(self, runtime_packages: list[str]) -> ImageSpec:
        """A copy with more packages that are installed when the container starts."""
        return self._with("runtime_packages", runtime_packages)

    def with_builder_options(self, builder_options: dict[str, Any]) -> ImageSpec:
        """A copy with more options for the builder."""
        return dataclasses.replace(self, builder_options={**(self.builder_options or {}), **builder_options})

    def force_push(self) -> ImageSpec:
        """The same recipe: what is pushed and when is the builder's decision."""
        return self

    def _with(self, field: str, more: str | list[str]) -> ImageSpec:
        added = [more] if isinstance(more, str) else list(more)
        return dataclasses.replace(self, **{field: [*(getattr(self, field) or []), *added]})

    def _content(self) -> dict[str, Any]:
        given = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        content = {name: value for name, value in given.items() if value is not None and name not in _NO_CONTENT}
        if isinstance(self.base_image, ImageSpec):
            content["base_image"] = self.base_image.image_name()
        return content

    def __hash__(self) -> int:
        return hash(self.id)


def _check_kinds(spec: ImageSpec) -> None:
    """Refuse options of a wrong kind that are not lists of strings."""
    for field in _TEXTS:
        value: object = getattr(spec, field)
        if value is not None and not isinstance(value, (str, os.PathLike)):
            raise OptionError(
                f"{field} is not a string",
                where="ImageSpec",
                expected="text",
                got=preview(value),
                fix=f"write {field}='...'",
            )
    for field in ("env", "builder_options", "builder_config"):
        value = getattr(spec, field)
        if value is not None and not isinstance(value, dict):
            raise OptionError(
                f"{field} is not a dict",
                where="ImageSpec",
                expected="a dict",
                got=preview(value),
                fix=f"write {field}={{'key': 'value'}}",
            )
    for name, text in (spec.env or {}).items():
        if not isinstance(name, str) or not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance] - callers
            raise OptionError(
                "env is not a dict of strings",
                where="ImageSpec",
                expected="a dict from text to text",
                got=preview({name: text}),
                fix="write the values as text",
            )
    mounts: object = spec.pip_secret_mounts
    fits = is_list(mounts) and all(
        is_tuple(pair) and len(pair) == 2 and all(isinstance(part, str) for part in pair)  # noqa: PLR2004 - a pair
        for pair in mounts
    )
    if mounts is not None and not fits:
        raise OptionError(
            "pip_secret_mounts is not a list of pairs of strings",
            where="ImageSpec",
            expected="[(file or variable of the secret, where it is mounted)]",
            got=preview(mounts),
            fix="write each mount as a pair of strings",
        )


def _installed_version(package: str) -> str:
    import importlib.metadata  # noqa: PLC0415 - it costs as much as the rest of a program, and few images ask

    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError as error:
        raise OptionError(
            f"`{package}` is not installed",
            where="ImageSpec.from_env",
            expected="a package that is installed here",
            got=repr(package),
            fix="install it, or name its version: packages=['name==1.0']",
        ) from error


def _digest(content: dict[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, default=str)
    return base64.urlsafe_b64encode(hashlib.md5(text.encode(), usedforsecurity=False).digest()).decode().rstrip("=")


__all__ = ["ImageSpec", "image_name", "runtime_packages"]
