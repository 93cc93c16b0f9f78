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


def hand_on(init: Callable[..., None], given: Mapping[str, object], cls: type, where: str) -> None:
    """Give the options that no class of `cls` has taken so far to the constructor that is next in its order.

    Raises:
        OptionError: none is left that could take them.
    """
    if getattr(init, "__objclass__", None) is object:
        check_known(given, lambda: _options_of(cls), cls.__name__, where)
    init(**given)


def _options_of(cls: type) -> set[str]:
    own = [vars(each)["__init__"] for each in cls.__mro__ if "__init__" in vars(each) and each is not object]
    return {name for init in own for name in option_names(init)} - {"self", "args", "kwargs"}
