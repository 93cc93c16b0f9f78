"""Entities as files: one Bundle, or a folder of numbered specifications as `flytectl register files` takes it.

What is written is verified first, and appears under its name only when it is complete.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import logging
import os
import re
import shutil
import tempfile
from collections.abc import Container, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, final

from compiler.emit.closure import closure_pieces
from compiler.emit.gc_pause import gc_paused
from compiler.emit.node_bytes import location_pieces
from compiler.emit.serialize import Emitter, Spec, called_plans, references_below, with_dependencies
from compiler.errors import OptionError
from compiler.graph.bind import field, wrapped
from compiler.graph.node import LAUNCH_PLAN, TASK, WORKFLOW
from compiler.options.settings import VERSION_OF_CONTENT, SerializationSettings
from compiler.tasks.function_task import PythonFunctionTask
from compiler.tasks.python_task import START
from drawloom.exports import VERSION
from drawloom.exports.lazy_exports import lazy
from drawloom.ir import (
    BUNDLE_FORMAT,
    USUAL_PLATFORM,
    Key,
    Problem,
    VerifyError,
    check,
    key,
    lowering_for,
    refuses,
    verify_for,
)
from literals import canonical_bytes, check_size, entrance, pb, too_deep

PRODUCER = f"drawloom {VERSION}"
_DIGEST_LENGTH = len(VERSION_OF_CONTENT)
_logger = logging.getLogger("drawloom")
_NUMBERED = re.compile(r"\d+_.+_[123]\.pb")


_MESSAGES = {TASK: "TaskSpec", WORKFLOW: "WorkflowSpec", LAUNCH_PLAN: "LaunchPlan"}


_lazily, _ = lazy(__name__, {"bundle_forms": "compiler.emit.notebook"})
"""What only a notebook needs, and what compiles itself."""


@final
class Compiled:
    """What compiling gives: the bundle, the live entities by key, and the single specifications in order.

    Attributes: `data` (the canonical bytes of the bundle), `entities`, `version`.
    """

    def __init__(
        self, data: bytes, entities: Mapping[Key, Any], pieces: Sequence[tuple[str, int, list[bytes]]], version: str
    ) -> None:
        self.data = data
        self.entities = entities
        self.version = version
        self._pieces = pieces

    @property
    def names(self) -> Sequence[tuple[str, int]]:
        """Of each specification, in order, the entity's name and the kind: 1 TaskSpec, 2 WorkflowSpec, 3 LaunchPlan."""
        return [(name, kind) for name, kind, _ in self._pieces]

    @property
    def written(self) -> Sequence[tuple[str, int, bytes]]:
        """The specifications as canonical bytes: (entity name, kind, bytes)."""
        return [(name, kind, b"".join(pieces)) for name, kind, pieces in self._pieces]

    @cached_property
    def bundle(self) -> pb.Bundle:
        """The bundle as a message; parsed when it is first asked for."""
        return pb.Bundle.FromString(self.data)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:  # noqa: ARG002 - Jupyter's
        """The picture of the main workflow, for a notebook."""
        return _lazily("bundle_forms")(self.bundle)

    @cached_property
    def specs(self) -> Sequence[tuple[str, int, Spec]]:
        """The specifications as messages: (entity name, kind, message)."""
        return [(name, kind, getattr(pb, _MESSAGES[kind]).FromString(data)) for name, kind, data in self.written]


@entrance
def compile_bundle(
    entities: Iterable[Any], settings: SerializationSettings | None = None, *, platform: str | None = None
) -> Compiled:
    """Compile entities and all that they need into one verified bundle.

    `platform`: a target whose form the workflows are written in where it is narrower than drawloom's, such as `flyte1`; whether
    it takes the result, `ir.verify_for` says.

    `settings.version=None` makes the version the digest of the content. The bundle has a closure for each workflow that
    was asked for, in that order, then those that launch plans start.

    Raises:
        CompileError: mistakes in a workflow's body.
        VerifyError: the result breaks a rule of the IR.
        NameConflictError: two different entities have one name.
    """
    asked = list(entities)
    if not asked:
        raise OptionError(
            "there is nothing to compile",
            expected="at least one task, workflow or launch plan",
            got="none",
            fix="name at least one task, workflow or launch plan",
        )
    with gc_paused():
        chosen = settings if settings is not None else SerializationSettings()
        compiled = _compiled(asked, chosen)
    return compiled if platform is None else _lowered(compiled, platform, chosen)


