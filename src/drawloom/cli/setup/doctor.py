"""`drawloom doctor`: what this installation is, and what is wrong with it."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

import click

from drawloom.cli.codes import FAILED, OK
from drawloom.cli.terminal.output import Output
from drawloom.exports import VERSION
from drawloom.interpreter import find_runs, open_cache
from drawloom.local.home import home, runs_root
from literals import DrawloomError, error_text

_OPTIONAL = (
    "pydantic",
    "pandas",
    "pyarrow",
    "polars",
    "numpy",
    "torch",
    "obstore",
    "fsspec",
    "pyyaml",
    "hypothesis",
    "cloudpickle",
)
_NEEDED = ("click", "rich", "protobuf", "msgpack")


class Check(NamedTuple):
    """One thing that was looked at. `fix` says what to do, and is empty where nothing is wrong."""

    name: str
    found: str
    fix: str = ""


def checks() -> Iterator[Check]:
    """Everything that is looked at."""
    yield Check("drawloom", VERSION)
    yield Check("python", f"{platform.python_version()} at {sys.executable}")
    for name in _NEEDED:
        version = _version(name)
        yield Check(name, version or "missing", "" if version else f"pip install {name}")
    yield _writable()
    yield _guarded("cache", "move the file away: drawloom cache verify says more", _cache)
    yield _guarded("runs", "drawloom runs names those that cannot be read", _runs)
    here = [name for name in _OPTIONAL if _version(name)]
    yield Check("optional", ", ".join(f"{name} {_version(name)}" for name in here) or "none")


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _writable() -> Check:
    folder = home()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return Check(
            "home", f"{folder}: {error.strerror or error}", "set DRAWLOOM_HOME to a folder that can be written"
        )
    good = os.access(folder, os.W_OK)
    return Check("home", str(folder), "" if good else "set DRAWLOOM_HOME to a folder that can be written")


def _guarded(name: str, fix: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, look())
    except (DrawloomError, OSError) as error:
        return Check(name, error_text(error).splitlines()[0], fix)


def _cache() -> str:
    file = home() / "cache.db"
    if not file.exists():
        return "none yet"
    bad = open_cache(file).verify()
    if bad:
        raise DrawloomError(
            f"{len(bad)} damaged entries",
            where=str(file),
            expected="entries that can be read",
            got=", ".join(entry.key for entry in bad[:3]),
            fix="move the file away: drawloom cache verify says more",
        )
    return str(file)


def _runs() -> str:
    good, bad = find_runs(runs_root())
    if bad:
        raise DrawloomError(
            f"{len(bad)} of {len(good) + len(bad)} records cannot be read",
            where=str(runs_root()),
            expected="records that can be read",
            got=f"{len(bad)} that cannot",
            fix="drawloom runs names those that cannot be read",
        )
    return f"{len(good)} in {runs_root()}"


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document to standard output.")
def doctor_command(as_json: bool) -> int:  # noqa: FBT001 - click gives the options by name
    """Check this installation.

    It looks at versions, home, cache, records and optional libraries. If something is wrong, it says what to do, and exits with 1.
    """
    output = Output(as_json=as_json)
    found = [*checks()]
    wrong = [check for check in found if check.fix]
    if as_json:
        output.document({"ok": not wrong, "checks": [check._asdict() for check in found]})
        return FAILED if wrong else OK
    for check in found:
        output.line(f"{'✗' if check.fix else '✓'} {check.name:<9} {check.found}", style="red" if check.fix else None)
        if check.fix:
            output.line(f"  to fix: {check.fix}")
    return FAILED if wrong else OK
