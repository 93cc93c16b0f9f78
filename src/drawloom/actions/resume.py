"""`resume`: go on with a recorded run of a task of an environment, in whatever process.

The first task runs again. A call of it, or of what it calls, whose outputs are in the record is not run: one of the same
name (so the same caller, task and inputs), the same inputs, and a task whose function is still the same. One that had failed
or was cut off runs again and finds its checkpoint; one that had succeeded and whose function has changed begins anew.
"""

from __future__ import annotations

import importlib
import sys
import types
from base64 import b64decode
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import Any, cast

from drawloom.actions.environment import EnvTask, is_action_task
from drawloom.actions.launch import KEPT, Earlier, Launch, interface_of
from drawloom.actions.run_handle import Run
from drawloom.actions.run_options import DEFAULTS, checked
from drawloom.interpreter import ACTIONS, RUN_FILE, RunDirectoryError, read_run
from drawloom.local.config import settings
from drawloom.local.home import runs_root
from drawloom.local.modules import import_target
from drawloom.local.sync_async import SyncAsync
from literals import DrawloomError, attempt, parse, pb, preview, type_text


class ResumeError(DrawloomError, ValueError):
    """A recorded run cannot go on: its task is gone or has another interface, or what it needs is not given again."""


def _launch(
    run: Run | str | PathLike[str],
    task: EnvTask[..., Any] | None,
    env_vars: dict[str, str] | None,
    executor: object = None,
) -> Launch:
    folder = folder_of_run(run)
    recorded = read_run(folder)
    about = recorded.about
    if recorded.info.kind != ACTIONS:
        raise RunDirectoryError(
            "this is the record of a workflow's run, not of a run of actions",
            where=str(folder),
            expected="the record of a run of actions",
            got="the record of a workflow's run",
            fix=f"drawloom resume {recorded.info.name}",
        )
    if not _is_shaped(about):
        raise RunDirectoryError(
            "the record of this run is damaged",
            where=str(folder),
            expected="the content that was written",
            got="other content",
            fix="start a new run",
        )
    found = task or _found(about["location"], about["task"])
    _check_interface(found, about)
    missing = sorted(set(about["env_vars"]) - set(env_vars or {}))
    if missing:
        raise ResumeError(
            "the values of a run's env_vars are not in its record, as they may be secret",
            where=str(folder),
            expected=", ".join(missing),
            got="none of them",
            fix="give them again: resume(run, env_vars={...}), or drawloom resume RUN -e NAME=VALUE",
        )
    options: dict[str, Any] = {key: about[key] for key in KEPT if about.get(key) is not None}
    options |= {key: about[key] for key in DEFAULTS if key in about and key not in {"env_vars", *KEPT}}
    options |= {"name": about["name"], "env_vars": env_vars, "custom_context": about["custom_context"]}
    if executor is not None:
        options["executor"] = executor
    options["run_start_time"] = datetime.fromisoformat(about["run_start_time"])
    return Launch(found, recorded.inputs, checked(options), Earlier(folder, about))


def _is_shaped(about: dict[str, Any]) -> bool:
    """Whether a record of a run of actions says what such a run is; anybody can write one whose checksum is right."""
    location = about.get("location")
    texts = [about.get("task"), about.get("interface"), about.get("run_start_time")]
    if not isinstance(location, dict) or not all(isinstance(each, str) for each in texts):
        return False
    said = cast("dict[str, Any]", location)
    places = [said.get("module"), said.get("name"), said.get("file") or ""]
    names = about.get("env_vars")
    return (
        all(isinstance(each, str) for each in places)
        and isinstance(names, list)
        and all(isinstance(each, str) for each in cast("list[Any]", names))
        and isinstance(about.get("custom_context"), dict)
        and attempt(datetime.fromisoformat, about["run_start_time"]).error is None
    )


