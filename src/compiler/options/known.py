"""Options that nobody knows: refused with what there is, and with what is meant."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Collection, Mapping
from typing import Any

from compiler.errors import OptionError
from literals import preview


def option_names(function: Callable[..., Any]) -> set[str]:
    """The keyword parameters of a decorator or constructor; not those with an underscore, which it is called with by Python."""
    parameters = inspect.signature(function).parameters.values()
    return {each.name for each in parameters if each.kind is not each.VAR_KEYWORD and not each.name.startswith("_")}


def check_known(given: Mapping[str, object], known: Callable[[], Collection[str]], called: str, where: str) -> None:
    """Refuse the first option that is not known. `known` is asked only then; `called` is what the options are given to.

    Raises:
        OptionError: there is one.
    """
    if not given:
        return
    names = sorted(known())
    for name in sorted(given.keys() - set(names)):
        raise OptionError(
            f"{called} has no option `{name}`",
            where=where,
            expected=", ".join(names),
            got=f"{name}={preview(given[name])}",
            fix=meant(name, names) or "check the spelling, or remove it",
        )


def meant(name: str, names: Collection[str]) -> str:
    """What to do about a misspelt name: the one that is closest; empty where none is close."""
    close = difflib.get_close_matches(name, names, n=1)
    return f"did you mean `{close[0]}`?" if close else ""
