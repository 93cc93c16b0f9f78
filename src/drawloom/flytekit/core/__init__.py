"""Flyte 1's module paths; everything public is also in `drawloom` itself."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "drawloom.flytekit.core.annotation": "annotation=*",
        "drawloom.flytekit.core.array_node": "array_node=*",
        "drawloom.flytekit.core.array_node_map_task": "array_node_map_task=*",
        "drawloom.flytekit.core.artifact": "artifact=*",
        "drawloom.flytekit.core.base_sql_task": "base_sql_task=*",
        "drawloom.flytekit.core.base_task": "base_task=*",
        "drawloom.flytekit.core.cache": "cache=*",
        "drawloom.flytekit.core.checkpointer": "checkpointer=*",
        "drawloom.flytekit.core.class_based_resolver": "class_based_resolver=*",
        "drawloom.flytekit.core.condition": "condition=*",
        "drawloom.flytekit.core.container_task": "container_task=*",
        "drawloom.flytekit.core.context_manager": "context_manager=*",
        "drawloom.flytekit.core.data_persistence": "data_persistence=*",
        "drawloom.flytekit.core.docstring": "docstring=*",
        "drawloom.flytekit.core.dynamic_workflow_task": "dynamic_workflow_task=*",
        "drawloom.flytekit.core.environment": "environment=*",
        "drawloom.flytekit.core.gate": "gate=*",
        "drawloom.flytekit.core.hash": "hash=*",
        "drawloom.flytekit.core.interface": "interface=*",
        "drawloom.flytekit.core.launch_plan": "launch_plan=*",
        "drawloom.flytekit.core.legacy_map_task": "legacy_map_task=*",
        "drawloom.flytekit.core.local_cache": "local_cache=*",
        "drawloom.flytekit.core.map_task": "map_task=*",
        "drawloom.flytekit.core.node": "node=*",
        "drawloom.flytekit.core.node_creation": "node_creation=*",
        "drawloom.flytekit.core.notification": "notification=*",
        "drawloom.flytekit.core.options": "options=*",
        "drawloom.flytekit.core.pod_template": "pod_template=*",
        "drawloom.flytekit.core.promise": "promise=*",
        "drawloom.flytekit.core.python_auto_container": "python_auto_container=*",
        "drawloom.flytekit.core.python_function_task": "python_function_task=*",
        "drawloom.flytekit.core.reference": "reference=*",
        "drawloom.flytekit.core.reference_entity": "reference_entity=*",
        "drawloom.flytekit.core.resources": "resources=*",
        "drawloom.flytekit.core.schedule": "schedule=*",
        "drawloom.flytekit.core.task": "task=*",
        "drawloom.flytekit.core.testing": "testing=*",
        "drawloom.flytekit.core.tracker": "tracker=*",
        "drawloom.flytekit.core.type_engine": "type_engine=*",
        "drawloom.flytekit.core.utils": "utils=*",
        "drawloom.flytekit.core.workflow": "workflow=*",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)