def _nothing() -> None:
    """The function of a task whose container, as the settings make it, is all that is wanted."""


def _lowered(compiled: Compiled, platform: str, settings: SerializationSettings) -> Compiled:
    """What was compiled, as a platform takes it: tasks that were added come first."""
    like: PythonFunctionTask[Any] = PythonFunctionTask(None, _nothing)
    like.set_command_fn(lambda _: [*START])
    lowering = lowering_for(platform, compiled.bundle, like=Emitter(settings).task_template(like))
    bundle = lowering.bundle(compiled.bundle)
    check(bundle)
    written: list[tuple[str, int, list[bytes]]] = []
    for name, kind, message in compiled.specs:
        spec = lowering.spec(message) if kind == WORKFLOW else message
        written.append((name, kind, [canonical_bytes(spec)]))
    added = [
        (task.id.name, TASK, [canonical_bytes(pb.TaskSpec(template=task))])
        for _, task in sorted(lowering.tasks.items())
    ]
    return Compiled(canonical_bytes(bundle), compiled.entities, [*added, *written], compiled.version)


def _compiled(asked: Sequence[Any], settings: SerializationSettings) -> Compiled:
    ordered = with_dependencies(asked)
    marked = settings if settings.version is not None else dataclasses.replace(settings, version=VERSION_OF_CONTENT)
    emitter = Emitter(marked)
    written = [(entity.name, entity.resource_type, emitter.spec_pieces(entity)) for entity in ordered]
    for name, _, pieces in written:
        check_size(sum(map(len, pieces)), name)
    contents = _BundleContents(asked, ordered, written, emitter)
    whole = contents.bundle()
    check_size(sum(map(len, whole)), "bundle")
    data = b"".join(whole)
    del whole
    verify_written(contents, data)
    version = marked.version or ""
    if settings.version is None:
        # A digest is as long as what stands for it, so only text changes.
        specs = [b"".join(pieces) for _, _, pieces in written]
        version = _digest(specs)
        old, new = VERSION_OF_CONTENT.encode(), version.encode()
        written = [(name, kind, [spec.replace(old, new)]) for (name, kind, _), spec in zip(written, specs, strict=True)]
        data = data.replace(old, new)
    identify = Emitter(dataclasses.replace(settings, version=version)).identifier
    # References have no message here; whoever runs the bundle asks the live entity for its stub.
    live = {key(identify(entity)): entity for entity in (*references_below(asked), *ordered)}
    return Compiled(data, live, written, version)


def _digest(specs: Sequence[bytes]) -> str:
    """The version of a content: the digest of all its specifications."""
    digest = hashlib.sha256()
    for data in sorted(specs):
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()[:_DIGEST_LENGTH]


