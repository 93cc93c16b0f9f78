r"""Readable text of any message of ours: the language of `drawloom show` and of golden tests.

    workflow p:d:m.wf@v (n: int) -> (o0: int)
      n0 = task p:d:m.inc@v(n=.n)
      n1 = branch "big"(.n=.n)
        if .n > 3:
          n0 = task p:d:m.inc@v(n=.n)
        else:
          fail "too small"
      return o0 = n1.o0

Everything that changes what a run does is in the text; two texts are equal if the programs are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, final

from drawloom.ir.keys import key
from drawloom.ir.node_visitor import NodeVisitor, workflow_reference
from drawloom.ir.notation import binding_text, condition_text, duration_text, interface_text
from literals import literal_text, pb, scalar_text, struct_text, type_text

_STEP = "  "


def pretty(message: pb.Message) -> str:
    """The text of a bundle, closure, specification, template, node, type, literal or literal map.

    Any other message is shown as protobuf's own text format.
    """
    show = _PRINTERS.get(message.DESCRIPTOR.name)
    return "\n".join(show(message)) if show is not None else str(message).rstrip()


def _indent(lines: Iterable[str]) -> list[str]:
    return [f"{_STEP}{line}" for line in lines]


def _options(pairs: Iterable[tuple[str, object]]) -> str:
    """`{retries: 3, cached}`: what is set, in the given order; True is shown as the bare word."""
    shown = [name if value is True else f"{name}: {value}" for name, value in pairs if value not in (None, "", False)]
    return f" {{{', '.join(shown)}}}" if shown else ""


def _node(node: pb.Node) -> list[str]:
    inputs = ", ".join(f"{b.var}={binding_text(b.binding)}" for b in node.inputs)
    target, *inside = _TARGET_LINES.visit(node)
    head = f"{node.id or '?'} = {target}({inputs}){_node_options(node)}"
    if node.upstream_node_ids:
        head += f" after {', '.join(sorted(node.upstream_node_ids))}"
    return [head, *_indent(inside), *_indent(f"{alias.alias} is {alias.var}" for alias in node.output_aliases)]


@final
class _TargetLines(NodeVisitor[[], list[str]]):
    """What a node runs, in one line; behind it the lines of the nodes inside."""

    def task_node(self, _: pb.Node, target: pb.TaskNode, /) -> list[str]:
        return [f"task {key(target.reference_id)}"]

    def workflow_node(self, _: pb.Node, target: pb.WorkflowNode, /) -> list[str]:
        if target.WhichOneof("reference") is None:
            return ["unset"]
        word = "launch plan" if target.HasField("launchplan_ref") else "workflow"
        return [f"{word} {key(workflow_reference(target))}"]

    def branch_node(self, _: pb.Node, target: pb.BranchNode, /) -> list[str]:
        return ["branch", *_arms(target.if_else)]

    def gate_node(self, _: pb.Node, target: pb.GateNode, /) -> list[str]:
        return [_gate(target)]

    def array_node(self, _: pb.Node, target: pb.ArrayNode, /) -> list[str]:
        return ["array", "each:", *_indent(_node(target.node))]

    def unset(self, _: pb.Node, /) -> list[str]:
        return ["unset"]


_TARGET_LINES = _TargetLines()


def _gate(gate: pb.GateNode) -> str:
    kind = gate.WhichOneof("condition")
    if kind == "sleep":
        return f"sleep {duration_text(gate.sleep.duration)}"
    if kind == "approve":
        return f"approve {gate.approve.signal_id!r}"
    if kind == "signal":
        signal = gate.signal
        return f"signal {signal.signal_id!r} -> {signal.output_variable_name}: {type_text(signal.type)} "
    return "gate unset"


def _arms(block: pb.IfElseBlock) -> list[str]:
    lines: list[str] = []
    for index, case in enumerate([block.case, *block.other]):
        word = "elif" if index else "if"
        lines += [f"{word} {condition_text(case.condition)}:", *_indent(_node(case.then_node))]
    kind = block.WhichOneof("default")
    if kind == "else_node":
        lines += ["else:", *_indent(_node(block.else_node))]
    elif kind == "error":
        lines += ["else:", f"{_STEP}fail {block.error.message!r}"]
    return lines


def _present(message: Any, oneof: str) -> Any:
    """The value of a oneof with one field, or None where it is unset; False is shown, not hidden."""
    kind = message.WhichOneof(oneof)
    return None if kind is None else str(getattr(message, kind)).lower()


def _node_options(node: pb.Node) -> str:
    metadata, array, overrides = node.metadata, node.array_node, node.task_node.overrides
    is_array = node.HasField("array_node")
    pairs: list[tuple[str, object]] = [
        ("name", repr(metadata.name) if metadata.name else None),
        ("timeout", duration_text(metadata.timeout) if metadata.HasField("timeout") else None),
        ("retries", metadata.retries.retries or None),
        ("interruptible", _present(metadata, "interruptible_value")),
        ("cacheable", _present(metadata, "cacheable_value")),
        ("cache_version", _present(metadata, "cache_version_value")),
        ("cache_serializable", _present(metadata, "cache_serializable_value")),
        ("config", _strings(metadata.config)),
        ("image", overrides.container_image),
        ("resources", _resources(overrides.resources)),
        ("extended_resources", _flat(overrides.extended_resources)),
        ("pod_template", _flat(overrides.pod_template)),
        ("parallelism", _present(array, "parallelism_option") if is_array else None),
        ("min_successes", array.min_successes if array.WhichOneof("success_criteria") == "min_successes" else None),
        ("min_ratio", _ratio(array) if is_array else None),
        ("mode", pb.ArrayNode.ExecutionMode.Name(array.execution_mode) if is_array else None),
        ("data", pb.ArrayNode.DataMode.Name(array.data_mode) if is_array else None),
        ("element_interface", array.is_original_sub_node_interface.value if is_array else None),
        ("bound", f"[{', '.join(array.bound_inputs)}]" if array.bound_inputs else None),
        ("run_all", array.run_all_sub_nodes),
    ]
    return _options(pairs)


def _ratio(array: pb.ArrayNode) -> str | None:
    return f"{array.min_success_ratio:g}" if array.WhichOneof("success_criteria") == "min_success_ratio" else None


def _resources(resources: pb.Resources) -> str:
    sides = (("requests", resources.requests), ("limits", resources.limits))
    texts = [f"{word} {', '.join(f'{_resource(e)}={e.value}' for e in entries)}" for word, entries in sides if entries]
    return "; ".join(texts)


def _resource(entry: pb.Resources.ResourceEntry) -> str:
    known = entry.name in pb.Resources.ResourceName.values()
    return pb.Resources.ResourceName.Name(entry.name).lower() if known else str(entry.name)


def _strings(values: Any) -> str:
    return "{" + ", ".join(f"{name}={values[name]}" for name in sorted(values)) + "}" if values else ""


def _flat(message: pb.Message) -> str:
    return f"{{{' '.join(str(message).split())}}}" if message.ByteSize() else ""


def _workflow(template: pb.WorkflowTemplate) -> list[str]:
    metadata = template.metadata
    tags = _strings(metadata.tags)
    later = metadata.on_failure == pb.WorkflowMetadata.FAIL_AFTER_EXECUTABLE_NODES_COMPLETE
    pairs: list[tuple[str, object]] = [
        ("on_failure", "finish what can run" if later else None),
        ("interruptible", template.metadata_defaults.interruptible),
        ("quality_of_service", _flat(metadata.quality_of_service)),
        ("tags", tags),
    ]
    lines = [f"workflow {key(template.id)} {interface_text(template.interface)}{_options(pairs)}"]
    for node in template.nodes:
        lines += _indent(_node(node))
    if template.HasField("failure_node"):
        lines += _indent(["on failure:", *_indent(_node(template.failure_node))])
    lines += _indent(f"return {b.var} = {binding_text(b.binding)}" for b in template.outputs)
    return lines


def _task(task: pb.TaskTemplate) -> list[str]:
    metadata = task.metadata
    pairs: list[tuple[str, object]] = [
        ("type", task.type),
        ("type_version", task.task_type_version or None),
        ("retries", metadata.retries.retries or None),
        ("timeout", duration_text(metadata.timeout) if metadata.HasField("timeout") else None),
        ("cached", metadata.discovery_version if metadata.discoverable else None),
        ("cache_serialize", metadata.cache_serializable),
        ("cache_ignores", ", ".join(metadata.cache_ignore_input_vars)),
        ("interruptible", _present(metadata, "interruptible_value")),
        ("deprecated", repr(metadata.deprecated_error_message) if metadata.deprecated_error_message else None),
        ("pod_template", metadata.pod_template_name),
        ("eager", metadata.is_eager),
        ("deck", metadata.generates_deck.value),
        ("tags", _strings(metadata.tags)),
        ("config", _strings(task.config)),
        ("custom", struct_text(task.custom) if task.custom.fields else None),
        ("security", _flat(task.security_context)),
        ("extended_resources", _flat(task.extended_resources)),
    ]
    return [f"task {key(task.id)} {interface_text(task.interface)}{_options(pairs)}", *_indent(_run(task))]


def _run(task: pb.TaskTemplate) -> list[str]:
    kind = task.WhichOneof("target")
    if kind == "container":
        container = task.container
        lines = [f"image {container.image}"] if container.image else []
        lines += (
            [f"run {' '.join([*container.command, *container.args])}"] if container.command or container.args else []
        )
        lines += [f"env {entry.key}={entry.value}" for entry in container.env]
        resources = _resources(container.resources)
        lines += [f"resources {resources}"] if resources else []
        return [*lines, *([f"data {_flat(container.data_config)}"] if container.HasField("data_config") else [])]
    if kind == "k8s_pod":
        return [f"pod {task.k8s_pod.primary_container_name} {struct_text(task.k8s_pod.pod_spec)}"]
    return [f"sql {task.sql.statement}"] if kind == "sql" else []


def _plan(plan: pb.LaunchPlan) -> list[str]:
    spec = plan.spec
    lines = [f"launch plan {key(plan.id)} of {key(spec.workflow_id)}"]
    defaults = spec.default_inputs.parameters
    for name in sorted(defaults):
        parameter = defaults[name]
        given = f" = {literal_text(parameter.default)}" if parameter.HasField("default") else ""
        lines.append(f"{_STEP}input {name}: {type_text(parameter.var.type)}{given}")
    fixed = spec.fixed_inputs.literals
    lines += _indent(f"fixed {name} = {literal_text(fixed[name])}" for name in sorted(fixed))
    return lines + _indent(_plan_rest(spec))


def _plan_rest(spec: pb.LaunchPlanSpec) -> list[str]:
    """The fields of a plan that are printed as protobuf writes them, one line for each that is set."""
    shown = ("default_inputs", "fixed_inputs", "workflow_id")
    lines: list[str] = []
    for field, value in spec.ListFields():
        nested = hasattr(value, "ByteSize")
        if field.name not in shown and not (nested and not value.ByteSize()):
            lines.append(f"{field.name} {' '.join(str(value).split())}")
    return lines


def _closure(closure: pb.CompiledWorkflowClosure) -> list[str]:
    lines = _workflow(closure.primary.template)
    for sub in closure.sub_workflows:
        lines += ["", *_workflow(sub.template)]
    for task in closure.tasks:
        lines += ["", *_task(task.template)]
    for plan in closure.launch_plans:
        lines += ["", *_plan_template(plan.template)]
    return lines


def _plan_template(template: pb.LaunchPlanTemplate) -> list[str]:
    fixed = template.fixed_inputs.literals
    head = f"launch plan {key(template.id)} {interface_text(template.interface)}"
    return [head, *_indent(f"fixed {name} = {literal_text(fixed[name])}" for name in sorted(fixed))]


def _bundle(bundle: pb.Bundle) -> list[str]:
    """Every entity once, whichever closures share it."""
    blocks: dict[str, list[str]] = {}
    for closure in bundle.workflows:
        for template in (closure.primary.template, *(sub.template for sub in closure.sub_workflows)):
            lines = _workflow(template)
            blocks.setdefault("\n".join(lines), lines)
    tasks = [task for closure in bundle.workflows for task in closure.tasks]
    for task in (*tasks, *bundle.tasks):
        lines = _task(task.template)
        blocks.setdefault("\n".join(lines), lines)
    for plan in bundle.launch_plans:
        lines = _plan(plan)
        blocks.setdefault("\n".join(lines), lines)
    out = [
        f"bundle format {bundle.version.format}" + (f" by {bundle.version.producer}" if bundle.version.producer else "")
    ]
    for lines in blocks.values():
        out += ["", *lines]
    return out


def _specification(spec: pb.WorkflowSpec) -> list[str]:
    lines = _workflow(spec.template)
    for sub in spec.sub_workflows:
        lines += ["", *_workflow(sub)]
    return lines


def _dynamic(job: pb.DynamicJobSpec) -> list[str]:
    lines = [f"dynamic job {{min_successes: {job.min_successes}}}"]
    for node in job.nodes:
        lines += _indent(_node(node))
    lines += _indent(f"return {b.var} = {binding_text(b.binding)}" for b in job.outputs)
    for workflow in job.subworkflows:
        lines += ["", *_workflow(workflow)]
    for task in job.tasks:
        lines += ["", *_task(task)]
    return lines


def _map(message: pb.LiteralMap) -> list[str]:
    return [f"{name} = {literal_text(message.literals[name])}" for name in sorted(message.literals)]


_PRINTERS: dict[str, Callable[[Any], list[str]]] = {
    "Binding": lambda m: [f"{m.var} = {binding_text(m.binding)}"],
    "BindingData": lambda m: [binding_text(m)],
    "BooleanExpression": lambda m: [condition_text(m)],
    "Bundle": _bundle,
    "CompiledTask": lambda m: _task(m.template),
    "CompiledWorkflow": lambda m: _workflow(m.template),
    "CompiledWorkflowClosure": _closure,
    "DynamicJobSpec": _dynamic,
    "Identifier": lambda m: [f"{key(m).kind} {key(m)}"],
    "LaunchPlan": _plan,
    "LaunchPlanTemplate": _plan_template,
    "Literal": lambda m: [literal_text(m)],
    "LiteralMap": _map,
    "LiteralType": lambda m: [type_text(m)],
    "Node": _node,
    "Scalar": lambda m: [scalar_text(m)],
    "TaskSpec": lambda m: _task(m.template),
    "TaskTemplate": _task,
    "TypedInterface": lambda m: [interface_text(m)],
    "WorkflowSpec": _specification,
    "WorkflowTemplate": _workflow,
}
