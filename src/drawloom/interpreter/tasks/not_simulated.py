"""Says once, in the log, what a task or node asks for that a run on this machine does not simulate (`NOT_SIMULATED`)."""

from __future__ import annotations

import logging

from drawloom.interpreter.options import NOT_SIMULATED
from drawloom.interpreter.program.graph import NodePlan, WorkflowTarget
from drawloom.interpreter.program.program import Program, TaskPlan
from literals import pb

_logger = logging.getLogger("drawloom")
_said: set[str] = set()


def note_differences(task: TaskPlan, overrides: pb.TaskNodeOverrides | None) -> None:
    """Log each difference that this task meets for the first time in this process."""
    template = task.template
    met: list[str] = []
    if template.WhichOneof("target") == "k8s_pod":
        met.append("pod template")
    if _wants(template.container.resources) or (overrides is not None and _wants(overrides.resources)):
        met.append("resources")
    if template.HasField("extended_resources"):
        met.append("accelerator and shared memory")
    if template.metadata.interruptible:
        met.append("interruptible")
    _say(task.key.name, met)


def note_inner_graph(node: NodePlan, target: WorkflowTarget, program: Program) -> None:
    """The same for a node that runs a workflow or a launch plan."""
    met: list[str] = []
    if node.timeout or node.retries:
        met.append("timeouts and retries of a node that runs a workflow")
    plan = program.plans.get(target.key)
    if plan is not None and plan.spec.max_parallelism:
        met.append("max_parallelism of a launch plan that a node runs")
    if met:
        _say(target.key.name, met)


def _say(where: str, met: list[str]) -> None:
    for each in met:
        if each not in _said:
            _said.add(each)
            _logger.warning("%s: %s is not simulated here: %s", where, each, NOT_SIMULATED[each])


def _wants(resources: pb.Resources) -> bool:
    return bool(resources.requests or resources.limits)
