"""What programs write to run a task in a sandbox of the peer's, an interpreter of its own: refused with the reason."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

from drawloom.errors import UnsupportedHereError


class Sandbox:
    """The `sandbox` of an environment: reading it is refused.

    Raises:
        UnsupportedHereError: always.
    """

    def __get__(self, instance: object, owner: type) -> NoReturn:
        if instance is None:
            raise AttributeError("sandbox")
        raise _refusal("sandbox", getattr(instance, "name", ""))


def refuse_sandboxes(environments: Iterable[object], where: str) -> None:
    """Refuse to depend on the environment of sandboxed tasks.

    Raises:
        UnsupportedHereError: it is among these.
    """
    if any(getattr(each, "__name__", "") == "sandbox_environment" for each in environments):
        raise _refusal("sandbox_environment", where)


def _refusal(what: str, where: str) -> UnsupportedHereError:
    return UnsupportedHereError(
        f"{what} needs a sandbox with an interpreter of its own, and drawloom has none",
        where=where,
        expected="a task",
        got=what,
        fix="run trusted code as a task; run other code in a container of your own",
    )
