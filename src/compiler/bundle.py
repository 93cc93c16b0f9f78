"""Entities as files: one Bundle, or a folder of numbered specifications as `flytectl register files` takes it.

What is written is verified first, and appears under its name only when it is complete.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compiler.closure import add_closure, add_source_map
from compiler.errors import OptionError
from compiler.node import LAUNCH_PLAN, TASK, WORKFLOW
from compiler.serialize import Emitter, Spec, called_plans, references_below, with_dependencies
from compiler.settings import VERSION_OF_CONTENT, SerializationSettings
from compiler.version import VERSION
from ir import BUNDLE_FORMAT, Key, check, key
from literals import check_size, pb

PRODUCER = f"weft {VERSION}"
_DIGEST_LENGTH = len(VERSION_OF_CONTENT)
_NUMBERED = re.compile(r"\d+_.+_[123]\.pb")


@dataclass(frozen=True)
class Compiled:
    """What compiling gives: the bundle, the live entities by key, and the single specifications in order."""

    bundle: pb.Bundle
    entities: Mapping[Key, Any]
    specs: Sequence[tuple[str, int, Spec]]
    """(entity name, kind, message); kind 1 = TaskSpec, 2 = WorkflowSpec, 3 = LaunchPlan."""
    version: str = ""


def compile_bundle(entities: Iterable[Any], settings: SerializationSettings | None = None) -> Compiled:
    """Compile entities and all that they need into one verified bundle.

    `settings.version=None` makes the version the digest of the content. The bundle has a closure for each workflow that
    was asked for, in that order, then those that launch plans start.

    Raises:
        CompileError: mistakes in a workflow's body.
        VerifyError: the result breaks a rule of the IR.
        NameConflictError: two different entities have one name.
    """
    asked = list(entities)
    if not asked:
        raise OptionError("there is nothing to compile", fix="name at least one task, workflow or launch plan")
    settings = settings if settings is not None else SerializationSettings()
    ordered = with_dependencies(asked)
    marked = settings if settings.version is not None else dataclasses.replace(settings, version=VERSION_OF_CONTENT)
    emitter = Emitter(marked)
    specs = [(entity.name, entity.resource_type, emitter.spec(entity)) for entity in ordered]
    for name, _, spec in specs:
        check_size(spec.ByteSize(), name)
    version = marked.version or ""
    if settings.version is None:
        version, specs = _stamped(specs)
    final = dataclasses.replace(settings, version=version)
    identify = Emitter(final).identifier
    bundle = _bundle(asked, ordered, specs, identify)
    check(bundle)
    check_size(bundle.ByteSize(), "bundle")
    # References have no message here; whoever runs the bundle asks the live entity for its stub.
    live = {key(identify(entity)): entity for entity in (*references_below(asked), *ordered)}
    return Compiled(bundle, live, specs, version)


def _stamped(specs: list[tuple[str, int, Spec]]) -> tuple[str, list[tuple[str, int, Spec]]]:
    """The digest of all content, and the specifications with it as their version: same length, so only text changes."""
    written = [spec.SerializeToString(deterministic=True) for _, _, spec in specs]
    digest = hashlib.sha256()
    for data in sorted(written):
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    version = digest.hexdigest()[:_DIGEST_LENGTH]
    old, new = VERSION_OF_CONTENT.encode(), version.encode()
    made = [
        (name, kind, type(spec).FromString(data.replace(old, new)))
        for (name, kind, spec), data in zip(specs, written, strict=True)
    ]
    return version, made


def _bundle(
    asked: Sequence[Any], ordered: Sequence[Any], specs: Sequence[tuple[str, int, Spec]], identify: Any
) -> pb.Bundle:
    by_name = {(kind, name): spec for name, kind, spec in specs}
    written = [e for e in asked if e.is_written]
    plans = {id(e): e for e in ordered if e.resource_type == LAUNCH_PLAN and (e in written or e.workflow in written)}
    plans.update((id(plan), plan) for plan in called_plans(ordered))
    # The workflows that were asked for come first, in that order; then those that plans start.
    workflows = {id(e): e for e in written if e.resource_type == WORKFLOW}
    for entity in ordered:
        if id(entity) in plans:
            workflows.setdefault(id(entity.workflow), entity.workflow)
    made = pb.Bundle(version=pb.BundleVersion(format=BUNDLE_FORMAT, producer=PRODUCER))
    for workflow in workflows.values():
        add_closure(made.workflows.add(), workflow, by_name)
    made.tasks.extend(
        pb.CompiledTask(template=by_name[e.resource_type, e.name].template) for e in written if e.resource_type == TASK
    )
    made.launch_plans.extend(
        by_name[e.resource_type, e.name]
        for e in ordered
        if e.resource_type == LAUNCH_PLAN and id(e.workflow) in workflows
    )
    add_source_map(made, ordered, identify)
    return made


def write_bundle(compiled: Compiled, path: str | os.PathLike[str]) -> Path:
    """Write the bundle into one file, which appears when it is complete. Gives the path.

    Raises:
        OSError: the place cannot be written.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    _write_file(target, compiled.bundle.SerializeToString(deterministic=True))
    return target


def write_folder(compiled: Compiled, folder: str | os.PathLike[str]) -> list[Path]:
    """Write `<index>_<entity name>_{1,2,3}.pb` for each entity, dependencies first. Gives the paths.

    A new folder appears when it is complete; in one that exists, older numbered files are replaced.

    Raises:
        OSError: the place cannot be written.
    """
    target = Path(folder)
    names = file_names(compiled)
    files = [
        (name, spec.SerializeToString(deterministic=True))
        for name, (_, _, spec) in zip(names, compiled.specs, strict=True)
    ]
    target.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        for name, data in files:
            (staging / name).write_bytes(data)
        if target.is_dir() and any(target.iterdir()):
            for name in names:
                (staging / name).replace(target / name)
            for old in target.iterdir():
                if old.name not in names and _NUMBERED.fullmatch(old.name):
                    old.unlink()
        else:
            if target.is_dir():
                target.rmdir()
            staging.chmod(0o755)
            staging.replace(target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return [target / name for name in names]


def file_names(compiled: Compiled) -> list[str]:
    """Names of the numbered files; the index is padded to as many digits as the count's logarithm, rounded up."""
    count = len(compiled.specs)
    digits = len(str(count - 1)) if count > 1 else 0
    return [
        f"{str(i).zfill(digits)}_{name.replace('/', '_')}_{kind}.pb" for i, (name, kind, _) in enumerate(compiled.specs)
    ]


def _write_file(target: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.chmod(0o644)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
