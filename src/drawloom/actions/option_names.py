"""Names and types of the options of Flyte 2's half: the one list of what may be given by keyword to each of its calls.

Type checkers and completion read it, and so does `TaskOptions`, which checks the values when they are said.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypedDict

from drawloom.actions.policies import CacheRequest, Duration, ReusePolicy, SecretRequest

if TYPE_CHECKING:
    from compiler import Documentation, ImageSpec, LayeredImage, PodTemplate, Resources
    from drawloom.actions.policies import RetryStrategy, Timeout


class EnvironmentOptions(TypedDict, total=False):
    """What every environment may say."""

    depends_on: Sequence[Any]
    pod_template: PodTemplate | str | None
    description: str | None
    secrets: SecretRequest | None
    env_vars: Mapping[str, str] | None
    resources: Resources | None
    interruptible: bool
    image: str | LayeredImage | ImageSpec | None
    include: Sequence[str | os.PathLike[str]]
    service_account: str | None


class CloneOptions(EnvironmentOptions, total=False):
    """What a copy of a task environment may say differently."""

    cache: CacheRequest
    reusable: ReusePolicy | None
    plugin_config: Any
    queue: str | None


class _SharedOptions(TypedDict, total=False):
    short_name: str | None
    cache: CacheRequest | None
    retries: int | RetryStrategy
    timeout: Duration | Timeout
    pod_template: PodTemplate | str | None
    interruptible: bool | None
    max_inline_io_bytes: int
    queue: str | None
    service_account: str | None
    links: Any
    entrypoint: bool
    produces_artifacts: Any


class EnvTaskOptions(_SharedOptions, total=False):
    """What a task of an environment may say when it is declared."""

    docs: str | Documentation | None
    report: bool
    triggers: Any
    task_resolver: Any


class OverrideOptions(_SharedOptions, total=False):
    """What a copy of a task may say differently."""

    resources: Resources | None
    reusable: Any
    env_vars: Mapping[str, str] | None
    secrets: SecretRequest | None
    plugin_config: Any


class MoreRunOptions(TypedDict, total=False):
    """What `with_runcontext` takes beside its named parameters."""

    user_log_level: int | None
    run_start_time: datetime | None
    notifications: Any
    debug: bool
    tracked: bool
    tracked_strict: bool
    max_action_concurrency: int | None
    durability: str | None
    executor: Any
