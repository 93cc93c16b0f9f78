"""Names at the top of flytekit and flyte that are neither entities nor settings, each with what it means here."""

from __future__ import annotations

import importlib
import types
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

StructuredDatasetFormat: TypeAlias = str
"""A format of tables, by name."""


@dataclass(frozen=True)
class ImageBuild:
    """What building an image gave, for those who build images."""

    uri: str | None
    remote_run: Any = None


class AppHandle(Protocol):
    """A served application; only a platform makes one."""

    @property
    def name(self) -> str:
        """Its name."""
        ...


class _LazyModule(types.ModuleType):
    """A module that is imported when first used."""

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self.__name__), name)


def lazy_module(name: str) -> types.ModuleType:
    """The module, imported when an attribute of it is first read; an ImportError comes then."""
    return _LazyModule(name)


def load_implicit_plugins() -> None:
    """Nothing to load: types of a library are known when a hint first names one."""


def load_plugin_config(*_: Any, **__: Any) -> None:
    """Nothing to load: there are no plugins of the command line."""


def custom_excepthook(kind: type[BaseException], error: BaseException, trace: types.TracebackType | None) -> None:
    """Show an error as Python does: drawloom's frames are left out of its errors already."""
    import sys  # noqa: PLC0415 - only an error's end needs it

    sys.__excepthook__(kind, error, trace)


def version() -> str:
    """Drawloom's version."""
    return str(importlib.import_module("drawloom").__version__)
