"""Every public name of weft, and the package that it lives in.

This table is all that `weft/__init__.py` knows; `__init__.pyi`, which checkers read, is generated from it by
`tools/gen_facade.py`, and `tests/meta/public_names.txt` is what the table is held against. `here=there`: the name differs.
"""

from __future__ import annotations

from weft._door import table

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
        TypeTransformer TypeTransformerFailedError kwtypes StructuredDatasetTransformerEngine
    """,
    "context": """
        BaseCheckpoint Checkpoint Deck ExecutionParameters FlyteContext FlyteContextManager SecretsManager TaskContext
        ctx current_context custom_context get_custom_context latest_checkpoint new_context
    """,
    "interpreter": """
        RunResult load
    """,
    "literals": """
        Blob=pb.Blob BlobMetadata=pb.BlobMetadata BlobType=pb.BlobType Literal=pb.Literal LiteralType=pb.LiteralType
        Scalar=pb.Scalar StructuredDatasetType=pb.StructuredDatasetType WeftError pb
    """,
    "weft._code_policy": """
        CodePolicy
    """,
    "weft._conditions": """
        ConditionWebhook new_condition
    """,
    "weft._elsewhere": """
        FlyteRemote SensorEngine build build_images deploy load_interactive_ctx run_python_script serve with_servecontext
    """,
    "weft._environment": """
        AsyncFunctionTaskTemplate TaskEnvironment TaskTemplate
    """,
    "weft._oddments": """
        AppHandle ImageBuild StructuredDatasetFormat custom_excepthook lazy_module load_implicit_plugins load_plugin_config
        version
    """,
    "weft._platform": """
        Config LOGGING_RICH_FMT_ENV_VAR
    """,
    "weft._policies": """
        Backoff CacheRequest DeviceClass RetryStrategy ReusePolicy SecretRequest Timeout TimeoutType
    """,
    "weft._triggers": """
        Cron Link OnArtifact Trigger TriggerTime TriggeredArtifact TriggeredPartition
    """,
    "weft._config": """
        current_domain current_project init init_from_api_key init_from_config init_in_cluster init_passthrough
        is_control_plane_available
    """,
    "weft._outcome": """
        Run
    """,
    "weft._resume": """
        resume
    """,
    "weft._run": """
        rerun run with_runcontext
    """,
    "weft._map": """
        map
    """,
    "weft._blocks": """
        group trace
    """,
    "weft._logging": """
        logger system_logger
    """,
}

SUBMODULES = [
    "ai",
    "app",
    "artifacts",
    "cli",
    "clis",
    "clustered",
    "config",
    "configuration",
    "connectors",
    "constants",
    "core",
    "deck",
    "durable",
    "errors",
    "exceptions",
    "extend",
    "extras",
    "git",
    "image_spec",
    "io",
    "lazy_import",
    "loggers",
    "models",
    "notify",
    "prefetch",
    "remote",
    "report",
    "sandbox",
    "sensor",
    "storage",
    "syncify",
    "testing",
    "tools",
    "types",
]
"""Modules below weft that `import weft` makes reachable as attributes, loaded when first touched."""

NAMES = table(ORIGINS)
