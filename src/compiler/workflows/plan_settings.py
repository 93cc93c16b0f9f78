"""What a launch plan holds: a workflow, default and fixed inputs, a schedule, settings of its executions."""

# ruff: noqa: FBT001, FBT002, PLR0917 - the options are flytekit's, in its order

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Generic, ParamSpec, TypeVar, cast

from compiler.errors import ArgumentError, FlyteAssertion, NameConflictError, OptionError
from compiler.graph.call import call_entity, complete_inputs
from compiler.graph.node import Node, NodeEmitter, NodeOverrides
from compiler.graph.trace import located
from compiler.options.launch_options import (
    Annotations,
    ConcurrencyPolicy,
    Labels,
    RawOutputDataConfig,
    checked_settings,
)
from compiler.options.notification import Notification
from compiler.options.option_kinds import PlatformValue
from compiler.options.schedule import CronSchedule, FixedRate, OnSchedule, check_schedule, check_trigger
from compiler.options.security import SecurityContext
from compiler.source.interface import Interface, admits_none
from compiler.source.tracking import TrackedInstance
from compiler.workflows.function_workflow import WorkflowBase
from compiler.workflows.parameters import parameter_map
from literals import DrawloomError, pb, preview
from typeengine import NamedCodecs, NamedSide

P = ParamSpec("P")
R = TypeVar("R")
Q = ParamSpec("Q")
S = TypeVar("S")

_NOTHING: Mapping[str, Any] = MappingProxyType({})
OPTIONS = (
    "schedule", "notifications", "labels", "annotations", "raw_output_data_config", "max_parallelism",
    "security_context", "trigger", "overwrite_cache", "auto_activate", "concurrency",
)  # fmt: skip


def require_workflow(given: object, where: str) -> None:
    """Check that a plan is made of a workflow.

    Raises:
        OptionError: it is something else, such as a task.
    """
    if not isinstance(given, WorkflowBase):
        raise OptionError(
            "a launch plan starts a workflow, and this is none",
            where=where,
            expected="a @workflow, an imperative workflow or a reference workflow",
            got=preview(given),
            fix="call the task in a workflow, and make the plan of that",
        )


