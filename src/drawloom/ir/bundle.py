"""A `Bundle` out of specifications: the folder of numbered files as one message."""

from __future__ import annotations

from collections.abc import Iterable

from drawloom.ir.keys import Key, key
from drawloom.ir.verification import BUNDLE_FORMAT
from drawloom.ir.walking import all_references, upstream
from literals import pb


def connections(template: pb.WorkflowTemplate) -> pb.ConnectionSet:
    """Who runs after whom, as the server's compiler writes it; the two ends of the workflow are nodes of their own."""
    out = pb.ConnectionSet()
    edges = {node.id: set(upstream(node)) for node in template.nodes}
    ids = list(edges)
    known = set(ids)
    followers: dict[str, set[str]] = {}
    for name, ups in edges.items():
        found = (ups & known) - {name} or {"start-node"}
        out.upstream[name].ids.extend(sorted(found))
        for up in found:
            followers.setdefault(up, set()).add(name)
    ends = {name for name in ids if name not in followers}
    for name in ends:
        followers.setdefault(name, set()).add("end-node")
    for name, downs in followers.items():
        out.downstream[name].ids.extend(sorted(downs))
    if ends:
        out.upstream["end-node"].ids.extend(sorted(ends))
    return out


def bundle_from_specs(
    tasks: Iterable[pb.TaskSpec] = (),
    workflows: Iterable[pb.WorkflowSpec] = (),
    plans: Iterable[pb.LaunchPlan] = (),
    *,
    producer: str = "",
) -> pb.Bundle:
    """One closure for each workflow, with the tasks and sub-workflows it uses; all tasks; all launch plans.

    A reference to an entity that is not among the arguments stays a reference. Sub-workflows come from their workflow's
    own specification first, then from the other ones.
    """
    out = pb.Bundle(version=pb.BundleVersion(format=BUNDLE_FORMAT, producer=producer))
    known_tasks = {key(spec.template.id): spec.template for spec in tasks}
    specs = list(workflows)
    others: dict[Key, pb.WorkflowTemplate] = {}
    for spec in specs:
        for template in (*spec.sub_workflows, spec.template):
            others[key(template.id)] = template
    for spec in specs:
        own = {key(template.id): template for template in spec.sub_workflows}
        _closure(out.workflows.add(), spec.template, {**others, **own}, known_tasks)
    for template in known_tasks.values():
        out.tasks.add(template=template)
    out.launch_plans.extend(plans)
    return out


def _closure(
    closure: pb.CompiledWorkflowClosure,
    primary: pb.WorkflowTemplate,
    workflows: dict[Key, pb.WorkflowTemplate],
    tasks: dict[Key, pb.TaskTemplate],
) -> None:
    seen: set[Key] = {key(primary.id)}
    closure.primary.template.CopyFrom(primary)
    closure.primary.connections.CopyFrom(connections(primary))
    queue = [primary]
    for template in queue:  # grows while it is read
        for identifier in all_references(template):
            name = key(identifier)
            if name in seen:
                continue
            seen.add(name)
            if name in tasks:
                closure.tasks.add(template=tasks[name])
            elif name in workflows:
                found = workflows[name]
                closure.sub_workflows.add(template=found, connections=connections(found))
                queue.append(found)
