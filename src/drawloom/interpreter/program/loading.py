"""Programs out of files, folders, bytes and messages.

What is accepted: a `Bundle` (its version stamp is read first, alone), a folder of numbered `TaskSpec`, `WorkflowSpec` and
`LaunchPlan` files (`NN_name_1.pb`, `_2.pb`, `_3.pb`), one such file, an archive of them (`.tgz`), or a message of one of these kinds (or a
`CompiledWorkflowClosure`). flyteidl's messages are taken by their bytes. Everything is verified before a program is made.
"""

from __future__ import annotations

import io
import os
import tarfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from drawloom.interpreter.errors import LoadError
from drawloom.interpreter.program.program import Program
from drawloom.ir import BUNDLE_FORMAT, Key, bundle_from_specs, check, key, restored
from literals import MalformedError, WireError, error_text, parse, pb, wire

_GZIP = b"\x1f\x8b"
MOST_UNPACKED = 1 << 30
"""Bytes of an archive's members that are read at most."""
_SUFFIX = {"1": "TaskSpec", "2": "WorkflowSpec", "3": "LaunchPlan"}
_KINDS = ("Bundle", "TaskSpec", "WorkflowSpec", "LaunchPlan", "CompiledWorkflowClosure")


def load(source: str | os.PathLike[str] | bytes | Any) -> Program:
    """Load, verify and index.

    Raises:
        LoadError: truncated, foreign, made by a newer drawloom, or empty.
        ir.VerifyError: a message that breaks rules, with all of them.
    """
    if isinstance(source, Program):
        return source
    if isinstance(source, (bytes, bytearray, memoryview)):
        data = bytes(cast("bytes", source))
        return _from_bundle(_bundle(data, "the given bytes"), len(data))
    if isinstance(source, (str, os.PathLike)):
        return _from_path(Path(cast("str", source)))
    return _from_message(source)


def _from_path(path: Path) -> Program:
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix == ".pb" and file.stem[-2:] in {"_1", "_2", "_3"})
        if not files:
            raise LoadError(
                "this folder holds no compiled entities",
                where=str(path),
                expected="files named NN_name_1.pb, _2.pb or _3.pb",
                got=f"{len(list(path.iterdir()))} other files",
                fix="give the folder that `drawloom compile -o` wrote",
            )
        return _from_specs([_spec(file, _read(file)) for file in files])
    data = _read(path)
    if path.suffix == ".pb" and path.stem[-2:] in {"_1", "_2", "_3"}:
        return _from_specs([_spec(path, data)])
    if data.startswith(_GZIP):
        return _from_specs(_archived(path, data))
    return _from_bundle(_bundle(data, str(path)), len(data))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise LoadError(
            "this file cannot be read",
            where=str(path),
            expected="a bundle, or a folder of compiled entities",
            got=str(error.strerror or error),
            fix="check the path; `drawloom compile MODULE -o FILE` writes one",
        ) from error


def _parse(kind: str, data: bytes, where: str) -> Any:
    try:
        return parse(getattr(pb, kind), data, where)
    except MalformedError as error:
        got = _broken_field(data) or str(error.__cause__) or "a field of another type"
        raise _broken(kind, where, got) from error


def _broken_field(data: bytes) -> str:
    """The offset of a broken field, which protobuf's own error does not name; empty if the outermost fields are whole."""
    try:
        for _ in wire.fields(data):
            pass
    except WireError as error:
        return f"{error.what} ({error.where})"
    return ""


def _broken(kind: str, where: str, got: str) -> LoadError:
    return LoadError(
        f"this is not a complete {kind}",
        where=where,
        expected=f"a {kind} as `drawloom compile` writes it",
        got=got,
        fix="the file is truncated, damaged, or of another kind: compile it again",
    )


def _bundle(data: bytes, where: str) -> Any:
    if not data:
        raise _broken("Bundle", where, "an empty file")
    version = _parse("BundleStamp", data, where).version
    if not version.format >= 1 or not version.producer:
        raise LoadError(
            "this is not a bundle of drawloom",
            where=where,
            expected="a bundle with its version stamp",
            got="a message without one" if not version.format else f"format {version.format}",
            fix="give a file that `drawloom compile -o FILE` wrote; numbered spec files are loaded by their folder",
        )
    if version.format > BUNDLE_FORMAT:
        raise LoadError(
            f"this bundle was made by a newer drawloom ({version.producer})",
            where=where,
            expected=f"format {BUNDLE_FORMAT} or older",
            got=f"format {version.format}",
            fix="install that version of drawloom, or compile again with this one",
        )
    return _parse("Bundle", data, where)


