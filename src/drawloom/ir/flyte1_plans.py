"""What a Flyte 1 cluster refuses of launch plans when they are registered, or when they are executed.

Each rule's docstring names the Go function of `flyteadmin` that it is of, or the check of Kubernetes' own.
"""

from __future__ import annotations

from collections.abc import Iterator

from drawloom.ir.cron import cron_mistake
from drawloom.ir.entity_index import Types
from drawloom.ir.flyte1_entities import FLYTE1
from drawloom.ir.flyte1_types import castable, type_of_literal
from drawloom.ir.kubernetes import is_dns_subdomain, is_label_value, is_qualified_name
from drawloom.ir.platform import Finding
from literals import path, pb, type_text

_MOST_LABELS = 16
_LARGEST_ANNOTATIONS = 256 * 1024
_FIRST_SECOND, _LAST_SECOND, _SECOND = -62_135_596_800, 253_402_300_799, 1_000_000_000
_TERMINAL = frozenset({4, 6, 7, 8})  # SUCCEEDED, FAILED, ABORTED, TIMED_OUT
_LABEL_FORM = "letters, digits, -, _ and ."


@FLYTE1.rule("plan-labels", f"a launch plan has at most {_MOST_LABELS} labels, as Kubernetes takes them", "plan")
def _labels(plan: pb.LaunchPlan) -> Iterator[Finding]:
    """`validateLabels` in flyteadmin/pkg/manager/impl/validation/validation.go."""
    values = plan.spec.labels.values
    if len(values) > _MOST_LABELS:
        yield Finding(
            "the launch plan has too many labels", f"at most {_MOST_LABELS}", str(len(values)), "leave some out"
        )
    for name in sorted(values):
        if not is_qualified_name(name):
            yield Finding("a label's name is not one that Kubernetes takes", _LABEL_FORM, name, "rename it")
        if not is_label_value(values[name]):
            yield Finding(
                f"the value of label {name!r} is not one that Kubernetes takes",
                _LABEL_FORM,
                values[name],
                "write another value",
            )


@FLYTE1.rule("plan-cron", "a cron schedule has five fields, or is a word with @", "plan")
def _cron(plan: pb.LaunchPlan) -> Iterator[Finding]:
    """`validateSchedule` in flyteadmin/pkg/manager/impl/validation/launch_plan_validator.go (cron.ParseStandard)."""
    schedule = plan.spec.entity_metadata.schedule
    text = schedule.cron_expression or schedule.cron_schedule.schedule  # pyright: ignore[reportDeprecated] - still read
    if text and (mistake := cron_mistake(text)) is not None:
        yield Finding(
            f"the cron expression is not one that the cluster reads: {mistake}",
            "minute, hour, day, month and day of the week (0 is Sunday)",
            text,
            "write five fields, or a word such as @daily",
        )


@FLYTE1.rule("plan-kickoff", "the input that takes a schedule's time is free", "plan")
def _kickoff(plan: pb.LaunchPlan) -> Iterator[Finding]:
    """`validateSchedule` in flyteadmin/pkg/manager/impl/validation/launch_plan_validator.go."""
    name = plan.spec.entity_metadata.schedule.kickoff_time_input_arg
    if name and name in plan.spec.fixed_inputs.literals:
        yield Finding(f"the schedule gives its time to {name!r}, which the plan fixes", fix="do not fix it")


@FLYTE1.rule(
    "plan-value-castable", "a default or fixed value is of a type that the cluster lets flow into the input", "plan"
)
def _default_value(plan: pb.LaunchPlan) -> Iterator[Finding]:
    """`validateParameterMap` in flyteadmin/pkg/manager/impl/validation/validation.go, by `AreTypesCastable` of flytepropeller."""
    for name, parameter in sorted(plan.spec.default_inputs.parameters.items()):
        if parameter.WhichOneof("behavior") != "default":
            continue
        found = type_of_literal(parameter.default)
        if found is not None and not castable(found, parameter.var.type):
            yield Finding(
                f"the default of input {name!r} does not flow into it on the cluster",
                type_text(parameter.var.type),
                type_text(found),
                "leave the default out, and let a task give it",
                f"default_inputs.{name}",
            )


