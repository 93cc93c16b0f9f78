"""`import flytekit` and `import flyte` as drawloom's packages of these names, for one process.

A program or a plug-in that was written for a peer then runs unchanged. Every module below the peer's name *is* the module of
ours: `flytekit.core.task` and `drawloom.flytekit.core.task` are one object under two names. The peer need not be installed; where
it is, it is hidden, and `importlib.metadata.version` gives the version that drawloom mirrors.

The variable DRAWLOOM_AS holds what is installed, so that worker processes of a run, which inherit it, do the same.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Sequence
from email.message import Message
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.metadata import Distribution, DistributionFinder, EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from drawloom.local.logging import system_logger
from literals import DrawloomError, attempt

MIRRORED: Final = {"flytekit": "1.16.31", "flyte": "2.12.1"}
"""The peers, and the version of each that drawloom mirrors."""
VARIABLE: Final = "DRAWLOOM_AS"
PLUGINS: Final = {"flytekit": "flytekit.plugins", "flyte": "flyte.plugins.types"}
"""The entry points under which the peers' plug-ins of types are installed."""


class InstallError(DrawloomError, ImportError):
    """A peer's name cannot be given to drawloom's package."""


def install(peer: str) -> None:
    """Let `import <peer>` mean `drawloom.<peer>` from now on; doing it twice changes nothing.

    Raises:
        InstallError: the peer is not one that drawloom mirrors, or the real one is imported already.
    """
    if peer not in MIRRORED:
        raise InstallError(
            "drawloom has no package of this name",
            where="install",
            expected=" or ".join(MIRRORED),
            got=repr(peer),
            fix="give one of these",
        )
    if any(isinstance(finder, AliasFinder) and finder.peer == peer for finder in sys.meta_path):
        return
    loaded = sys.modules.get(peer)
    if loaded is not None:
        raise InstallError(
            f"{peer} itself is imported already, and its objects are in use",
            where="install",
            expected="a program that has not imported it",
            got=str(getattr(loaded, "__file__", loaded)),
            fix=f"install before anything imports {peer}, at the top of the program",
        )
    sys.meta_path.insert(0, AliasFinder(peer))
    installed = os.environ.get(VARIABLE, "").split()
    if peer not in installed:
        os.environ[VARIABLE] = " ".join([*installed, peer])


def install_from_environment() -> None:
    """Install what DRAWLOOM_AS names, as the process that started this one has it."""
    for peer in os.environ.get(VARIABLE, "").split():
        install(peer)


def load_implicit_plugins(peer: str = "flytekit") -> None:
    """Import the plug-ins of types that are installed for a peer, where its name is drawloom's.

    A plug-in that cannot be imported is named in a warning of the log; a hint that needs it is refused when it is used.
    """
    if not any(isinstance(finder, AliasFinder) and finder.peer == peer for finder in sys.meta_path):
        return
    for plugin in entry_points(group=PLUGINS[peer]):
        error = attempt(_load, plugin, calls=peer == "flyte").error
        if error is not None:
            system_logger.warning("the plug-in %s = %s is not loaded: %s", plugin.name, plugin.value, error)


def _load(plugin: EntryPoint, *, calls: bool) -> None:
    """Import a plug-in; one of Flyte 2's is a function, which registers its types when it is called."""
    loaded = plugin.load()
    if calls and callable(loaded):
        loaded()


class AliasFinder(MetaPathFinder):
    """Finds every module below a peer's name as the module of drawloom's package."""

    def __init__(self, peer: str) -> None:
        self.peer = peer

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The specification of a module of the peer's; None for every other module, and for one that drawloom has not."""
        del path, target
        if fullname != self.peer and not fullname.startswith(f"{self.peer}."):
            return None
        there = find_spec(f"drawloom.{fullname}")
        if there is None:
            return None
        return ModuleSpec(
            fullname, _AliasLoader(self.peer), origin=there.origin, is_package=bool(there.submodule_search_locations)
        )

    def find_distributions(self, context: DistributionFinder.Context) -> Iterable[Distribution]:
        """The peer, when `importlib.metadata` is asked for it by name."""
        name = re.sub(r"[-_.]+", "-", context.name or "").lower()
        return [_Mirrored(self.peer)] if name == self.peer else []

    def invalidate_caches(self) -> None:
        """Nothing is kept."""


class _AliasLoader(Loader):
    """Gives the module of ours; it is executed already, so there is nothing to do."""

    def __init__(self, peer: str) -> None:
        self.peer = peer
        self._spec: Any = None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The module of ours, and every other one of the peer's that it has loaded under the peer's name too.

        Without the latter a module would be set once more as an attribute of its package, over a function of its name.
        """
        module = import_module(f"drawloom.{spec.name}")
        self._spec = module.__spec__
        ours = f"drawloom.{self.peer}."
        for name, loaded in list(sys.modules.items()):
            if name.startswith(ours):
                sys.modules.setdefault(name.removeprefix("drawloom."), loaded)
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Put back what the import has changed in the module; for the peer's package, load the plug-ins."""
        module.__spec__ = self._spec
        if module.__name__ == f"drawloom.{self.peer}":
            load_implicit_plugins(self.peer)


class _Mirrored(Distribution):
    """What `importlib.metadata` says of a peer."""

    def __init__(self, peer: str) -> None:
        self._peer = peer

    def read_text(self, filename: str) -> str | None:
        """The metadata: name and version."""
        if filename not in {"METADATA", "PKG-INFO"}:
            return None
        made = Message()
        made["Metadata-Version"] = "2.1"
        made["Name"] = self._peer
        made["Version"] = MIRRORED[self._peer]
        made["Summary"] = f"drawloom under the import paths of {self._peer} {MIRRORED[self._peer]}"
        return made.as_string()

    def locate_file(self, path: str | os.PathLike[str]) -> Path:
        """Files of the distribution are drawloom's."""
        return Path(__file__).parent / path


__all__ = ["MIRRORED", "InstallError", "install", "install_from_environment", "load_implicit_plugins"]
