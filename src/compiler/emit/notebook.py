"""Workflows and bundles as notebooks show them."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.emit.bundle import compile_bundle
from compiler.workflows.function_workflow import WorkflowBase
from drawloom.ir import EntityIndex, Key, key
from drawloom.pictures.graph import picture_of
from drawloom.pictures.notebook import forms
from literals import pb

_WORKFLOW = 2


def index_of(bundle: pb.Bundle) -> EntityIndex:
    """The entities of a bundle by key."""
    index = EntityIndex()
    index.add_tasks(task.template for task in bundle.tasks)
    for closure in bundle.workflows:
        index.add_tasks(task.template for task in closure.tasks)
        index.add_workflows(each.template for each in (*closure.sub_workflows, closure.primary))
    index.plans.update((key(plan.id), plan) for plan in bundle.launch_plans)
    return index


def workflow_forms(workflow: WorkflowBase) -> dict[str, str]:
    """A workflow by media type. Raises the errors of compiling it."""
    compiled = compile_bundle([workflow])
    return bundle_forms(compiled.bundle, (key for key in compiled.entities if key.name == workflow.name))


def bundle_forms(bundle: pb.Bundle, mains: Iterable[Key] = ()) -> dict[str, str]:
    """A bundle by media type: the picture of its main workflow, or of the last one."""
    index = index_of(bundle)
    known = [name for name in mains if name.resource_type == _WORKFLOW] or [*index.workflows] or [*index.tasks]
    if not known:
        return {"text/plain": "an empty bundle"}
    counts = f"{len(index.workflows)} workflows, {len(index.tasks)} tasks, {len(index.plans)} launch plans"
    return forms(picture_of(known[-1], index), f"{known[-1]} ({counts})")