def _archived(path: Path, data: bytes) -> list[Any]:
    """The specs in a gzipped tar. Its members are read where they are: nothing is unpacked to a disk."""
    specs: list[Any] = []
    left = MOST_UNPACKED
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
            for member in archive:
                name = Path(member.name)
                left -= member.size
                if left < 0:
                    raise LoadError(
                        "this archive holds too much",
                        where=str(path),
                        expected=f"at most {MOST_UNPACKED} bytes",
                        got="more",
                        fix="package fewer entities, or unpack it by hand and pass the folder",
                    )
                file = archive.extractfile(member)
                if file is not None and name.suffix == ".pb" and name.stem[-2:] in {"_1", "_2", "_3"}:
                    specs.append(_spec(path / name, file.read()))
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        raise LoadError(
            "this archive cannot be read",
            where=str(path),
            expected="a .tgz archive",
            got=error_text(error),
            fix="write it again",
        ) from error
    if not specs:
        raise LoadError(
            "this archive holds no compiled entities",
            where=str(path),
            expected="files named NN_name_1.pb, _2.pb or _3.pb",
            got="none",
            fix="give an archive that `pyflyte package` wrote",
        )
    return specs


def _spec(path: Path, data: bytes) -> Any:
    kind = _SUFFIX[path.stem[-1]]
    message = _parse(kind, data, str(path))
    named = message.id.name if kind == "LaunchPlan" else message.template.id.name
    if not named:
        raise _broken(kind, str(path), "a message without an entity's name")
    return message


def _from_message(message: Any) -> Program:
    kind = type(message).__name__
    if kind not in _KINDS or not hasattr(message, "SerializeToString"):
        raise LoadError(
            "this is nothing that can be loaded",
            expected=f"a path, bytes, or a message of {', '.join(_KINDS)}",
            got=type(message).__name__,
            fix="give the path of a bundle",
        )
    data = message.SerializeToString(deterministic=True)
    if kind == "Bundle":
        return _from_bundle(_bundle(data, "the given Bundle"), len(data))
    ours = _parse(kind, data, f"the given {kind}")
    if kind == "CompiledWorkflowClosure":
        return _from_bundle(
            pb.Bundle(version=pb.BundleVersion(format=BUNDLE_FORMAT, producer="drawloom"), workflows=[ours])
        )
    return _from_specs([ours])


def _from_bundle(bundle: Any, size: int | None = None) -> Program:
    as_read, bundle = bundle, restored(bundle)
    rows = check(bundle, size=size)
    workflows: dict[Key, Any] = {}
    tasks: dict[Key, Any] = {}
    mains: list[Key] = []
    for closure in bundle.workflows:
        mains.append(key(closure.primary.template.id))
        for compiled in (closure.primary, *closure.sub_workflows):
            workflows[key(compiled.template.id)] = compiled.template
        for compiled in closure.tasks:
            tasks[key(compiled.template.id)] = compiled.template
    for compiled in bundle.tasks:
        tasks[key(compiled.template.id)] = compiled.template
        mains.append(key(compiled.template.id))
    plans = {key(plan.id): plan for plan in bundle.launch_plans}
    return Program(workflows, tasks, plans, tuple(dict.fromkeys(mains)), rows, bundle, as_read)


def _from_specs(specs: Iterable[Any]) -> Program:
    """One bundle of the specs, so that a folder and a bundle run, and are recorded, alike."""
    kinds: dict[str, list[Any]] = {"TaskSpec": [], "WorkflowSpec": [], "LaunchPlan": []}
    for spec in specs:
        kinds[type(spec).__name__].append(spec)
    return _from_bundle(
        bundle_from_specs(kinds["TaskSpec"], kinds["WorkflowSpec"], kinds["LaunchPlan"], producer="drawloom")
    )
