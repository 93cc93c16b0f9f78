"""`install()`: `import flyte` means drawloom's package from now on."""

from __future__ import annotations

from drawloom import import_alias

VERSION = import_alias.MIRRORED["flyte"]
"""The version of the Flyte 2 SDK that is mirrored."""


def install() -> None:
    """Let `import flyte` mean `drawloom.flyte` in this process.

    Raises:
        InstallError: flyte itself is imported already.
    """
    import_alias.install("flyte")
