"""How much a Flyte 1 cluster takes at once: sizes of messages and of the custom resource that an execution is.

Both can be set on the platform, so what is larger than the usual is warned of and not refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from drawloom.ir.flyte1_graphs import FLYTE1
from drawloom.ir.keys import Key, key
from drawloom.ir.platform import Finding, WorkflowScope
from drawloom.ir.walking import all_references
from literals import pb

LARGEST_MESSAGE: Final = 4 * 1024 * 1024
"""Bytes of one message that a server of gRPC takes unless it is told otherwise."""
LARGEST_EXECUTION: Final = 3 * 512 * 1024
"""Bytes of one request that etcd takes unless it is told otherwise."""
_SMALLER = "pass large constants as inputs, or put parts into workflows that run by their launch plans"


@FLYTE1.rule(
    "message-size",
    f"what registers an entity has at most {LARGEST_MESSAGE:,} bytes, unless the platform takes more",
    "task",
    refuses=False,
)
def _task_message(task: pb.TaskTemplate) -> Iterator[Finding]:
    """`grpc.MaxRecvMsgSize` in flyteadmin/pkg/server/service.go, set if `grpc.maxMessageSizeBytes` is not 0.

    Else it is `defaultServerMaxReceiveMessageSize` in server.go of grpc-go.
    """
    yield from _too_large(task.ByteSize())


@FLYTE1.rule(
    "plan-message-size",
    f"what registers a launch plan has at most {LARGEST_MESSAGE:,} bytes, unless the platform takes more",
    "plan",
    refuses=False,
)
def _plan_message(plan: pb.LaunchPlan) -> Iterator[Finding]:
    """As `message-size`: flyteadmin/pkg/server/service.go."""
    yield from _too_large(plan.spec.ByteSize())


@FLYTE1.rule(
    "workflow-message-size",
    f"what registers a workflow, with its sub-workflows, has at most {LARGEST_MESSAGE:,} bytes, unless the platform takes more",
    "outputs",
    refuses=False,
)
def _workflow_message(template: pb.WorkflowTemplate, scope: WorkflowScope) -> Iterator[Finding]:
    """As `message-size`: flyteadmin/pkg/server/service.go."""
    if scope.index.size() > LARGEST_MESSAGE:
        workflows, _ = _needed(template, scope)
        yield from _too_large(sum(each.ByteSize() for each in workflows.values()))


@FLYTE1.rule(
    "execution-size",
    f"a workflow, with the tasks and sub-workflows that it runs, has at most {LARGEST_EXECUTION:,} bytes, unless closures are offloaded",
    "outputs",
    refuses=False,
)
def _execution(template: pb.WorkflowTemplate, scope: WorkflowScope) -> Iterator[Finding]:
    """`WorkflowTooLarge` in flytepropeller/pkg/controller/handler.go.

    The limit is `DefaultMaxRequestBytes` in server/embed/config.go of etcd. With `useOffloadedWorkflowClosure` of flyteadmin
    (flyteadmin/pkg/workflowengine/impl/k8s_executor.go) the closure is not part of the custom resource, which otherwise holds it as
    JSON, and so is larger than the message.
    """
    if scope.index.size() <= LARGEST_EXECUTION:
        return
    workflows, tasks = _needed(template, scope)
    size = sum(each.ByteSize() for each in (*workflows.values(), *tasks.values()))
    if size > LARGEST_EXECUTION:
        yield Finding(
            "an execution of the workflow is larger than what etcd takes by default",
            f"at most {LARGEST_EXECUTION:,} bytes",
            f"{size:,} bytes, and more as JSON",
            f"{_SMALLER}; or set useOffloadedWorkflowClosure on the platform",
        )


def _too_large(size: int) -> Iterator[Finding]:
    if size > LARGEST_MESSAGE:
        yield Finding(
            "what registers it is larger than a message that a platform takes by default",
            f"at most {LARGEST_MESSAGE:,} bytes",
            f"{size:,} bytes",
            f"{_SMALLER}; or raise server.grpc.maxMessageSizeBytes on the platform",
        )


def _needed(
    template: pb.WorkflowTemplate, scope: WorkflowScope
) -> tuple[dict[Key, pb.WorkflowTemplate], dict[Key, pb.TaskTemplate]]:
    """The workflow with all of its sub-workflows, and the tasks that they run, as far as they are known."""
    workflows: dict[Key, pb.WorkflowTemplate] = {key(template.id): template}
    tasks: dict[Key, pb.TaskTemplate] = {}
    waiting = [template]
    while waiting:
        for identifier in all_references(waiting.pop()):
            name = key(identifier)
            if name in scope.index.tasks:
                tasks[name] = scope.index.tasks[name]
            elif name in scope.index.workflows and name not in workflows:
                workflows[name] = scope.index.workflows[name]
                waiting.append(workflows[name])
    return workflows, tasks
