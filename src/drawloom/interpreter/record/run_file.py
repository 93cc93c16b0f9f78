"""`run.json`: what a run is. It is written once, before the run starts, and never changed; how the run stands is in its journal.

Fields of every run: `format`, `kind` (`workflow`: its program is in `bundle.pb`; `actions`: a task of an environment), `name`,
`entity` (what runs, as the five parts of a `Key`), `started` (seconds since the epoch), `bundle` and `inputs` (sha256 of
`bundle.pb` and `inputs.pb`; `bundle` is empty where there is none), `check` (sha256 of the rest, so that a damaged file is
noticed). A run of actions has its settings beside them.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast

from drawloom.interpreter.errors import RunDirectoryError, RunNameError
from drawloom.interpreter.record.files import write_atomic
from drawloom.ir import Key
from literals import WireError, error_text, preview, unpack_map

FORMAT: Final = 2
RUN_FILE: Final = "run.json"
WORKFLOW: Final = "workflow"
ACTIONS: Final = "actions"
_BUNDLE: Final = "bundle.pb"
_INPUTS: Final = "inputs.pb"
_KEY_PARTS = 5
_SHAPE: Mapping[str, Any] = {
    "name": str,
    "kind": str,
    "entity": list,
    "started": (int, float),
    "bundle": str,
    "inputs": str,
}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""Names that mean devices where file systems are Windows'."""


def check_name(name: object, where: str = "") -> str:
    """The name of a run, which is also the name of its folder.

    Raises:
        RunNameError: it is not text, or not safe as the name of one folder on every system.
    """
    if isinstance(name, str) and _NAME.fullmatch(name) and ".." not in name and not name.endswith("."):
        if not _RESERVED.fullmatch(name):
            return name
        raise RunNameError(
            "this name is reserved for a device",
            where=where,
            expected="a name that every system takes for a folder",
            got=preview(name),
            fix="choose another",
        )
    raise RunNameError(
        "this is not a valid name for a run, which is also the name of its folder",
        where=where,
        expected="1 to 128 letters, digits, '.', '_' and '-', the first a letter or digit, the last not '.', no '..'",
        got=preview(name),
        fix=f"choose a name such as {_safe(name)!r}",
    )


def _safe(name: object) -> str:
    """A valid name that is like one that is not."""
    kept = re.sub(r"[^A-Za-z0-9_-]+", "-", str(name)).strip("-_")[:100]
    return kept or "first-run"


def made_up_name(entity: str) -> str:
    """A name for a run of an entity that nobody has: the entity's last name, the time, and some chance."""
    base = re.sub(r"[^A-Za-z0-9]+", "-", entity.rpartition(".")[2]).strip("-")[:64] or "run"
    return f"{base}-{time.strftime('%Y%m%d-%H%M%S')}-{os.urandom(4).hex()}"


def name_taken(name: str, folder: Path) -> RunNameError:
    """The error of a name that a recorded run has."""
    return RunNameError(
        f"there is a run named {name!r} already",
        where=str(folder),
        expected="a name that no recorded run has",
        got=repr(name),
        fix=f"choose another name, go on with that run by `drawloom resume {name}`, or delete its folder",
    )


def write_run_file(
    folder: Path, about: Mapping[str, Any], bundle: bytes, inputs: bytes, *, sync: bool
) -> dict[str, Any]:
    """Write what a run is; gives the content of `run.json`. The file itself comes last, and whole. Raises `OSError`."""
    digest = ""
    if bundle:
        digest = hashlib.sha256(bundle).hexdigest()
        write_atomic(folder / _BUNDLE, bundle, sync=sync)
    write_atomic(folder / _INPUTS, inputs, sync=sync)
    content = {"format": FORMAT, **about, "bundle": digest, "inputs": hashlib.sha256(inputs).hexdigest()}
    content = json.loads(json.dumps(content, default=str))
    content["check"] = _check(content)
    write_atomic(folder / RUN_FILE, json.dumps(content, indent=1).encode(), sync=sync)
    return content


def _check(content: Mapping[str, Any]) -> str:
    rest = {name: value for name, value in content.items() if name != "check"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def read_run_file(folder: Path) -> dict[str, Any]:
    """What `run.json` says.

    Raises:
        RunDirectoryError: there is none, it is damaged, or another version of drawloom wrote it.
    """
    try:
        content = json.loads((folder / RUN_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise RunDirectoryError(
            "this is not the record of a run",
            where=str(folder),
            expected="the folder of a recorded run",
            got=error_text(error),
            fix="`drawloom runs` lists the runs",
        ) from error
    about = cast("dict[str, Any]", content) if isinstance(content, dict) else {}
    if about.get("format") != FORMAT:
        raise RunDirectoryError(
            "this run was recorded by another version of drawloom, whose format this one does not read",
            where=str(folder),
            expected=f"format {FORMAT}",
            got=preview(about.get("format")),
            fix="resume it with the version that recorded it, or run it again and delete the folder",
        )
    entity = about.get("entity")
    shaped = all(isinstance(about.get(name), kind) for name, kind in _SHAPE.items())
    if (
        not shaped
        or about["kind"] not in {WORKFLOW, ACTIONS}
        or not _is_key(entity)
        or about.get("check") != _check(about)
    ):
        raise RunDirectoryError(
            "the record of this run is damaged",
            where=str(folder / RUN_FILE),
            expected="the content that was written",
            got="other content",
            fix="run it again, and delete the folder",
        )
    return about


def _is_key(entity: object) -> bool:
    if not isinstance(entity, list) or len(cast("list[Any]", entity)) != _KEY_PARTS:
        return False
    number, *parts = cast("list[Any]", entity)
    return type(number) is int and all(isinstance(part, str) for part in parts)


def entity_key(about: Mapping[str, Any]) -> Key:
    """What a run runs."""
    return Key(*about["entity"])


def read_bundle(folder: Path, about: Mapping[str, Any]) -> bytes:
    """The program of a run; empty if it is in no bundle.

    Raises:
        RunDirectoryError: it is not what was written.
    """
    return _checked(folder / _BUNDLE, about["bundle"]) if about["bundle"] else b""


def read_inputs(folder: Path, about: Mapping[str, Any]) -> dict[str, bytes]:
    """The inputs of a run, as literal bytes by name.

    Raises:
        RunDirectoryError: they are not what was written.
    """
    data = _checked(folder / _INPUTS, about["inputs"])
    try:
        return unpack_map(data)
    except WireError as error:
        raise RunDirectoryError(
            "the inputs of this run cannot be read",
            where=str(folder / _INPUTS),
            expected="the content that was written",
            got="other content",
            fix="run it again, and delete the folder",
        ) from error


def _checked(path: Path, digest: str) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RunDirectoryError(
            "a file of this run's record cannot be read",
            where=str(path),
            expected="a file that can be read",
            got=str(error.strerror or error),
            fix="check its permissions",
        ) from error
    if hashlib.sha256(data).hexdigest() != digest:
        raise RunDirectoryError(
            "a file of this run's record is damaged",
            where=str(path),
            expected=f"sha256 {digest[:16]}…",
            got=f"sha256 {hashlib.sha256(data).hexdigest()[:16]}…",
            fix="run it again, and delete the folder",
        )
    return data
