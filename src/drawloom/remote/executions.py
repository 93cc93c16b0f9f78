"""Executions on a platform: started, waited for, ended."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from compiler import SerializationSettings
from drawloom.remote.entities import PAGE, EntityClient
from drawloom.remote.errors import EntityExistsError, RemoteError
from drawloom.remote.execution import PHASES, RemoteExecution
from drawloom.remote.registered import LazyEntity, RegisteredEntity, Registrable
from drawloom.remote.stubs import ExecutionAddress, admin, library
from literals import parse, pb
from typeengine import NamedCodecs, default_engine

_WORKFLOW, _PLAN = 2, 3


class ExecutionClient(EntityClient):
    """The executions of a Flyte 1 platform."""

    def execute(
        self,
        entity: Registrable | RegisteredEntity | LazyEntity,
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
        if isinstance(entity, LazyEntity):
            entity = entity.entity
        if isinstance(entity, RegisteredEntity):
            registered = entity
            guessed: Mapping[str, Any] = {} if isinstance(inputs, pb.LiteralMap) else entity.python_inputs
            literals = _literals(inputs, {**guessed, **hints})
            hints = {**entity.python_outputs, **hints}
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
        name_into(request.id, execution)
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
            name_into(asked.id, execution)
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
            request = admin("node_execution").NodeExecutionListRequest(limit=PAGE, token=token)
            name_into(request.workflow_execution_id, execution)
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
        name_into(request.id, execution)
        self._connection.call("admin", "TerminateExecution", request, f"execution {execution.name}")

    def recent_executions(
        self, project: str | None = None, domain: str | None = None, limit: int = PAGE
    ) -> list[RemoteExecution]:
        """The newest executions, as they were when they were listed."""
        request = self._list_request(project, domain, "", limit)
        request.sort_by.key = "created_at"
        found = self._connection.call("admin", "ListExecutions", request, "executions").executions
        names: list[str] = [PHASES[each.closure.phase] for each in found]
        return [RemoteExecution(e.id.project, e.id.domain, e.id.name, n) for e, n in zip(found, names, strict=True)]


def _literals(inputs: Mapping[str, Any] | pb.LiteralMap, hints: Mapping[str, Any]) -> pb.LiteralMap:
    if isinstance(inputs, pb.LiteralMap):
        return inputs
    codecs = {name: default_engine().codec(hint) for name, hint in hints.items()}
    encoded = NamedCodecs(codecs, "").encode(inputs)
    return pb.LiteralMap(literals={name: parse(pb.Literal, data) for name, data in encoded.items()})


def name_into(identifier: ExecutionAddress, execution: RemoteExecution) -> None:
    """Write which execution is meant."""
    identifier.project, identifier.domain, identifier.name = execution.project, execution.domain, execution.name
