"""The parameters of a run context: defaults, and what each may be. What cannot be honoured here is refused with the reason."""

from __future__ import annotations

import builtins
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, TypeAlias, cast

from drawloom.actions.code_bundle import COPY_STYLES
from drawloom.actions.record import DURABILITIES
from drawloom.context import RunMode, check_custom_context
from drawloom.errors import UnsupportedHereError
from drawloom.interpreter import check_name
from drawloom.local.logging import FORMATS, system_logger
from literals import DrawloomError, preview

CopyStyle: TypeAlias = Literal["loaded_modules", "all", "none"]
CacheLookupScope: TypeAlias = Literal["global", "project-domain"]

MODES = ("local", "remote", "hybrid")
SCOPES = ("global", "project-domain")
_KINDS = {
    "service_account": str,
    "version": str,
    "project": str,
    "domain": str,
    "queue": str,
    "interruptible": bool,
    "interactive_mode": bool,
    "run_start_time": datetime,
}
"""Types of the parameters that are passed on as they are."""


class RunContextError(DrawloomError, ValueError, TypeError):
    """A parameter of `with_runcontext` has a value that it cannot have."""


DEFAULTS: dict[str, Any] = {
    "name": None,
    "service_account": None,
    "version": None,
    "copy_style": "loaded_modules",
    "dry_run": False,
    "copy_bundle_to": None,
    "interactive_mode": None,
    "raw_data_path": None,
    "run_base_dir": None,
    "run_start_time": None,
    "overwrite_cache": False,
    "project": None,
    "domain": None,
    "env_vars": None,
    "labels": None,
    "annotations": None,
    "interruptible": None,
    "log_level": None,
    "log_format": "console",
    "user_log_level": None,
    "reset_root_logger": False,
    "disable_run_cache": False,
    "queue": None,
    "max_action_concurrency": None,
    "notifications": None,
    "custom_context": None,
    "cache_lookup_scope": "global",
    "preserve_original_types": False,
    "debug": False,
    "tracked": False,
    "tracked_strict": False,
    "durability": None,
    "executor": None,
}


def checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """The options with defaults and configuration filled in, each held against what it can be."""
    options = {"mode": None, **DEFAULTS, **given}
    options["mode"] = _mode(options["mode"])
    _one_of("copy_style", options["copy_style"], COPY_STYLES)
    _one_of("cache_lookup_scope", options["cache_lookup_scope"], SCOPES)
    _one_of("log_format", options["log_format"], FORMATS)
    if options["name"] is not None:
        check_name(options["name"], "with_runcontext.name")
    for what in ("env_vars", "labels", "annotations"):
        options[what] = _texts(what, options[what])
    options["custom_context"] = check_custom_context(options["custom_context"] or {})
    for what in ("overwrite_cache", "disable_run_cache", "dry_run", "preserve_original_types", "reset_root_logger"):
        options[what] = bool(options[what])
    for what in ("log_level", "user_log_level"):
        if options[what] is not None and (isinstance(options[what], bool) or not isinstance(options[what], int)):
            raise RunContextError(
                "a level is a number of the logging module",
                where=what,
                expected="a number such as logging.INFO",
                got=preview(options[what]),
                fix="write logging.DEBUG, logging.INFO, logging.WARNING or logging.ERROR",
            )
    _typed(options)
    for what in ("raw_data_path", "run_base_dir"):
        if options[what] is not None:
            options[what] = os.fspath(cast("str", options[what]))
            if not options[what]:
                raise RunContextError(
                    "a path cannot be empty",
                    where=f"with_runcontext.{what}",
                    expected="the path of a folder",
                    got="an empty path",
                    fix="give a folder, or leave it out",
                )
    if options["copy_bundle_to"] is not None and not options["dry_run"]:
        raise RunContextError(
            "copy_bundle_to says where a dry run puts the bundle",
            where="copy_bundle_to",
            expected="dry_run=True",
            got="a run that is not a dry run",
            fix="dry_run=True",
        )
    if options["interactive_mode"] is None:
        options["interactive_mode"] = _in_notebook()
    options["max_action_concurrency"] = _limit(options["max_action_concurrency"])
    _one_of("durability", options["durability"], (None, *DURABILITIES))
    _refuse_executor(options)
    return options


def _typed(options: Mapping[str, Any]) -> None:
    for what, kind in _KINDS.items():
        if options[what] is not None and not isinstance(options[what], kind):
            raise RunContextError(
                "the value has the wrong type",
                where=f"with_runcontext.{what}",
                expected=kind.__name__,
                got=f"{type(options[what]).__name__} {preview(options[what])}",
                fix="give a value of that type, or leave it out",
            )


def _mode(given: object) -> RunMode:
    mode = given or "local"
    _one_of("mode", mode, MODES)
    if mode != "local":
        raise UnsupportedHereError(
            f"mode={mode!r} needs a Flyte 2 platform, and drawloom talks to Flyte 1 only",
            where="with_runcontext.mode",
            expected='"local"',
            got=repr(mode),
            fix="run a workflow on Flyte 1 with `drawloom run --remote`, or leave mode out to run here",
        )
    return cast("RunMode", mode)


def _refuse_executor(options: Mapping[str, Any]) -> None:
    # Said aloud and gone on without, as Flyte 2 does: neither changes what the run computes.
    if options["debug"]:
        system_logger.warning("debug=True: there is no container to open an editor in; use a debugger on this process")
    if options["tracked"]:
        system_logger.warning(
            "tracked=True: there is no control plane to mirror the run to; its record is in `run.url`"
        )
    if options["tracked_strict"]:
        raise UnsupportedHereError(
            "tracked_strict=True cannot be honoured: there is no control plane to mirror the run to",
            where="with_runcontext.tracked_strict",
            expected="tracked_strict=False",
            got="True",
            fix="the run's record is in `run.url`",
        )


def _limit(limit: object) -> int | None:
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 0):
        raise RunContextError(
            "the limit is a number of actions",
            where="with_runcontext.max_action_concurrency",
            expected="an int from 1; 0 or None for no limit",
            got=preview(limit),
            fix="write a whole number, or leave it out",
        )
    return limit or None


def _one_of(what: str, value: Any, choices: Sequence[str | None]) -> None:
    if value not in choices:
        raise RunContextError(
            f"{what} has no such value",
            where=f"with_runcontext.{what}",
            expected=", ".join(map(str, choices)),
            got=preview(value),
            fix="use one of these",
        )


def _texts(what: str, value: Any) -> dict[str, str]:
    given: Mapping[object, object] = value or {}
    texts: dict[str, str] = {}
    for key, text in given.items():
        if not isinstance(key, str) or not isinstance(text, str):
            raise RunContextError(
                f"{what} holds texts only",
                where=f"with_runcontext.{what}[{preview(key)}]",
                expected="str",
                got=f"{type(text).__name__} {preview(text)}",
                fix="use str(...)",
            )
        texts[key] = text
    return texts


def _in_notebook() -> bool:
    # IPython puts it among the builtins while a shell is there; its module may be half imported by another thread.
    shell = getattr(builtins, "get_ipython", None)
    return shell is not None and shell() is not None
