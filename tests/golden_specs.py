"""What may differ between a specification of drawloom and flytekit's, and nothing else.

- the SDK version in a task's runtime metadata;
- the program names and the resolver's import path in container arguments (`pyflyte-execute` / `drawloom-execute`);
- the settings that dynamic and eager tasks carry in `_F_SS_C` (gzip of JSON with each SDK's own fields);
- the order of `upstream_node_ids`, which in flytekit follows memory addresses.
"""

from __future__ import annotations

from flyteidl.admin import launch_plan_pb2, task_pb2, workflow_pb2

KINDS = {1: task_pb2.TaskSpec, 2: workflow_pb2.WorkflowSpec, 3: launch_plan_pb2.LaunchPlan}
PROGRAMS = {
    "drawloom-execute": "pyflyte-execute",
    "drawloom-fast-execute": "pyflyte-fast-execute",
    "drawloom-map-execute": "pyflyte-map-execute",
}
RESOLVERS = {
    "compiler.default_task_resolver": "flytekit.core.python_auto_container.default_task_resolver",
    "compiler.map_task_resolver": "flytekit.core.array_node_map_task.ArrayNodeMapTaskResolver",
    "compiler.eager_failure_task_resolver": "flytekit.core.python_function_task.eager_failure_task_resolver",
}


def parse(kind: int, data: bytes):
    return KINDS[kind].FromString(data)


def normalized(message):
    if isinstance(message, task_pb2.TaskSpec):
        _task(message.template)
    elif isinstance(message, workflow_pb2.WorkflowSpec):
        for template in (message.template, *message.sub_workflows):
            for node in (*template.nodes, template.failure_node):
                _node(node)
    return message


def _task(template):
    template.metadata.runtime.version = ""
    args = template.container.args
    args[:] = [_argument(arg) for arg in args]
    for pair in template.container.env:
        if pair.key == "_F_SS_C":
            pair.value = ""
    if template.HasField("k8s_pod"):
        _pod(template.k8s_pod)


def _pod(pod):
    for container in pod.pod_spec.fields["containers"].list_value.values:
        if "args" in container.struct_value.fields:
            for value in container.struct_value.fields["args"].list_value.values:
                value.string_value = _argument(value.string_value)


def _argument(arg: str) -> str:
    return PROGRAMS.get(arg, RESOLVERS.get(arg, arg))


def _node(node):
    node.upstream_node_ids[:] = sorted(node.upstream_node_ids)
    if node.task_node.overrides.HasField("pod_template"):
        _pod(node.task_node.overrides.pod_template)
    if node.HasField("array_node"):
        _node(node.array_node.node)
    if node.HasField("branch_node"):
        block = node.branch_node.if_else
        for case in (block.case, *block.other):
            _node(case.then_node)
        if block.HasField("else_node"):
            _node(block.else_node)
