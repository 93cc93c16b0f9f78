"""What is registered on a platform: registering entities, and fetching them."""

from __future__ import annotations

import dataclasses
import importlib
import os
import tempfile
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from compiler import FastSerializationSettings, ImageConfig, ResourceSpec, SerializationSettings, compile_bundle
from drawloom.actions.code_bundle import build_bundle
from drawloom.interpreter import load
from drawloom.ir import VerifyError, refuses, verify_for
from drawloom.local.config import settings as local_settings
from drawloom.remote.compiled_files import Spec, filled_in, in_order
from drawloom.remote.connection import Connection
from drawloom.remote.errors import EntityExistsError, NotRegisteredError, RemoteError
from drawloom.remote.platform import PlatformLike, PlatformSettings
from drawloom.remote.registered import LazyEntity, RegisteredEntity, Registrable, interface_of_plan
from drawloom.remote.stubs import FetchedMessage, admin
from drawloom.remote.uploads import upload
from literals import parse, pb

_TASK, _WORKFLOW, _PLAN = 1, 2, 3
_KINDS = {_TASK: "Task", _WORKFLOW: "Workflow", _PLAN: "LaunchPlan"}
_PLATFORM = "flyte1"
PAGE = 100
"""Entries that a list has where nothing else is asked for."""


class HasPlatform(Protocol):
    """Settings that say where a platform is; flytekit's `Config` is one."""

    @property
    def platform(self) -> PlatformLike:
        """Where it is."""
        ...