def _resume(
    run: Run | str | PathLike[str],
    *,
    task: EnvTask[..., Any] | None = None,
    env_vars: dict[str, str] | None = None,
    executor: object = None,
) -> Run:
    """Go on with a recorded run, and wait for the end.

    Args:
        run: the run, its name (of one in `$DRAWLOOM_HOME/runs`, or below the configured run_base_dir), or its folder.
        task: its first task, if another process cannot find it by its module and name.
        env_vars: the run's variables again; a record keeps their names only.
        executor: what makes attempts from now on, as `with_runcontext` takes it; else the run's own, if it has an address.

    Raises:
        RunDirectoryError: there is no such record, or the run is going on.
        ResumeError: the task is not found or has another interface, or variables are missing.
        Exception: what the task raised, as its own class and as a RuntimeUserError.
    """
    return _launch(run, task, env_vars, executor).go().or_raise()


async def _resume_aio(
    run: Run | str | PathLike[str],
    *,
    task: EnvTask[..., Any] | None = None,
    env_vars: dict[str, str] | None = None,
    executor: object = None,
) -> Run:
    return (await _launch(run, task, env_vars, executor).go_async()).or_raise()


resume = SyncAsync(_resume, _resume_aio)


def start_again(folder: Path, env_vars: dict[str, str] | None = None, executor: object = None) -> Run:
    """Like `resume`, with the error of a failed run in the result instead of raised."""
    return _launch(folder, None, env_vars, executor).go()


def folder_of_run(run: Run | str | PathLike[str]) -> Path:
    """The folder of a run's record.

    Raises:
        RunDirectoryError: there is none.
    """
    if isinstance(run, Run):
        return Path(run.url)
    base = settings().run_base_dir
    places = [Path(run), runs_root() / run, *([Path(base, run)] if base else [])]
    for place in places:
        if (place / RUN_FILE).is_file():
            return place.absolute()
    raise RunDirectoryError(
        f"there is no record of a run {str(run)!r}",
        where=", ".join(map(str, places)),
        expected="the folder or name of a recorded run",
        got=repr(str(run)),
        fix="give its folder (`run.url`); `drawloom runs` lists the runs",
    )


def _found(location: dict[str, Any], name: str) -> EnvTask[..., Any]:
    """The task of a record, out of the module that it was declared in."""
    module = _module(location)
    found: object = module
    for part in location["name"].split("."):
        found = getattr(found, part, None)
    if is_action_task(found) and found.name == name:
        return found
    for value in [*vars(module).values()]:
        if is_action_task(value) and value.name == name:
            return value
    raise ResumeError(
        f"the run's task {name!r} is not in its module",
        where=str(location["file"] or location["module"]),
        expected=location["name"],
        got="no task of this name",
        fix="give it: resume(run, task=...)",
    )


def _module(location: dict[str, Any]) -> types.ModuleType:
    name, file = location["module"], location["file"]
    main = sys.modules.get("__main__")
    if name == "__main__":
        if file is None:
            raise ResumeError(
                "the run's task was typed in, not read from a file",
                expected="a task of a file",
                got="a task that was typed in",
                fix="give it: resume(run, task=...)",
            )
        origin = getattr(main, "__file__", None)
        if main is not None and origin is not None and Path(str(origin)).absolute() == Path(file):
            return main
        return import_target(file)
    outcome = attempt(importlib.import_module, name)
    if outcome.error is None:
        return outcome.unwrap()
    if not isinstance(outcome.error, ModuleNotFoundError) or file is None or outcome.error.name != name:
        raise outcome.error
    return import_target(file)


def _check_interface(task: EnvTask[..., Any], about: dict[str, Any]) -> None:
    if not is_action_task(task):
        raise ResumeError(
            "only a task of an environment can go on",
            expected="a task of a TaskEnvironment",
            got=preview(task),
            fix="give the task that the run started with",
        )
    if task.name != about["task"]:
        raise ResumeError(
            "the run is one of another task",
            expected=about["task"],
            got=task.name,
            fix="give the task that the run started with, or start a new run",
        )
    now = interface_of(task)
    if now != about["interface"]:
        raise ResumeError(
            "the task's interface has changed since the run began, so its record cannot be used",
            where=task.name,
            expected=_interface_text(about["interface"]),
            got=_interface_text(now),
            fix="start a new run",
        )


def _interface_text(text: str) -> str:
    interface = parse(pb.TypedInterface, b64decode(text))
    sides = (
        ", ".join(f"{name}: {type_text(side.variables[name].type)}" for name in sorted(side.variables))
        for side in (interface.inputs, interface.outputs)
    )
    return "({}) -> ({})".format(*sides)