@FLYTE1.rule("plan-datetime", "a point in time lies in the years 1 to 9999", "plan")
def _datetime(plan: pb.LaunchPlan) -> Iterator[Finding]:
    """`ValidateDatetime` in flyteadmin/pkg/manager/impl/validation/validation.go, by `Timestamp.CheckValid`."""
    given = {f"default_inputs.{n}": p.default for n, p in plan.spec.default_inputs.parameters.items()}
    given |= {f"fixed_inputs.{n}": each for n, each in plan.spec.fixed_inputs.literals.items()}
    for where, literal in sorted(given.items()):
        time = literal.scalar.primitive.datetime
        if not (_FIRST_SECOND <= time.seconds <= _LAST_SECOND and 0 <= time.nanos < _SECOND):
            shown = f"{time.seconds} s, {time.nanos} ns"
            yield Finding("a point in time cannot be", "one in the years 1 to 9999", shown, "give another", where)


@FLYTE1.rule("plan-artifact-query", "no input is filled by a query for an artifact", "plan")
def _artifact_query(plan: pb.LaunchPlan) -> Iterator[Finding]:
    """`validateParameterMapDisableArtifacts` in flyteadmin/pkg/manager/impl/validation/validation.go."""
    for name, parameter in sorted(plan.spec.default_inputs.parameters.items()):
        if parameter.WhichOneof("behavior") == "artifact_query":
            fix = "give a default, or switch featureGates.enableArtifacts on"
            yield Finding(f"input {name!r} is filled by a query for an artifact, which is off by default", fix=fix)


@FLYTE1.rule("plan-launch-condition", "a launch plan has no condition of its own for being launched", "plan")
def _launch_condition(plan: pb.LaunchPlan) -> Iterator[Finding]:
    """`ValidateLaunchPlan` in flyteadmin/pkg/manager/impl/validation/launch_plan_validator.go."""
    if plan.spec.entity_metadata.HasField("launch_conditions"):
        yield Finding("the launch plan waits for artifacts, which this platform does not know", fix="use a schedule")


@FLYTE1.rule("plan-notification-phase", "a notification is for the end of an execution", "plan")
def _notification_phase(plan: pb.LaunchPlan) -> Iterator[Finding]:
    """`validateNotifications` in flyteadmin/pkg/manager/impl/validation/notifications_validator.go."""
    for index, notification in enumerate(plan.spec.entity_metadata.notifications):
        for phase in notification.phases:
            if phase not in _TERMINAL:
                where = f"notifications{path.at_index(index)}"
                yield Finding(
                    "a phase is not one in which an execution has ended",
                    "SUCCEEDED, FAILED, ABORTED or TIMED_OUT",
                    str(phase),
                    "leave it out",
                    where,
                )


@FLYTE1.rule("plan-notification-recipients", "a notification has someone to go to", "plan")
def _notification_recipients(plan: pb.LaunchPlan) -> Iterator[Finding]:
    """`validateRecipientsEmail` in flyteadmin/pkg/manager/impl/validation/notifications_validator.go."""
    for index, notification in enumerate(plan.spec.entity_metadata.notifications):
        kind = notification.WhichOneof("type")
        mails = list(getattr(notification, kind).recipients_email) if kind else []
        if kind and not all(mails or [""]):
            yield Finding(
                "a notification has no recipient, or an empty one",
                fix="name its recipients",
                where=f"notifications{path.at_index(index)}",
            )


@FLYTE1.rule("plan-input-open", "an input of a launch plan that has no default is required", "plan")
def _open_input(plan: pb.LaunchPlan) -> Iterator[Finding]:
    """`validateParameterMap` in flyteadmin/pkg/manager/impl/validation/validation.go."""
    for name, parameter in sorted(plan.spec.default_inputs.parameters.items()):
        if parameter.WhichOneof("behavior") == "required" and not parameter.required:
            fix = "give it a default, or say required: true"
            yield Finding(f"input {name!r} is neither required nor has a default", fix=fix)


@FLYTE1.rule("plan-input-name", "an input of a launch plan has a name", "plan")
def _input_name(plan: pb.LaunchPlan) -> Iterator[Finding]:
    """`validateParameterMap` and `validateLiteralMap` in flyteadmin/pkg/manager/impl/validation/validation.go."""
    if "" in plan.spec.default_inputs.parameters or "" in plan.spec.fixed_inputs.literals:
        yield Finding("an input has no name", fix="name it as the workflow does")


@FLYTE1.rule("plan-fixed-unset", "a fixed input has a value", "plan")
def _fixed_unset(plan: pb.LaunchPlan) -> Iterator[Finding]:
    """`validateLiteralMap` in flyteadmin/pkg/manager/impl/validation/validation.go."""
    for name, literal in sorted(plan.spec.fixed_inputs.literals.items()):
        if literal.WhichOneof("value") is None:
            yield Finding(f"the fixed input {name!r} has no value", fix="give it one, or leave it out")