class EntityClient:
    """The entities of a Flyte 1 platform.

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

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

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
        destination_dir: str = ".",
    ) -> list[RegisteredEntity]:
        """Register entities and all that they need, dependencies first; give those that were asked for.

        What is registered already with the same content stays. `version`: the digest of the content if none is given.
        `fast`: the code below `root` (of `drawloom.init`) goes to the platform's store, and containers unpack it in
        `destination_dir`.

        Raises:
            VerifyError: the platform would refuse it; nothing was sent.
            EntityConflictError: another entity of a name and version is registered.
            RemoteError: the platform refuses.
        """
        asked = list(entities)
        chosen = self._settings(serialization_settings, version)
        if fast:
            _, address = self.fast_package(root or local_settings().root_dir, copy_style=copy_style)
            code = FastSerializationSettings(
                enabled=True, destination_dir=destination_dir, distribution_location=address
            )
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

    def fast_register_workflow(
        self,
        entity: Registrable,
        serialization_settings: SerializationSettings | None = None,
        version: str | None = None,
    ) -> RegisteredEntity:
        """Register a workflow, and bring its code along."""
        return self.register_workflow(entity, serialization_settings, version, fast=True)

    def register_script(  # noqa: PLR0917 - flytekit's signature
        self,
        entity: Registrable,
        image_config: ImageConfig | None = None,
        version: str | None = None,
        project: str | None = None,
        domain: str | None = None,
        destination_dir: str = ".",
        copy_all: bool = False,  # noqa: FBT001, FBT002 - flytekit's signature
        source_path: str | os.PathLike[str] | None = None,
        module_name: str | None = None,
        envs: Mapping[str, str] | None = None,
        default_resources: ResourceSpec | None = None,
    ) -> RegisteredEntity:
        """Register an entity, and bring the code below a folder along.

        `source_path`: the folder; that of `drawloom.init` if none is given. `copy_all`: all files of it, else the modules
        that are loaded. `module_name`: a module that is loaded before. `destination_dir`: where a container unpacks the code.
        `envs`: variables of every task. Other options of flytekit's method are those of `register`.

        Raises:
            VerifyError: the platform would refuse it; nothing was sent.
            EntityConflictError: another entity of the name and version is registered.
            RemoteError: the platform refuses.
        """
        if module_name is not None:
            importlib.import_module(module_name)
        settings = SerializationSettings(
            project=project or self.default_project,
            domain=domain or self.default_domain,
            version=version,
            image_config=image_config or SerializationSettings().image_config,
            env=dict(envs) if envs is not None else None,
            default_resources=default_resources,
        )
        root = Path(source_path) if source_path is not None else None
        style = "all" if copy_all else "loaded_modules"
        return self.register(
            [entity], settings, version, fast=True, root=root, copy_style=style, destination_dir=destination_dir
        )[0]

    def register_files(
        self,
        path: str | os.PathLike[str],
        version: str | None = None,
        project: str | None = None,
        domain: str | None = None,
    ) -> list[RegisteredEntity]:
        """Register what was compiled into a file, a folder of numbered files or an archive of them; give it all.

        Identifiers whose project, domain or version is left open, as `pyflyte package` writes them, are filled in.

        Raises:
            LoadError: there are no compiled entities.
            VerifyError: the platform would refuse one; nothing was sent.
            RemoteError: no version is said, or another part than the files have; a command waits for the address of its code, or the platform refuses.
        """
        bundle = parse(pb.Bundle, load(Path(path)).bundle)
        usual = {"project": self.default_project, "domain": self.default_domain}
        filled = filled_in(bundle, {"project": project, "domain": domain, "version": version}, usual)
        specs = in_order(filled)
        for kind, spec in specs:
            identifier = identifier_of(spec)
            if not identifier.version:
                raise RemoteError(
                    "nothing says which version this is",
                    where=f"{_KINDS[kind]} {identifier.name}",
                    expected="a version, in the file or given",
                    got="none",
                    fix="version=..., or --version",
                )
        refused = [each for each in verify_for(_PLATFORM, filled) if refuses(_PLATFORM, each)]
        if refused:
            raise VerifyError(refused)
        for kind, spec in specs:
            self._create(kind, spec)
        found = [(kind, identifier_of(spec)) for kind, spec in specs]
        return [self._fetch(kind, each.project, each.domain, each.name, each.version) for kind, each in found]

    def raw_register(self, cp_entity: Spec) -> RegisteredEntity:
        """Register one message as it is: a TaskSpec, WorkflowSpec or LaunchPlan with its whole identifier."""
        kind = _TASK if isinstance(cp_entity, pb.TaskSpec) else _WORKFLOW
        kind = _PLAN if isinstance(cp_entity, pb.LaunchPlan) else kind
        self._create(kind, cp_entity)
        made = identifier_of(cp_entity)
        return self._fetch(kind, made.project, made.domain, made.name, made.version)

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

    def _create(self, kind: int, spec: Spec) -> None:
        is_plan = isinstance(spec, pb.LaunchPlan)
        identifier = identifier_of(spec)
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

    def fetch_task_lazy(
        self, project: str | None = None, domain: str | None = None, name: str = "", version: str | None = None
    ) -> LazyEntity:
        """A registered task, which is fetched when something of it is asked for."""
        return LazyEntity(name, partial(self.fetch_task, project, domain, name, version))

    def fetch_workflow_lazy(
        self, project: str | None = None, domain: str | None = None, name: str = "", version: str | None = None
    ) -> LazyEntity:
        """A registered workflow, which is fetched when something of it is asked for."""
        return LazyEntity(name, partial(self.fetch_workflow, project, domain, name, version))

    def fetch_active_launchplan(
        self, project: str | None = None, domain: str | None = None, name: str = ""
    ) -> RegisteredEntity | None:
        """The version of a launch plan that is switched on; None if none is."""
        request = admin("launch_plan").ActiveLaunchPlanRequest()
        request.id.project = project or self.default_project
        request.id.domain = domain or self.default_domain
        request.id.name = name
        try:
            return _registered(_PLAN, self._connection.call("admin", "GetActiveLaunchPlan", request, name))
        except NotRegisteredError:
            return None

    def list_tasks_by_version(
        self, version: str, project: str | None = None, domain: str | None = None, limit: int = PAGE
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


def identifier_of(spec: Spec) -> pb.Identifier:
    """What a specification is called."""
    return spec.id if isinstance(spec, pb.LaunchPlan) else spec.template.id


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
