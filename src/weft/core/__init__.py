"""Flyte 1's module paths; everything public is also in `weft` itself."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "weft.core.annotation": "annotation=*",
        "weft.core.array_node": "array_node=*",
        "weft.core.array_node_map_task": "array_node_map_task=*",
        "weft.core.artifact": "artifact=*",
        "weft.core.base_sql_task": "base_sql_task=*",
        "weft.core.base_task": "base_task=*",
        "weft.core.cache": "cache=*",
        "weft.core.checkpointer": "checkpointer=*",
        "weft.core.class_based_resolver": "class_based_resolver=*",
        "weft.core.condition": "condition=*",
        "weft.core.container_task": "container_task=*",
        "weft.core.context_manager": "context_manager=*",
        "weft.core.data_persistence": "data_persistence=*",
        "weft.core.docstring": "docstring=*",
        "weft.core.dynamic_workflow_task": "dynamic_workflow_task=*",
        "weft.core.environment": "environment=*",
        "weft.core.gate": "gate=*",
        "weft.core.hash": "hash=*",
        "weft.core.interface": "interface=*",
        "weft.core.launch_plan": "launch_plan=*",
        "weft.core.legacy_map_task": "legacy_map_task=*",
        "weft.core.local_cache": "local_cache=*",
        "weft.core.map_task": "map_task=*",
        "weft.core.node": "node=*",
        "weft.core.node_creation": "node_creation=*",
        "weft.core.notification": "notification=*",
        "weft.core.options": "options=*",
        "weft.core.pod_template": "pod_template=*",
        "weft.core.promise": "promise=*",
        "weft.core.python_auto_container": "python_auto_container=*",
        "weft.core.python_function_task": "python_function_task=*",
        "weft.core.reference": "reference=*",
        "weft.core.reference_entity": "reference_entity=*",
        "weft.core.resources": "resources=*",
        "weft.core.schedule": "schedule=*",
        "weft.core.task": "task=*",
        "weft.core.testing": "testing=*",
        "weft.core.tracker": "tracker=*",
        "weft.core.type_engine": "type_engine=*",
        "weft.core.utils": "utils=*",
        "weft.core.workflow": "workflow=*",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)