@FLYTE1.rule(
    "plan-input-castable",
    "the type of a launch plan's input is one that the cluster lets flow into the workflow's",
    "inputs",
)
def _input_type(plan: pb.LaunchPlan, inputs: Types) -> Iterator[Finding]:
    """`checkAndFetchExpectedInputForLaunchPlan` in flyteadmin/pkg/manager/impl/validation/launch_plan_validator.go."""
    for name, parameter in sorted(plan.spec.default_inputs.parameters.items()):
        if name in inputs and not castable(parameter.var.type, inputs[name]):
            yield Finding(
                f"input {name!r} of the plan does not flow into the workflow's on the cluster",
                type_text(inputs[name]),
                type_text(parameter.var.type),
                "give both the same type",
                f"default_inputs.{name}",
            )


@FLYTE1.rule("plan-fixed-castable", "a fixed value is of a type that the cluster lets flow into the input", "inputs")
def _fixed_value(plan: pb.LaunchPlan, inputs: Types) -> Iterator[Finding]:
    """`checkAndFetchExpectedInputForLaunchPlan` in flyteadmin/pkg/manager/impl/validation/launch_plan_validator.go."""
    for name, literal in sorted(plan.spec.fixed_inputs.literals.items()):
        found = type_of_literal(literal)
        if name in inputs and found is not None and not castable(found, inputs[name]):
            yield Finding(
                f"the fixed value of input {name!r} does not flow into it on the cluster",
                type_text(inputs[name]),
                type_text(found),
                "give it in each execution, or let a task give it",
                f"fixed_inputs.{name}",
            )


@FLYTE1.rule(
    "plan-annotations", "annotations have names that Kubernetes takes, and are not larger than it stores", "plan"
)
def _annotations(plan: pb.LaunchPlan) -> Iterator[Finding]:
    """`ValidateAnnotations` in k8s.io/apimachinery (pkg/api/validation/objectmeta.go), which every execution is asked.

    flyteadmin writes a plan's annotations onto the custom resource of each (`PrepareFlyteWorkflow` in
    flyteadmin/pkg/workflowengine/impl/prepare_execution.go).
    """
    values = plan.spec.annotations.values
    for name in sorted(values):
        if not is_qualified_name(name.lower()):
            yield Finding("an annotation's name is not one that Kubernetes takes", _LABEL_FORM, name, "rename it")
    size = sum(len(name.encode()) + len(value.encode()) for name, value in values.items())
    if size > _LARGEST_ANNOTATIONS:
        yield Finding(
            "the annotations are larger than Kubernetes stores",
            f"at most {_LARGEST_ANNOTATIONS:,} bytes",
            f"{size:,} bytes",
            "leave some out",
        )


@FLYTE1.rule("plan-service-account", "a service account has a name that Kubernetes takes", "plan")
def _service_account(plan: pb.LaunchPlan) -> Iterator[Finding]:
    """`ValidateServiceAccountName` in k8s.io/kubernetes (NameIsDNSSubdomain of k8s.io/apimachinery), of every pod.

    `addPermissions` in flyteadmin/pkg/workflowengine/impl/prepare_execution.go gives it to the pods of each execution.
    """
    name = plan.spec.security_context.run_as.k8s_service_account
    if name and not is_dns_subdomain(name):
        form = "lower-case letters, digits, dashes and dots"
        yield Finding("the service account has a name that Kubernetes does not take", form, name, "correct the name")


@FLYTE1.rule(
    "plan-cron-field", "a cron expression is where the platform's own scheduler reads it", "plan", refuses=False
)
def _cron_field(plan: pb.LaunchPlan) -> Iterator[Finding]:
    """`AddSchedule` in flyteadmin/scheduler/dbapi/event_scheduler_impl.go: the old field cannot be switched on."""
    text = plan.spec.entity_metadata.schedule.cron_expression  # pyright: ignore[reportDeprecated] - what is told of
    if text:
        fix = "write cron_schedule"
        yield Finding(
            "the schedule is in the old field cron_expression, with which the plan cannot be activated",
            "cron_schedule",
            text,
            fix,
        )


@FLYTE1.rule("plan-cron-offset", "a schedule has no offset", "plan", refuses=False)
def _cron_offset(plan: pb.LaunchPlan) -> Iterator[Finding]:
    """`AddSchedule` in flyteadmin/scheduler/dbapi/event_scheduler_impl.go reads the expression only."""
    offset = plan.spec.entity_metadata.schedule.cron_schedule.offset
    if offset:
        yield Finding(
            "the schedule has an offset, which the platform's own scheduler does not read",
            "a cron expression that says when",
            offset,
            "write the time into the expression, and leave offset out",
        )
