"""What else is done on a platform: gates answered, launch plans switched on and off, projects listed, data fetched."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drawloom.context import file_access
from drawloom.remote.entities import PAGE
from drawloom.remote.errors import NotRegisteredError, RemoteError
from drawloom.remote.executions import ExecutionClient
from drawloom.remote.registered import RegisteredEntity
from drawloom.remote.stubs import ExecutionAddress, FetchedSignal, admin, library
from literals import parse, pb, preview
from typeengine import LiteralsResolver, TypeEngine, guess_python_type

_ACTIVE, _INACTIVE = 1, 0
"""`LaunchPlanState` in flyteidl/admin/launch_plan.proto."""
_MULTIPART = 1
"""`BlobType.BlobDimensionality`."""


@dataclass(frozen=True)
class RemoteSignal:
    """What a gate of an execution waits for, or got: its `id`, the `type` of its value, and the `value`; None while it waits."""

    id: str
    type: pb.LiteralType
    value: pb.Literal | None


@dataclass(frozen=True)
class RemoteProject:
    """A project of a platform: its `id`, its `name` for people, its `domains` by id, and what is said about it."""

    id: str
    name: str
    domains: tuple[str, ...]
    description: str


class AdministrationClient(ExecutionClient):
    """Signals, launch plans, projects and data of a Flyte 1 platform."""

    # -- signals

    def list_signals(
        self, execution_name: str, project: str | None = None, domain: str | None = None, limit: int = PAGE
    ) -> list[RemoteSignal]:
        """The signals that gates of an execution wait for or got."""
        request = admin("signal").SignalListRequest(limit=limit)
        self._execution_into(request.workflow_execution_id, execution_name, project, domain)
        answer = self._connection.call("signal", "ListSignals", request, f"signals of {execution_name}")
        return [_signal(each) for each in answer.signals]

    def set_signal(  # noqa: PLR0917 - flytekit's signature
        self,
        signal_id: str,
        execution_name: str,
        value: Any,
        project: str | None = None,
        domain: str | None = None,
        python_type: object = None,
        literal_type: pb.LiteralType | None = None,
    ) -> None:
        """Answer a gate. `value`: a literal, or a Python value; of the type that the signal has on the platform if none is given.

        Raises:
            NotRegisteredError: the execution has no such signal.
            TypeTransformerFailedError: the value is not of the type.
        """
        if isinstance(value, pb.Literal):
            literal = value
        else:
            kind = literal_type
            if kind is None and python_type is None:
                kind = self._signal_type(signal_id, execution_name, project, domain)
            hint = python_type if kind is None else python_type or guess_python_type(kind)
            literal = TypeEngine.to_literal(None, value, hint, kind or TypeEngine.to_literal_type(hint))
        request = admin("signal").SignalSetRequest()
        request.id.signal_id = signal_id
        self._execution_into(request.id.execution_id, execution_name, project, domain)
        request.value.ParseFromString(literal.SerializeToString())
        self._connection.call("signal", "SetSignal", request, f"signal {signal_id} of {execution_name}")

    set_input = set_signal

    def approve(
        self, signal_id: str, execution_name: str, project: str | None = None, domain: str | None = None
    ) -> None:
        """Let a gate that asks for an approval go on."""
        self.set_signal(signal_id, execution_name, True, project, domain, bool)  # noqa: FBT003 - a value

    def reject(
        self, signal_id: str, execution_name: str, project: str | None = None, domain: str | None = None
    ) -> None:
        """End a gate that asks for an approval, and what waits for it."""
        self.set_signal(signal_id, execution_name, False, project, domain, bool)  # noqa: FBT003 - a value

    def _signal_type(
        self, signal_id: str, execution_name: str, project: str | None, domain: str | None
    ) -> pb.LiteralType:
        known = self.list_signals(execution_name, project, domain)
        for each in known:
            if each.id == signal_id:
                return each.type
        raise NotRegisteredError(
            "the execution has no such signal",
            where=f"execution {execution_name}",
            expected=", ".join(each.id for each in known) or "an execution that waits at a gate",
            got=preview(signal_id),
            fix="wait until the execution has come to the gate, or correct the name",
        )

    def _execution_into(self, identifier: ExecutionAddress, name: str, project: str | None, domain: str | None) -> None:
        identifier.project = project or self.default_project
        identifier.domain = domain or self.default_domain
        identifier.name = name

    # -- launch plans

    def activate_launchplan(self, ident: pb.Identifier | RegisteredEntity) -> None:
        """Switch a version of a launch plan on: its schedule runs from now on, and that of every other version does not."""
        self._switch(ident, _ACTIVE)

    def deactivate_launchplan(self, ident: pb.Identifier | RegisteredEntity) -> None:
        """Switch a version of a launch plan off."""
        self._switch(ident, _INACTIVE)

    def _switch(self, ident: pb.Identifier | RegisteredEntity, state: int) -> None:
        identifier = ident.id if isinstance(ident, RegisteredEntity) else ident
        request = admin("launch_plan").LaunchPlanUpdateRequest(state=state)
        request.id.ParseFromString(identifier.SerializeToString())
        self._connection.call("admin", "UpdateLaunchPlan", request, f"launch plan {identifier.name}")

    # -- projects

    def list_projects(self, limit: int = PAGE) -> list[RemoteProject]:
        """The projects of the platform."""
        request = admin("project").ProjectListRequest(limit=limit)
        found = self._connection.call("admin", "ListProjects", request, "projects").projects
        return [RemoteProject(e.id, e.name, tuple(domain.id for domain in e.domains), e.description) for e in found]

    def get_domains(self) -> list[str]:
        """The domains of the platform, by id."""
        answer = self._connection.call("admin", "GetDomains", admin("project").GetDomainRequest(), "domains")
        return [each.id for each in answer.domains]

    # -- data

    def get(self, flyte_uri: str) -> LiteralsResolver | pb.Literal | list[str]:
        """What a `flyte://` address of an execution stands for: literals by name, one literal, or signed addresses of a page."""
        request = library("flyteidl.service.dataproxy_pb2").GetDataRequest(flyte_url=flyte_uri)
        answer = self._connection.call("data", "GetData", request, flyte_uri)
        kind = answer.WhichOneof("data")
        if kind == "literal_map":
            return LiteralsResolver(dict(parse(pb.LiteralMap, answer.literal_map.SerializeToString()).literals))
        if kind == "literal":
            return parse(pb.Literal, answer.literal.SerializeToString())
        if kind == "pre_signed_urls":
            return list(answer.pre_signed_urls.signed_url)
        raise NotRegisteredError(
            "there is nothing at this address",
            where=flyte_uri,
            expected="the address of inputs, outputs, one value or a page of an execution",
            got="an empty answer",
            fix="correct the address, or wait until the execution has ended",
        )

    @staticmethod
    def download(
        data: LiteralsResolver | pb.Literal | pb.LiteralMap | Mapping[str, pb.Literal],
        download_to: str | os.PathLike[str],
        recursive: bool = True,  # noqa: FBT001, FBT002 - flytekit's signature
    ) -> list[Path]:
        """Fetch the files, folders and data frames of literals into a folder; gives where each is.

        `data`: outputs of an execution, or one literal, which is called `data`. Members of lists and dicts are in folders
        of their index or key; values that are not files are left out. `recursive`: must be given for several literals.

        Raises:
            RemoteError: several literals, and `recursive` is False; or a key that cannot be the name of a file.
            StorageError: something cannot be read.
        """
        target = Path(download_to)
        if isinstance(data, pb.Literal):
            named: Mapping[str, pb.Literal] = {"data": data}
        elif isinstance(data, pb.LiteralMap):
            named = data.literals
        else:
            named = data.literals if isinstance(data, LiteralsResolver) else data
        if not recursive and not isinstance(data, pb.Literal):
            raise RemoteError(
                "there are several literals to fetch",
                where=str(target),
                expected="recursive=True for several literals",
                got=", ".join(named),
                fix="recursive=True",
            )
        access = file_access()
        written: list[Path] = []
        for name, literal in named.items():
            for path, address, is_folder in _stored(literal, target / _file_name(name)):
                path.parent.mkdir(parents=True, exist_ok=True)
                access.get_data(address, str(path), is_folder)
                written.append(path)
        return written


def _signal(found: FetchedSignal) -> RemoteSignal:
    value = parse(pb.Literal, found.value.SerializeToString()) if found.HasField("value") else None
    return RemoteSignal(found.id.signal_id, parse(pb.LiteralType, found.type.SerializeToString()), value)


def _file_name(name: str) -> str:
    """A key or a name, as that of a file; what would lead out of the folder is refused."""
    if name in {"", ".", ".."} or "/" in name or "\\" in name or "\0" in name:
        raise RemoteError(
            "a name of the data cannot be that of a file",
            expected="a name without slashes",
            got=preview(name),
            fix="fetch that literal by itself: download(literal, folder)",
        )
    return name


def _stored(literal: pb.Literal, path: Path) -> Iterator[tuple[Path, str, bool]]:
    """Where what a literal names goes, its address, and whether it is a folder."""
    kind = literal.WhichOneof("value")
    if kind == "collection":
        for number, each in enumerate(literal.collection.literals):
            yield from _stored(each, path / str(number))
    elif kind == "map":
        for name, each in literal.map.literals.items():
            yield from _stored(each, path / _file_name(name))
    elif kind == "scalar" and literal.scalar.HasField("blob"):
        blob = literal.scalar.blob
        yield path, blob.uri, blob.metadata.type.dimensionality == _MULTIPART
    elif kind == "scalar" and literal.scalar.HasField("structured_dataset"):
        yield path, literal.scalar.structured_dataset.uri, True
