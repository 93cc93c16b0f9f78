"""Every public name of drawloom, and the package that it lives in.

This table is all that `drawloom/__init__.py` knows; `__init__.pyi`, which checkers read, is generated from it by
`tools/gen_facade.py`, and `tests/meta/public_names.txt` is what the table is held against. `here=there`: the name differs.
"""

from __future__ import annotations

from drawloom.exports.lazy_exports import table

ORIGINS = {
    "compiler": """
        AMD_GPU APPLE_SILICON Annotations Artifact AuthRole Cache CachePolicy ConcurrencyLimitBehavior ConcurrencyPolicy
        ContainerTask CronSchedule Description Device Documentation Echo Email Environment FixedRate GPU HABANA_GAUDI
        Image=LayeredImage ImageSpec ImperativeWorkflow Labels LaunchPlan LaunchPlanReference Neuron Options PagerDuty PodTemplate
        PythonFunctionTask PythonFunctionWorkflow PythonInstanceTask ReferenceWorkflow Resources SQLite3Task SQLTask
        Secret SecurityContext SerializationSettings ShellTask Slack SourceCode TPU TaskMetadata
        TaskReference VersionParameters Workflow WorkflowBase WorkflowExecutionPhase WorkflowFailurePolicy
        WorkflowReference approve conditional create_node dynamic eager get_reference_entity map_task
        reference_launch_plan reference_task reference_workflow sleep task wait_for_input workflow
    """,
    "typeengine": """
        BatchSize FlyteDirectory FlyteError FlyteFile FlyteSchema HashMethod StructuredDataset TypeEngine
        Pickle TypeTransformer TypeTransformerFailedError kwtypes StructuredDatasetTransformerEngine
    """,
    "drawloom.context": """
        BaseCheckpoint Checkpoint Deck ExecutionParameters FlyteContext FlyteContextManager SecretsManager TaskContext
        ctx current_context custom_context get_custom_context latest_checkpoint new_context
    """,
    "drawloom.interpreter": """
        RunResult load
    """,
    "literals": """
        LiteralType=pb.LiteralType
        DrawloomError pb
    """,
    "drawloom.actions.code_policy": """
        CodePolicy
    """,
    "drawloom.actions.conditions": """
        ConditionWebhook new_condition
    """,
    "drawloom.actions.environment": """
        AsyncFunctionTaskTemplate TaskEnvironment TaskTemplate
    """,
    "drawloom.actions.policies": """
        Backoff CacheRequest DeviceClass RetryStrategy ReusePolicy SecretRequest Timeout TimeoutType
    """,
    "drawloom.actions.triggers": """
        Cron Link OnArtifact Trigger TriggerTime TriggeredArtifact TriggeredPartition
    """,
    "drawloom.local.config": """
        current_domain current_project init init_from_api_key init_from_config init_in_cluster init_passthrough
        is_control_plane_available
    """,
    "drawloom.actions.run_handle": """
        Run
    """,
    "drawloom.actions.resume": """
        resume
    """,
    "drawloom.actions.run": """
        rerun run with_runcontext
    """,
    "drawloom.actions.map": """
        map
    """,
    "drawloom.actions.trace": """
        group trace
    """,
    "drawloom.local.logging": """
        logger system_logger
    """,
}

SUBMODULES = [
    "artifacts",
    "cli",
    "config",
    "durable",
    "errors",
    "flyte",
    "flytekit",
    "io",
    "notify",
    "report",
    "storage",
    "syncify",
    "testing",
]
"""Modules below drawloom that `import drawloom` makes reachable as attributes, loaded when first touched."""

NAMES = table(ORIGINS)
