"""`FlyteRemote`: a Flyte 1 platform, with flytekit's methods."""

from __future__ import annotations

import dataclasses
import datetime as dt
import tempfile
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from compiler import FastSerializationSettings, SerializationSettings, compile_bundle
from drawloom.actions.code_bundle import build_bundle
from drawloom.ir import VerifyError, refuses, verify_for
from drawloom.local.config import settings as local_settings
from drawloom.remote.connection import Connection
from drawloom.remote.errors import EntityExistsError, NotRegisteredError, RemoteError
from drawloom.remote.execution import PHASES, RemoteExecution
from drawloom.remote.platform import PlatformLike, PlatformSettings
from drawloom.remote.registered import RegisteredEntity, Registrable, interface_of_plan
from drawloom.remote.stubs import ExecutionAddress, FetchedMessage, admin, library
from drawloom.remote.uploads import upload
from literals import parse, pb
from typeengine import NamedCodecs, default_engine

_TASK, _WORKFLOW, _PLAN = 1, 2, 3
_KINDS = {_TASK: "Task", _WORKFLOW: "Workflow", _PLAN: "LaunchPlan"}
_PLATFORM = "flyte1"
_PAGE = 100


class HasPlatform(Protocol):
    """Settings that say where a platform is; flytekit's `Config` is one."""

    @property
    def platform(self) -> PlatformLike:
        """Where it is."""
        ...


