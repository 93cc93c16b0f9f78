"""Layer 1: the one ContextVar, and the plain records that travel in it. Knows no compiler, no engine.

The record and the runner are here at once; every other name is loaded when it is first asked for.
"""

from typing import TYPE_CHECKING

from drawloom.context.execution import LAST_DECKS, BranchEvalMode, CompilationState, ExecutionMode, ExecutionState
from drawloom.context.runner import Runner, runner
from drawloom.context.state import (
    NO_CUSTOM_CONTEXT,
    AmbientState,
    Deferred,
    LateState,
    activate,
    current,
    restore,
    using,
)
from drawloom.exports.lazy_exports import lazy_rooms

if TYPE_CHECKING:
    from drawloom.context.action import ActionID, CheckpointPaths, GroupData, PathRewrite, RawDataPath, action_name
    from drawloom.context.archives import ArchiveError, unpack_archive
    from drawloom.context.checkpoint import (
        BaseCheckpoint,
        Checkpoint,
        CheckpointCorruptError,
        latest_checkpoint,
    )
    from drawloom.context.deck_html import (
        DECK_FILE,
        DECKS,
        DeckHtml,
        deck_page,
        opened_page,
        packages_html,
        sealed_page,
        source_html,
        time_table,
    )
    from drawloom.context.files import file_access
    from drawloom.context.flyte import ContextBuilder, FlyteContext, FlyteContextManager, FlyteEntities, new_context
    from drawloom.context.folder_checkpoint import SyncCheckpoint
    from drawloom.context.home_folder import home
    from drawloom.context.locks import is_held, lock_file
    from drawloom.context.log_settings import USUAL_LOGS, LogSettings, logging_as
    from drawloom.context.loggers import user_logger
    from drawloom.context.output_metadata import OUTPUT_METADATA, OutputMetadataTracker
    from drawloom.context.parameters import (
        CheckpointUnavailableError,
        ContextAttributeError,
        Deck,
        ExecutionName,
        ExecutionParameters,
        TimeLineDeck,
        current_context,
        local_parameters,
    )
    from drawloom.context.report import REPORT_FILE, Report, Tab, current_report
    from drawloom.context.secrets import SecretNotFoundError, SecretsManager
    from drawloom.context.stats import LocalStats
    from drawloom.context.storage import (
        ABFS,
        GCS,
        S3,
        AsyncStream,
        FileAccessProvider,
        Storage,
        StorageError,
        StorageSource,
        check_snapshot,
        default_file_access,
        file_tail,
        is_remote,
        is_snapshot,
        join,
        local_path,
        random_name,
        run_in_thread,
        scheme_of,
        shown,
        side_by_side,
        storage_settings,
        use_storage,
    )
    from drawloom.context.task import (
        CustomContextError,
        RunMode,
        TaskContext,
        check_custom_context,
        ctx,
        custom_context,
        get_custom_context,
    )
    from drawloom.context.temporary import temporary_folder, temporary_name
    from drawloom.context.view import (
        Context,
        ContextData,
        RawDataPathError,
        contextual_run,
        internal_ctx,
        root_context_var,
    )

__getattr__, __dir__ = lazy_rooms(
    __name__,
    {
        "action": "action_name ActionID CheckpointPaths GroupData PathRewrite RawDataPath",
        "archives": "ArchiveError unpack_archive",
        "checkpoint": "BaseCheckpoint Checkpoint CheckpointCorruptError latest_checkpoint",
        "folder_checkpoint": "SyncCheckpoint",
        "deck_html": "DECK_FILE deck_page DECKS DeckHtml opened_page packages_html sealed_page source_html time_table",
        "files": "file_access",
        "flyte": "ContextBuilder FlyteContext FlyteContextManager FlyteEntities new_context",
        "locks": "is_held lock_file",
        "home_folder": "home",
        "log_settings": "logging_as LogSettings USUAL_LOGS",
        "loggers": "user_logger",
        "output_metadata": "OUTPUT_METADATA OutputMetadataTracker",
        "parameters": """
            CheckpointUnavailableError ContextAttributeError current_context Deck ExecutionName ExecutionParameters
            local_parameters TimeLineDeck
        """,
        "report": "current_report Report REPORT_FILE Tab",
        "secrets": "SecretNotFoundError SecretsManager",
        "stats": "LocalStats",
        "storage": """
            ABFS AsyncStream check_snapshot default_file_access file_tail FileAccessProvider GCS run_in_thread
            is_remote is_snapshot join local_path random_name S3 scheme_of shown side_by_side Storage storage_settings
            StorageError StorageSource use_storage
        """,
        "task": "check_custom_context ctx custom_context CustomContextError get_custom_context RunMode TaskContext",
        "temporary": "temporary_folder temporary_name",
        "view": "Context ContextData contextual_run internal_ctx RawDataPathError root_context_var",
    },
)

__all__ = [
    "ABFS",
    "DECKS",
    "DECK_FILE",
    "GCS",
    "LAST_DECKS",
    "NO_CUSTOM_CONTEXT",
    "OUTPUT_METADATA",
    "REPORT_FILE",
    "S3",
    "USUAL_LOGS",
    "ActionID",
    "AmbientState",
    "ArchiveError",
    "AsyncStream",
    "BaseCheckpoint",
    "BranchEvalMode",
    "Checkpoint",
    "CheckpointCorruptError",
    "CheckpointPaths",
    "CheckpointUnavailableError",
    "CompilationState",
    "Context",
    "ContextAttributeError",
    "ContextBuilder",
    "ContextData",
    "CustomContextError",
    "Deck",
    "DeckHtml",
    "Deferred",
    "ExecutionMode",
    "ExecutionName",
    "ExecutionParameters",
    "ExecutionState",
    "FileAccessProvider",
    "FlyteContext",
    "FlyteContextManager",
    "FlyteEntities",
    "GroupData",
    "LateState",
    "LocalStats",
    "LogSettings",
    "OutputMetadataTracker",
    "PathRewrite",
    "RawDataPath",
    "RawDataPathError",
    "Report",
    "RunMode",
    "Runner",
    "SecretNotFoundError",
    "SecretsManager",
    "Storage",
    "StorageError",
    "StorageSource",
    "SyncCheckpoint",
    "Tab",
    "TaskContext",
    "TimeLineDeck",
    "action_name",
    "activate",
    "check_custom_context",
    "check_snapshot",
    "contextual_run",
    "ctx",
    "current",
    "current_context",
    "current_report",
    "custom_context",
    "deck_page",
    "default_file_access",
    "file_access",
    "file_tail",
    "get_custom_context",
    "home",
    "internal_ctx",
    "is_held",
    "is_remote",
    "is_snapshot",
    "join",
    "latest_checkpoint",
    "local_parameters",
    "local_path",
    "lock_file",
    "logging_as",
    "new_context",
    "opened_page",
    "packages_html",
    "random_name",
    "restore",
    "root_context_var",
    "run_in_thread",
    "runner",
    "scheme_of",
    "sealed_page",
    "shown",
    "side_by_side",
    "source_html",
    "storage_settings",
    "temporary_folder",
    "temporary_name",
    "time_table",
    "unpack_archive",
    "use_storage",
    "user_logger",
    "using",
]
