"""Says once, in the log, what a task asks for that a run on this machine does not simulate (`NOT_SIMULATED`)."""

from __future__ import annotations

import logging
from typing import Any

from interpreter.options import NOT_SIMULATED
from interpreter.program import TaskPlan

_logger = logging.getLogger("weft")
_said: set[str] = set()


def note_differences(task: TaskPlan, overrides: Any) -> None:
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
    for each in met:
        if each not in _said:
            _said.add(each)
            _logger.warning("%s: %s is not simulated here: %s", task.key.name, each, NOT_SIMULATED[each])


def _wants(resources: Any) -> bool:
    return bool(resources.requests or resources.limits)