class FlyteRemote:
    """A Flyte 1 platform.

    `config`: a `Config`, `PlatformSettings`, or None for what `drawloom.init`, a file of settings or the environment says.
    """

    def __init__(
        self,
        config: HasPlatform | PlatformLike | None = None,
        default_project: str | None = None,
        default_domain: str | None = None,
        *,
        timeout: float = 30.0,
        attempts: int = 5,
    ) -> None:
        found: Any = PlatformSettings.auto() if config is None else getattr(config, "platform", config)
        local = local_settings()
        self._endpoint: str = found.endpoint
        self._insecure: bool = found.insecure
        self.default_project = default_project or local.project or "flytesnacks"
        self.default_domain = default_domain or local.domain or "development"
        self._connection = Connection(found, timeout=timeout, attempts=attempts)

    @classmethod
    def for_endpoint(
        cls,
        endpoint: str,
        insecure: bool = False,  # noqa: FBT001, FBT002 - flytekit's signature
        default_project: str | None = None,
        default_domain: str | None = None,
    ) -> FlyteRemote:
        """A platform at an address."""
        return cls(PlatformSettings(endpoint, insecure=insecure), default_project, default_domain)

    @classmethod
    def for_sandbox(cls, default_project: str | None = None, default_domain: str | None = None) -> FlyteRemote:
        """The platform that `flytectl demo start` makes on this machine."""
        return cls.for_endpoint("localhost:30080", True, default_project, default_domain)  # noqa: FBT003 - flytekit's signature

    @classmethod
    def auto(
        cls, config_file: str | None = None, default_project: str | None = None, default_domain: str | None = None
    ) -> FlyteRemote:
        """The platform that a file of settings, `drawloom.init` or the environment names."""
        return cls(PlatformSettings.auto(config_file), default_project, default_domain)

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def __enter__(self) -> FlyteRemote:  # noqa: PYI034 - Self is newer than Python 3.10
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- registration

    def register(
        self,
        entities: Iterable[Registrable],
        serialization_settings: SerializationSettings | None = None,
        version: str | None = None,
        *,
        fast: bool = False,
        root: Path | None = None,
        copy_style: str = "loaded_modules",
    ) -> list[RegisteredEntity]:
        """Register entities and all that they need, dependencies first; give those that were asked for.

        What is registered already with the same content stays. `version`: the digest of the content if none is given.
        `fast`: the code below `root` (of `drawloom.init`) goes to the platform's store, and containers fetch it.

        Raises:
            VerifyError: the platform would refuse it; nothing was sent.
            EntityConflictError: another entity of a name and version is registered.
            RemoteError: the platform refuses.
        """
        asked = list(entities)
        chosen = self._settings(serialization_settings, version)
        if fast:
            _, address = self.fast_package(root or local_settings().root_dir, copy_style=copy_style)
            code = FastSerializationSettings(enabled=True, destination_dir=".", distribution_location=address)
            chosen = dataclasses.replace(chosen, fast_serialization_settings=code)
        compiled = compile_bundle(asked, chosen, platform=_PLATFORM)
        refused = [each for each in verify_for(_PLATFORM, compiled.bundle) if refuses(_PLATFORM, each)]
        if refused:
            raise VerifyError(refused)
        for _, kind, message in compiled.specs:
            self._create(kind, message)
        return [self._fetch(e.resource_type, None, None, e.name, compiled.version) for e in asked]

    def register_task(
        self,
        entity: Registrable,
        serialization_settings: SerializationSettings | None = None,
        version: str | None = None,
    ) -> RegisteredEntity:
        """Register a task."""
        return self.register([entity], serialization_settings, version)[0]

    def register_workflow(
        self,
        entity: Registrable,
        serialization_settings: SerializationSettings | None = None,
        version: str | None = None,
        *,
        fast: bool = False,
    ) -> RegisteredEntity:
        """Register a workflow, what it calls, and its default launch plan."""
        return self.register([entity], serialization_settings, version, fast=fast)[0]

    def register_launch_plan(
        self,
        entity: Registrable,
        version: str | None = None,
        serialization_settings: SerializationSettings | None = None,
    ) -> RegisteredEntity:
        """Register a launch plan and its workflow."""
        return self.register([entity], serialization_settings, version)[0]

    def fast_package(self, root: Path, *, copy_style: str = "loaded_modules") -> tuple[bytes, str]:
        """Archive the code below a folder and put it into the platform's store; give its MD5 and address."""
        with tempfile.TemporaryDirectory() as folder:
            bundle = build_bundle(copy_style, root=Path(root), folder=Path(folder))
            return self.upload_file(Path(str(bundle.tgz)))

    def upload_file(
        self, to_upload: Path, project: str | None = None, domain: str | None = None, filename_root: str | None = None
    ) -> tuple[bytes, str]:
        """Put a file into the platform's store; give its MD5 and the address by which tasks read it."""
        place = project or self.default_project, domain or self.default_domain
        return upload(self._connection, Path(to_upload), *place, filename_root or "")

    def _settings(self, given: SerializationSettings | None, version: str | None) -> SerializationSettings:
        base = given if given is not None else SerializationSettings()
        return dataclasses.replace(
            base,
            project=base.project or self.default_project,
            domain=base.domain or self.default_domain,
            version=version or base.version,
        )

    def _create(self, kind: int, spec: pb.TaskSpec | pb.WorkflowSpec | pb.LaunchPlan) -> None:
        is_plan = isinstance(spec, pb.LaunchPlan)
        identifier = spec.id if is_plan else spec.template.id
        module = admin({_TASK: "task", _WORKFLOW: "workflow", _PLAN: "launch_plan"}[kind])
        request = getattr(module, f"{_KINDS[kind]}CreateRequest")()
        request.id.ParseFromString(identifier.SerializeToString())
        request.spec.ParseFromString((spec.spec if is_plan else spec).SerializeToString())
        try:
            self._connection.call("admin", f"Create{_KINDS[kind]}", request, f"registration of {identifier.name}")
        except EntityExistsError:
            return  # the very same content: what was wanted

    # -- entities

    def fetch_task(
        self, project: str | None = None, domain: str | None = None, name: str = "", version: str | None = None
    ) -> RegisteredEntity:
        """A registered task; the newest version if none is given."""
        return self._fetch(_TASK, project, domain, name, version)

    def fetch_workflow(
        self, project: str | None = None, domain: str | None = None, name: str = "", version: str | None = None
    ) -> RegisteredEntity:
        """A registered workflow; the newest version if none is given."""
        return self._fetch(_WORKFLOW, project, domain, name, version)

    def fetch_launch_plan(
        self, project: str | None = None, domain: str | None = None, name: str = "", version: str | None = None
    ) -> RegisteredEntity:
        """A registered launch plan; the newest version if none is given."""
        return self._fetch(_PLAN, project, domain, name, version)

    def list_tasks_by_version(
        self, version: str, project: str | None = None, domain: str | None = None, limit: int = _PAGE
    ) -> list[RegisteredEntity]:
        """The tasks of a version."""
        request = self._list_request(project, domain, "", limit)
        request.filters = f"eq(task.version,{version})"
        found = self._connection.call("admin", "ListTasks", request, f"tasks of {version}").tasks
        return [_registered(_TASK, each) for each in found]

    def _fetch(
        self, kind: int, project: str | None, domain: str | None, name: str, version: str | None
    ) -> RegisteredEntity:
        if version is None:
            request = self._list_request(project, domain, name, 1)
            request.sort_by.key = "created_at"
            answer = self._connection.call("admin", f"List{_KINDS[kind]}s", request, name)
            found = getattr(answer, {_TASK: "tasks", _WORKFLOW: "workflows", _PLAN: "launch_plans"}[kind])
            if not found:
                raise NotRegisteredError(
                    "there is no such thing on the platform",
                    where=f"{self._endpoint}: {name}",
                    expected="something that is registered",
                    got="nothing of this name",
                    fix="check project, domain, name and version",
                )
            return _registered(kind, found[0])
        request = admin("common").ObjectGetRequest()
        request.id.ParseFromString(
            pb.Identifier(
                resource_type=kind,  # pyright: ignore[reportArgumentType] - enums of protobuf are ints
                project=project or self.default_project,
                domain=domain or self.default_domain,
                name=name,
                version=version,
            ).SerializeToString()
        )
        return _registered(kind, self._connection.call("admin", f"Get{_KINDS[kind]}", request, name))

    def _list_request(self, project: str | None, domain: str | None, name: str, limit: int) -> Any:
        request = admin("common").ResourceListRequest(limit=limit)
        request.id.project = project or self.default_project
        request.id.domain = domain or self.default_domain
        request.id.name = name
        return request

    # -- executions

    def execute(
        self,
        entity: Registrable | RegisteredEntity,
        inputs: Mapping[str, Any] | pb.LiteralMap,
        *,
        project: str | None = None,
        domain: str | None = None,
        version: str | None = None,
        execution_name: str | None = None,
        wait: bool = False,
        type_hints: Mapping[str, Any] | None = None,
        overwrite_cache: bool = False,
        interruptible: bool | None = None,
        envs: Mapping[str, str] | None = None,
        tags: Sequence[str] = (),
        max_parallelism: int = 0,
        serialization_settings: SerializationSettings | None = None,
    ) -> RemoteExecution:
        """Start an execution of a registered entity, or of one of this process, which is registered first.

        Raises:
            TypeTransformerFailedError: an input is not of its type.
            RemoteError: the platform refuses.
        """
        hints = dict(type_hints or {})
        if isinstance(entity, RegisteredEntity):
            registered = entity
            guessed: Mapping[str, Any] = {} if isinstance(inputs, pb.LiteralMap) else entity.python_inputs
            literals = _literals(inputs, {**guessed, **hints})
        else:
            registered = self.register([entity], serialization_settings, version)[0]
            interface = entity.python_interface
            literals = _literals(inputs, interface.inputs)
            hints = dict(interface.outputs)
        request = admin("execution").ExecutionCreateRequest(
            project=project or self.default_project,
            domain=domain or self.default_domain,
            name=execution_name or f"f{uuid.uuid4().hex[:19]}",
        )
        request.inputs.ParseFromString(literals.SerializeToString())
        spec = request.spec
        spec.launch_plan.ParseFromString(registered.id.SerializeToString())
        if registered.id.resource_type == _WORKFLOW:
            spec.launch_plan.resource_type = _PLAN  # the workflow's default launch plan has its name
        spec.metadata.mode = 0
        spec.metadata.principal = "drawloom"
        spec.overwrite_cache = overwrite_cache
        spec.max_parallelism = max_parallelism
        spec.tags.extend(tags)
        if interruptible is not None:
            spec.interruptible.value = interruptible
        for name, value in (envs or {}).items():
            spec.envs.values.add(key=name, value=value)
        try:
            self._connection.call("admin", "CreateExecution", request, f"execution {request.name}")
        except EntityExistsError:
            if execution_name is not None:
                raise  # whose it is, is not known; a name of our own is ours, and its first answer was lost
        made = RemoteExecution(request.project, request.domain, request.name, "QUEUED", hints=hints)
        return self.wait(made) if wait else made

    def fetch_execution(self, project: str | None = None, domain: str | None = None, name: str = "") -> RemoteExecution:
        """An execution by its name."""
        return self.sync_execution(
            RemoteExecution(project or self.default_project, domain or self.default_domain, name)
        )

    def sync_execution(self, execution: RemoteExecution, *, sync_nodes: bool = False) -> RemoteExecution:
        """Bring an execution up to date; with `sync_nodes` its nodes too."""
        module = admin("execution")
        request = module.WorkflowExecutionGetRequest()
        _name_into(request.id, execution)
        found = self._connection.call("admin", "GetExecution", request, f"execution {execution.name}")
        execution.phase = PHASES[found.closure.phase]
        kind = found.closure.WhichOneof("output_result")
        execution.error = ""
        if kind == "error":
            execution.error = found.closure.error.message
        elif kind in ("abort_metadata", "abort_cause"):
            execution.error = found.closure.abort_metadata.cause or found.closure.abort_cause
        if execution.is_done:
            asked = module.WorkflowExecutionGetDataRequest()
            _name_into(asked.id, execution)
            data = self._connection.call("admin", "GetExecutionData", asked, f"outputs of {execution.name}")
            execution.input_literals = parse(pb.LiteralMap, data.full_inputs.SerializeToString())
            if execution.is_successful:
                execution.output_literals = parse(pb.LiteralMap, data.full_outputs.SerializeToString())
        if sync_nodes:
            self._sync_nodes(execution)
        return execution

    def sync(self, execution: RemoteExecution, *, sync_nodes: bool = False) -> RemoteExecution:
        """The same as `sync_execution`."""
        return self.sync_execution(execution, sync_nodes=sync_nodes)

    def _sync_nodes(self, execution: RemoteExecution) -> None:
        phases = library("flyteidl.core.execution_pb2").NodeExecution.Phase
        token = ""
        while True:
            request = admin("node_execution").NodeExecutionListRequest(limit=_PAGE, token=token)
            _name_into(request.workflow_execution_id, execution)
            answer = self._connection.call("admin", "ListNodeExecutions", request, f"nodes of {execution.name}")
            for each in answer.node_executions:
                execution.nodes[each.id.node_id] = phases.Name(each.closure.phase)
            token = answer.token
            if not token:
                return

    def wait(
        self,
        execution: RemoteExecution,
        timeout: float | dt.timedelta | None = None,
        poll_interval: float | dt.timedelta = 5.0,
        *,
        sync_nodes: bool = False,
    ) -> RemoteExecution:
        """Wait until an execution has ended; seconds or a timedelta.

        Raises:
            RemoteError: it has not ended in time.
        """
        pause = poll_interval.total_seconds() if isinstance(poll_interval, dt.timedelta) else poll_interval
        limit = timeout.total_seconds() if isinstance(timeout, dt.timedelta) else timeout
        end = None if limit is None else time.monotonic() + limit
        while not self.sync_execution(execution).is_done:
            if end is not None and time.monotonic() + pause > end:
                raise RemoteError(
                    f"the execution has not ended within {limit:g} seconds",
                    where=execution.name,
                    expected=f"an end within {limit:g} seconds",
                    got=execution.phase,
                    fix="wait longer with timeout=, or look at the platform's console",
                )
            time.sleep(pause)
        return self.sync_execution(execution, sync_nodes=True) if sync_nodes else execution

    def terminate(self, execution: RemoteExecution, cause: str) -> None:
        """End an execution, and say why."""
        request = admin("execution").ExecutionTerminateRequest(cause=cause)
        _name_into(request.id, execution)
        self._connection.call("admin", "TerminateExecution", request, f"execution {execution.name}")

    def recent_executions(
        self, project: str | None = None, domain: str | None = None, limit: int = _PAGE
    ) -> list[RemoteExecution]:
        """The newest executions, as they were when they were listed."""
        request = self._list_request(project, domain, "", limit)
        request.sort_by.key = "created_at"
        found = self._connection.call("admin", "ListExecutions", request, "executions").executions
        names: list[str] = [PHASES[each.closure.phase] for each in found]
        return [RemoteExecution(e.id.project, e.id.domain, e.id.name, n) for e, n in zip(found, names, strict=True)]

    def generate_console_url(self, entity: RemoteExecution | RegisteredEntity) -> str:
        """Where the platform's console shows an execution or an entity."""
        host = self._endpoint.removeprefix("dns:///").removeprefix("https://").removeprefix("http://")
        base = f"{'http' if self._insecure else 'https'}://{host}/console/projects"
        if isinstance(entity, RemoteExecution):
            return f"{base}/{entity.project}/domains/{entity.domain}/executions/{entity.name}"
        kind = {_TASK: "task", _WORKFLOW: "workflow", _PLAN: "launch_plan"}[entity.id.resource_type]
        return f"{base}/{entity.id.project}/domains/{entity.id.domain}/{kind}/{entity.name}/version/{entity.id.version}"


