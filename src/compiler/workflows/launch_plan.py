"""Launch plans: a workflow with defaults and fixed inputs, a schedule, and settings of its executions.

Plans are known by name in one process: the same name with the same arguments is the same plan, with others an error.
"""

# ruff: noqa: FBT001, FBT002, PLR0917 - the options are flytekit's, in its order

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, ParamSpec, TypedDict, TypeVar, overload

from compiler.errors import NameConflictError, OptionError
from compiler.options.launch_options import (
    Annotations,
    AuthRole,
    ConcurrencyPolicy,
    Labels,
    RawOutputDataConfig,
    checked_settings,
)
from compiler.options.notification import Notification
from compiler.options.schedule import CronSchedule, FixedRate
from compiler.options.security import SecurityContext
from compiler.workflows.plan_settings import OPTIONS, PlanSettings, require_workflow

if TYPE_CHECKING:
    from typing_extensions import Unpack

P = ParamSpec("P")
R = TypeVar("R")
Q = ParamSpec("Q")
S = TypeVar("S")

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class PlanOptions(TypedDict, total=False):
    """The options of a plan, but its inputs."""

    schedule: CronSchedule | FixedRate | None
    notifications: list[Notification] | None
    labels: Labels | dict[str, str] | None
    annotations: Annotations | dict[str, str] | None
    raw_output_data_config: RawOutputDataConfig | None
    max_parallelism: int | None
    security_context: SecurityContext | None
    auth_role: AuthRole | None
    trigger: object
    overwrite_cache: bool | None
    auto_activate: bool
    concurrency: ConcurrencyPolicy | None