class PlanSettings(TrackedInstance, Generic[P, R]):
    """What a launch plan holds, and how it stands in a workflow.

    `parameters` and `fixed_inputs`: Python values by input name, or the messages `ParameterMap` and `LiteralMap`.
    """

    resource_type = 3
    is_written = True
    has_constant_target = True

    def __init__(
        self,
        name: str,
        workflow: WorkflowBase,
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
        auto_activate: bool = False,
        concurrency: ConcurrencyPolicy | None = None,
    ) -> None:
        super().__init__()
        require_workflow(workflow, name)
        self._name = name
        self._workflow = workflow
        self._given_defaults = dict(self._values(parameters or _NOTHING))
        self._fixed = dict(self._values(fixed_inputs or _NOTHING))
        self._interface: Interface | None = None
        self._interface_of: Interface | None = None
        self._schedule = schedule
        records = checked_settings(
            name,
            {
                "notifications": notifications, "labels": labels, "annotations": annotations, "concurrency": concurrency,
                "raw_output_data_config": raw_output_data_config, "security_context": security_context,
                "overwrite_cache": overwrite_cache, "auto_activate": auto_activate,
            },
        )  # fmt: skip
        self._notifications = list(notifications or ())
        self._labels: Labels | None = records["labels"]
        self._annotations: Annotations | None = records["annotations"]
        self._raw_output_data_config = raw_output_data_config
        self._max_parallelism = max_parallelism
        self._security_context = security_context
        self._trigger = check_trigger(trigger, name)
        self._overwrite_cache = overwrite_cache
        self._auto_activate = auto_activate
        self._concurrency = concurrency
        self._artifacts: dict[str, Any] = {}
        self._check()

    def _check(self) -> None:
        interface = self._workflow.python_interface
        sides: tuple[tuple[NamedSide, dict[str, Any]], ...] = (
            ("default input", self._given_defaults),
            ("fixed input", self._fixed),
        )
        for side, values in sides:
            for key, value in values.items():
                if key not in interface.inputs:
                    raise ArgumentError(
                        f"{side} `{key}` is not an input of the workflow",
                        where=self._name,
                        expected=repr(interface),
                        got=f"{key}={preview(value)}",
                        fix="name an input of the workflow, or remove it",
                    )
                if isinstance(value, PlatformValue):
                    continue  # an artifact or a query, which only the platform can fill
                try:
                    NamedCodecs(interface.input_codecs, self._name, side).encode({key: value})
                except DrawloomError as error:
                    raise located(error, "", None) from error
        if both := sorted(self._given_defaults.keys() & self._fixed.keys()):
            raise ArgumentError(
                f"input `{both[0]}` is both default and fixed",
                where=self._name,
                expected="each input in one of default_inputs and fixed_inputs",
                got=f"`{both[0]}` in both",
                fix="keep one",
            )
        if self.schedule is not None:
            self._check_schedule(self.schedule)
        parallel: Any = self._max_parallelism
        if parallel is not None and (not isinstance(parallel, int) or parallel < 0):
            raise OptionError(
                "max_parallelism is not a whole number from 0",
                where=self._name,
                expected="an int >= 0",
                got=preview(self._max_parallelism),
                fix="write how many nodes may run at once; 0 sets no bound",
            )

    def _check_schedule(self, schedule: CronSchedule | FixedRate) -> None:
        check_schedule(schedule, self._name)
        kickoff = schedule.kickoff_time_input_arg
        interface = self._workflow.python_interface
        if kickoff and kickoff not in interface.inputs:
            raise ArgumentError(
                f"the schedule gives its time to `{kickoff}`, which is not an input of the workflow",
                where=self._name,
                expected=repr(interface),
                got=f"kickoff_time_input_arg={kickoff!r}",
                fix="name an input that takes a datetime, or drop kickoff_time_input_arg",
            )
        known = {**interface.default_inputs, **self._given_defaults, **self._fixed}
        for key, hint in interface.inputs.items():
            if key not in known and key != kickoff and not admits_none(hint):
                raise ArgumentError(
                    f"a schedule starts the workflow without anybody to give input `{key}`",
                    where=self._name,
                    expected=f"a value for each of {repr(interface).partition(' -> ')[0]}",
                    got=f"values for {', '.join(sorted(known)) or 'none'}",
                    fix=f"add default_inputs={{'{key}': ...}} or fixed_inputs",
                )

    def require_same(
        self, workflow: object, defaults: Mapping[str, Any], fixed: Mapping[str, Any], options: Mapping[str, Any]
    ) -> None:
        """Check that this plan was made with these arguments.

        Raises:
            NameConflictError: it was not; the first argument that differs is named.
        """
        mine: dict[str, Any] = {
            "workflow": self._workflow,
            "default_inputs": self._given_defaults,
            "fixed_inputs": self._fixed,
        }
        theirs: dict[str, Any] = {"workflow": workflow, "default_inputs": dict(defaults), "fixed_inputs": dict(fixed)}
        for key in OPTIONS:
            mine[key], theirs[key] = self.option(key), options.get(key)
        for key, value in mine.items():
            other = theirs[key]
            if value is not other and (value or other) and value != other:
                raise NameConflictError(
                    f"launch plan `{self._name}` exists with another `{key}`",
                    where=self._name,
                    expected=preview(value),
                    got=preview(other),
                    fix="give the new plan another name",
                )

    def _values(self, given: Any) -> Mapping[str, Any]:
        if isinstance(given, Mapping):
            return cast("Mapping[str, Any]", given)
        if not isinstance(given, pb.LiteralMap):
            defaults = {k: p.default for k, p in given.parameters.items() if p.WhichOneof("behavior") == "default"}
            given = pb.LiteralMap(literals=defaults)
        codecs = NamedCodecs(self._workflow.python_interface.input_codecs, self._name)
        codecs.check_names(given.literals)
        return codecs.decode_map(given)

    # -- what it says

    @property
    def name(self) -> str:
        """Name of the plan."""
        return self._name

    @property
    def workflow(self) -> WorkflowBase:
        """What it starts."""
        return self._workflow

    @property
    def python_interface(self) -> Interface:
        """The workflow's interface with this plan's defaults; fixed inputs are no longer inputs."""
        declared = self._workflow.python_interface
        if self._interface is not None and self._interface_of is declared:
            return self._interface
        defaults = {**declared.default_inputs, **self._given_defaults}
        inputs = {
            name: (hint, defaults[name]) if name in defaults and not isinstance(defaults[name], PlatformValue) else hint
            for name, hint in declared.inputs.items()
            if name not in self._fixed
        }
        made = Interface(inputs, declared.outputs, declared.output_tuple_name, declared.docstring)
        made.owner = self._name
        made.refused = dict.fromkeys(self._fixed, "is fixed by the launch plan")
        # A workflow that is built step by step gets another interface with each step.
        self._interface, self._interface_of = made, declared
        return made

    @property
    def interface(self) -> pb.TypedInterface:
        """The workflow's typed interface."""
        return self._workflow.interface

    @property
    def default_inputs(self) -> Mapping[str, Any]:
        """Defaults of the inputs that can be given."""
        return self.python_interface.default_inputs

    def split_outputs(self, result: Any) -> dict[str, Any]:
        """What a run returned, by output name."""
        return self._workflow.split_outputs(result)

    @property
    def given_defaults(self) -> dict[str, Any]:
        """Default inputs given to this plan, as Python values."""
        return dict(self._given_defaults)

    def option(self, key: str) -> Any:
        """A setting as it was given, by the name of its argument."""
        return getattr(self, f"_{key}")

    @property
    def saved_inputs(self) -> dict[str, Any]:
        """Default and fixed inputs given to this plan."""
        return {**self._given_defaults, **self._fixed}

    @property
    def parameters(self) -> pb.ParameterMap:
        """The inputs that can be given, as parameters."""
        return parameter_map(self._workflow.python_interface, self._given_defaults, self._fixed)

    @property
    def fixed_inputs(self) -> pb.LiteralMap:
        """The inputs that cannot be given, as literals."""
        return NamedCodecs(self._workflow.python_interface.input_codecs, self._name, "fixed input").encode_map(
            self._fixed
        )

    @property
    def raw_fixed_inputs(self) -> dict[str, Any]:
        """The inputs that cannot be given, as Python values."""
        return dict(self._fixed)

    @property
    def schedule(self) -> CronSchedule | FixedRate | None:
        """When it starts by itself."""
        return self._trigger.schedule if isinstance(self._trigger, OnSchedule) else self._schedule

    @property
    def notifications(self) -> list[Notification]:
        """Who is told."""
        return self._notifications

    @property
    def labels(self) -> Labels | None:
        """Labels of its executions."""
        return self._labels

    @property
    def annotations(self) -> Annotations | None:
        """Annotations of its executions."""
        return self._annotations

    @property
    def raw_output_data_config(self) -> RawOutputDataConfig | None:
        """Where raw data goes."""
        return self._raw_output_data_config

    @property
    def max_parallelism(self) -> int | None:
        """How many nodes run at once."""
        return self._max_parallelism

    @property
    def security_context(self) -> SecurityContext | None:
        """Identity and secrets of its executions."""
        return self._security_context

    @property
    def trigger(self) -> OnSchedule | None:
        """What starts it, where that was said in the place of a trigger."""
        return self._trigger

    @property
    def overwrite_cache(self) -> bool | None:
        """Whether cached results are made anew."""
        return self._overwrite_cache

    @property
    def should_auto_activate(self) -> bool:
        """Whether registration switches it on."""
        return self._auto_activate

    @property
    def concurrency(self) -> ConcurrencyPolicy | None:
        """How many executions run at once."""
        return self._concurrency

    # -- calls and nodes

    @property
    def stand_in(self) -> WorkflowBase | None:
        """The workflow, where something stands in for its graph; None where the graph is run."""
        return self._workflow.stand_in

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Make a node while a workflow body is traced, else run; keyword arguments only."""
        if args:
            raise FlyteAssertion(
                "a launch plan takes keyword arguments only",
                where=self._name,
                got=preview(args),
                expected="inputs by name",
                fix="give each input by its name",
            )
        return call_entity(self, (), kwargs)

    def run_inputs(self, kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """Every input of the workflow: given, saved or fixed.

        Raises:
            ArgumentError: an unknown or missing input, or a fixed one that is given.
        """
        for key in kwargs:
            if key in self._fixed:
                raise ArgumentError(
                    f"input `{key}` is fixed by the launch plan",
                    where=self._name,
                    expected=f"inputs other than {', '.join(sorted(self.fixed_inputs.literals))}",
                    got=preview(kwargs[key]),
                    fix="do not give it",
                )
        return {**complete_inputs(self, (), kwargs), **self._fixed}

    def node_defaults(self) -> NodeOverrides:
        """Name and interruptibility of a node of the workflow."""
        return self._workflow.node_defaults()

    def construct_node_metadata(self) -> pb.NodeMetadata:
        """The node settings as a message."""
        return self._workflow.construct_node_metadata()

    def node_target(self, node: Node, emitter: NodeEmitter) -> pb.Node:
        """A launch plan node."""
        del node
        return pb.Node(workflow_node=pb.WorkflowNode(launchplan_ref=emitter.identifier(self)))

    def dependencies(self) -> Iterable[Any]:
        """The workflow."""
        return (self._workflow,)

    def __repr__(self) -> str:
        return f"<LaunchPlan {self._name} of {self._workflow.name}>"