def _literals(inputs: Mapping[str, Any] | pb.LiteralMap, hints: Mapping[str, Any]) -> pb.LiteralMap:
    if isinstance(inputs, pb.LiteralMap):
        return inputs
    codecs = {name: default_engine().codec(hint) for name, hint in hints.items()}
    encoded = NamedCodecs(codecs, "").encode(inputs)
    return pb.LiteralMap(literals={name: parse(pb.Literal, data) for name, data in encoded.items()})


def _name_into(identifier: ExecutionAddress, execution: RemoteExecution) -> None:
    identifier.project, identifier.domain, identifier.name = execution.project, execution.domain, execution.name


def _registered(kind: int, found: FetchedMessage) -> RegisteredEntity:
    identifier = parse(pb.Identifier, found.id.SerializeToString())
    if kind == _PLAN:
        plan = parse(pb.LaunchPlan, found.SerializeToString())
        return RegisteredEntity(identifier, interface_of_plan(plan), plan)
    if kind == _TASK:
        task = parse(pb.TaskTemplate, found.closure.compiled_task.template.SerializeToString())
        return RegisteredEntity(identifier, task.interface, task)
    workflow = parse(pb.WorkflowTemplate, found.closure.compiled_workflow.primary.template.SerializeToString())
    return RegisteredEntity(identifier, workflow.interface, workflow)