class LaunchPlan(PlanSettings[P, R]):
    """A way to start a workflow. Made by `create`, `get_or_create` or `get_default_launch_plan`."""

    CACHE: ClassVar[dict[str, LaunchPlan[..., Any]]] = {}

    # -- making

    @overload
    @classmethod
    def create(
        cls,
        name: str,
        workflow: Callable[Q, S],
        **options: Unpack[PlanOptions],
    ) -> LaunchPlan[Q, S]: ...

    @overload
    @classmethod
    def create(
        cls,
        name: str,
        workflow: Callable[Q, S],
        default_inputs: Mapping[str, Any] | None = None,
        fixed_inputs: Mapping[str, Any] | None = None,
        schedule: CronSchedule | FixedRate | None = None,
        notifications: list[Notification] | None = None,
        labels: Labels | dict[str, str] | None = None,
        annotations: Annotations | dict[str, str] | None = None,
        raw_output_data_config: RawOutputDataConfig | None = None,
        max_parallelism: int | None = None,
        security_context: SecurityContext | None = None,
        auth_role: AuthRole | None = None,
        trigger: object = None,
        overwrite_cache: bool | None = None,
        auto_activate: bool = False,
        concurrency: ConcurrencyPolicy | None = None,
    ) -> LaunchPlan[..., S]: ...

    @classmethod
    def create(
        cls,
        name: str,
        workflow: Any,
        default_inputs: Mapping[str, Any] | None = None,
        fixed_inputs: Mapping[str, Any] | None = None,
        schedule: CronSchedule | FixedRate | None = None,
        notifications: list[Notification] | None = None,
        labels: Labels | dict[str, str] | None = None,
        annotations: Annotations | dict[str, str] | None = None,
        raw_output_data_config: RawOutputDataConfig | None = None,
        max_parallelism: int | None = None,
        security_context: SecurityContext | None = None,
        auth_role: AuthRole | None = None,
        trigger: object = None,
        overwrite_cache: bool | None = None,
        auto_activate: bool = False,
        concurrency: ConcurrencyPolicy | None = None,
    ) -> LaunchPlan[..., Any]:
        """A new plan.

        Raises:
            NameConflictError: the name is taken.
            ArgumentError: an unknown input, or a schedule that leaves a required one open.
            DrawloomError: a value does not fit its input's type.
        """
        if name in cls.CACHE:
            raise NameConflictError(
                f"there is a launch plan `{name}` already",
                where=name,
                fix="use get_or_create, or rename",
                expected="a name that no other plan has",
                got=f"`{name}`",
            )
        if auth_role is not None:
            if security_context is not None:
                raise OptionError(
                    "auth_role and security_context are both given",
                    where=name,
                    expected="one of them",
                    got="both",
                    fix="use security_context only",
                )
            checked_settings(name, {"auth_role": auth_role})
            security_context = auth_role.security_context()
        made = cls(
            name, workflow, default_inputs or _NOTHING, fixed_inputs or _NOTHING, schedule, notifications, labels,
            annotations, raw_output_data_config, max_parallelism, security_context, trigger, overwrite_cache,
            auto_activate, concurrency,
        )  # fmt: skip
        cls.CACHE[name] = made
        return made

    @overload
    @classmethod
    def get_or_create(
        cls,
        workflow: Callable[Q, S],
        name: str | None = None,
        **options: Unpack[PlanOptions],
    ) -> LaunchPlan[Q, S]: ...

    @overload
    @classmethod
    def get_or_create(
        cls,
        workflow: Callable[Q, S],
        name: str | None = None,
        default_inputs: Mapping[str, Any] | None = None,
        fixed_inputs: Mapping[str, Any] | None = None,
        schedule: CronSchedule | FixedRate | None = None,
        notifications: list[Notification] | None = None,
        labels: Labels | dict[str, str] | None = None,
        annotations: Annotations | dict[str, str] | None = None,
        raw_output_data_config: RawOutputDataConfig | None = None,
        max_parallelism: int | None = None,
        security_context: SecurityContext | None = None,
        auth_role: AuthRole | None = None,
        trigger: object = None,
        overwrite_cache: bool | None = None,
        auto_activate: bool = False,
        concurrency: ConcurrencyPolicy | None = None,
    ) -> LaunchPlan[..., S]: ...

    @classmethod
    def get_or_create(
        cls,
        workflow: Any,
        name: str | None = None,
        default_inputs: Mapping[str, Any] | None = None,
        fixed_inputs: Mapping[str, Any] | None = None,
        schedule: CronSchedule | FixedRate | None = None,
        notifications: list[Notification] | None = None,
        labels: Labels | dict[str, str] | None = None,
        annotations: Annotations | dict[str, str] | None = None,
        raw_output_data_config: RawOutputDataConfig | None = None,
        max_parallelism: int | None = None,
        security_context: SecurityContext | None = None,
        auth_role: AuthRole | None = None,
        trigger: object = None,
        overwrite_cache: bool | None = None,
        auto_activate: bool = False,
        concurrency: ConcurrencyPolicy | None = None,
    ) -> LaunchPlan[..., Any]:
        """The plan of that name, made if there is none; without a name, the workflow's default plan.

        Raises:
            OptionError: options without a name; no workflow.
            NameConflictError: the plan exists with other arguments.
            Others as `create`.
        """
        require_workflow(workflow, name or "LaunchPlan")
        options: dict[str, Any] = {
            "schedule": schedule, "notifications": notifications, "labels": labels, "annotations": annotations,
            "raw_output_data_config": raw_output_data_config, "max_parallelism": max_parallelism,
            "security_context": security_context, "auth_role": auth_role, "trigger": trigger,
            "overwrite_cache": overwrite_cache, "auto_activate": auto_activate, "concurrency": concurrency,
        }  # fmt: skip
        if name is None:
            given = {**options, "default_inputs": default_inputs, "fixed_inputs": fixed_inputs}
            if named := [key for key, value in given.items() if value]:
                raise OptionError(
                    f"`{named[0]}` is given for a launch plan without a name",
                    where=workflow.name,
                    fix="the plan without a name is the workflow's default plan; give this one a name",
                    expected="a plan with a name",
                    got="none",
                )
            return cls.get_default_launch_plan(None, workflow)
        known = cls.CACHE.get(name)
        if known is None:
            return cls.create(name, workflow, default_inputs, fixed_inputs, **options)
        options = checked_settings(name, options)
        if auth_role is not None:
            options["security_context"] = auth_role.security_context()
        options.pop("auth_role")
        known.require_same(workflow, default_inputs or {}, fixed_inputs or {}, options)
        return known

    @staticmethod
    def get_default_launch_plan(ctx: object, workflow: Callable[Q, S]) -> LaunchPlan[Q, S]:
        """The plan named like the workflow, with its defaults only."""
        del ctx
        target: Any = workflow
        require_workflow(target, "LaunchPlan")
        known: Any = LaunchPlan.CACHE.get(target.name)
        if known is not None and known.workflow is target:
            return known
        options = target.default_options
        made: LaunchPlan[Q, S] = LaunchPlan(
            target.name,
            target,
            labels=options.labels if options is not None else None,
            annotations=options.annotations if options is not None else None,
        )
        LaunchPlan.CACHE[target.name] = made
        return made

    def clone_with(
        self,
        name: str,
        parameters: object = None,
        fixed_inputs: object = None,
        schedule: CronSchedule | FixedRate | None = None,
        notifications: list[Notification] | None = None,
        labels: Labels | dict[str, str] | None = None,
        annotations: Annotations | dict[str, str] | None = None,
        raw_output_data_config: RawOutputDataConfig | None = None,
        max_parallelism: int | None = None,
        security_context: SecurityContext | None = None,
        trigger: object = None,
        overwrite_cache: bool | None = None,
        auto_activate: bool | None = None,
        concurrency: ConcurrencyPolicy | None = None,
    ) -> LaunchPlan[P, R]:
        """A plan under another name; what is not given is taken over."""
        changes: dict[str, Any] = {
            "schedule": schedule, "notifications": notifications, "labels": labels, "annotations": annotations,
            "raw_output_data_config": raw_output_data_config, "max_parallelism": max_parallelism,
            "security_context": security_context, "trigger": trigger, "overwrite_cache": overwrite_cache,
            "auto_activate": auto_activate, "concurrency": concurrency,
        }  # fmt: skip
        options = {k: self.option(k) if changes[k] is None else changes[k] for k in OPTIONS}
        return LaunchPlan(
            name,
            self._workflow,
            self.given_defaults if parameters is None else parameters,
            self.raw_fixed_inputs if fixed_inputs is None else fixed_inputs,
            **options,
        )