@final
class _BundleContents:
    """What goes into a bundle, and the bundle's bytes."""

    def __init__(
        self,
        asked: Sequence[Any],
        ordered: Sequence[Any],
        written: Sequence[tuple[str, int, list[bytes]]],
        emitter: Emitter,
    ) -> None:
        self.emitter = emitter
        self.ordered = ordered
        self.wanted = [e for e in asked if e.is_written]
        plans = {
            id(e): e
            for e in ordered
            if e.resource_type == LAUNCH_PLAN and (e in self.wanted or e.workflow in self.wanted)
        }
        plans.update((id(plan), plan) for plan in called_plans(ordered))
        # The workflows that were asked for come first, in that order; then those that plans start.
        self.workflows = {id(e): e for e in self.wanted if e.resource_type == WORKFLOW}
        for entity in ordered:
            if id(entity) in plans:
                self.workflows.setdefault(id(entity.workflow), entity.workflow)
        self._plans = {name: b"".join(pieces) for name, kind, pieces in written if kind == LAUNCH_PLAN}
        self._tasks = {
            name: pb.TaskSpec.FromString(b"".join(pieces)).template.SerializeToString(deterministic=True)
            for name, kind, pieces in written
            if kind == TASK
        }

    def bundle(self, sound: Container[Key] | None = None) -> list[bytes]:
        """The canonical bytes of the Bundle, in pieces; with `sound`, only what has to be verified if these workflows are."""
        stamp = pb.BundleVersion(format=BUNDLE_FORMAT, producer=PRODUCER).SerializeToString(deterministic=True)
        parts = [field(1, stamp)]
        for workflow in self.workflows.values():
            parts += wrapped(2, closure_pieces(workflow, self.emitter, self._tasks, sound))
        parts += [field(3, field(1, self._tasks[e.name])) for e in self.wanted if e.resource_type == TASK]
        parts += [
            field(4, self._plans[e.name])
            for e in self.ordered
            if e.resource_type == LAUNCH_PLAN and id(e.workflow) in self.workflows
        ]
        for entity in self.ordered if sound is None else ():
            if entity.resource_type == WORKFLOW:
                named = self.emitter.identifier(entity).SerializeToString(deterministic=True)
                parts += location_pieces(entity.graph(), self.emitter.written(entity).names, named)
        return parts


def verify_written(contents: _BundleContents, data: bytes) -> None:
    """Check a bundle before it is given away. Raises `VerifyError`.

    Workflows that are sound have been judged while they were written, so that only the rest is parsed and read.
    """
    sound = contents.emitter.sound()
    try:
        message = pb.Bundle.FromString(b"".join(contents.bundle(sound)))
    except ValueError as error:  # protobuf's DecodeError is one: nothing else can be wrong with bytes that we wrote
        raise VerifyError([Problem("limits", "", too_deep("Bundle").what)]) from error
    check(message, size=len(data), sound=sound)


def write_bundle(compiled: Compiled, path: str | os.PathLike[str]) -> Path:
    """Write the bundle into one file, which appears when it is complete. Gives the path.

    Raises:
        OSError: the place cannot be written.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    _write_file(target, compiled.data)
    return target


def write_folder(
    compiled: Compiled, folder: str | os.PathLike[str], *, warn_for: str | None = USUAL_PLATFORM
) -> list[Path]:
    """Write `<index>_<entity name>_{1,2,3}.pb` for each entity, dependencies first. Gives the paths.

    A new folder appears when it is complete; in one that exists, older numbered files are replaced. What the platform
    `warn_for` would refuse at registration is logged as a warning; None asks none.

    Raises:
        OSError: the place cannot be written.
    """
    target = Path(folder)
    for problem in verify_for(warn_for, compiled.bundle) if warn_for is not None else ():
        verb = "would" if refuses(warn_for or "", problem) else "may"
        _logger.warning("%s %s refuse this: %s", warn_for, verb, problem)
    names = file_names(compiled)
    files = [(name, data) for name, (_, _, data) in zip(names, compiled.written, strict=True)]
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


def write_archive(compiled: Compiled, path: str | os.PathLike[str]) -> Path:
    """Write the files of `write_folder` into one gzipped tar, as `pyflyte package` does; equal inputs give equal bytes.

    Raises:
        OSError: the place cannot be written.
    """
    import gzip  # noqa: PLC0415 - with tarfile, a tenth of what importing a task module takes
    import tarfile  # noqa: PLC0415 - as above

    content = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=content, mode="wb", mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as archive,
    ):
        for name, (_, _, data) in zip(file_names(compiled), compiled.written, strict=True):
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(data), 0o644
            archive.addfile(member, io.BytesIO(data))
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    _write_file(target, content.getvalue())
    return target


def file_names(compiled: Compiled) -> list[str]:
    """Names of the numbered files; the index is padded to as many digits as the count's logarithm, rounded up."""
    count = len(compiled.names)
    digits = len(str(count - 1)) if count > 1 else 0
    return [
        f"{str(i).zfill(digits)}_{name.replace('/', '_')}_{kind}.pb" for i, (name, kind) in enumerate(compiled.names)
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
