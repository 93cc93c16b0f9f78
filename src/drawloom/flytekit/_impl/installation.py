"""`install()`: `import flytekit` means drawloom's package from now on."""

from __future__ import annotations

from drawloom import import_alias

VERSION = import_alias.MIRRORED["flytekit"]
"""The version of flytekit that is mirrored."""


def install() -> None:
    """Let `import flytekit` mean `drawloom.flytekit` in this process; its plug-ins of types are loaded at the first import.

    Raises:
        InstallError: flytekit itself is imported already.
    """
    import_alias.install("flytekit")


def load_implicit_plugins() -> None:
    """Import the plug-ins of types that are installed for flytekit; without `install()` there is nothing that they could use."""
    import_alias.load_implicit_plugins("flytekit")
