"""TaskEnvironment: tasks that share options, and `@env.task`, which makes them.

An env task is a PythonFunctionTask: it can be a node of a workflow, compiled and run from a file. Called inside a running
task it becomes an action of that run; called anywhere else it is the plain function.
"""

from __future__ import annotations

import importlib
import inspect
import os
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Protocol, TypeGuard, TypeVar, cast, overload

from compiler import (
    Documentation,
    ImageSpec,
    LayeredImage,
    PythonFunctionTask,
    Resources,
    TaskMetadata,
    VersionParameters,
    default_task_resolver,
)
from compiler import secrets_from_request as as_secrets
from drawloom.actions.action import Call, prepare
from drawloom.actions.attempts import blocking, on_thread, run_async, run_sync
from drawloom.actions.pickling import by_name, pickle_unknown
from drawloom.actions.policies import CacheRequest, ReusePolicy, SecretRequest, seconds
from drawloom.actions.sandbox import Sandbox, refuse_sandboxes
from drawloom.actions.task_options import (
    TaskOptionError,
    TaskOptions,
    cache_metadata,
    cache_of,
    list_of_kind,
    named_tuple_of,
    of_kind,
    texts,
)
from drawloom.actions.workflow_node import as_node, as_node_async, refuse_limits_of_actions
from drawloom.context import current
from drawloom.errors import InlineIOMaxBytesBreached, NonRecoverableError, RuntimeDataValidationError
from drawloom.interpreter import digest_of_code
from literals import DrawloomError, preview
from typeengine import NamedCodecs

if TYPE_CHECKING:
    from types import CoroutineType

    from typing_extensions import Unpack

    from compiler import NodeOverrides
    from drawloom.actions.option_names import CloneOptions, EnvironmentOptions, EnvTaskOptions, OverrideOptions

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

_NAME = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")
_DESCRIPTION_LIMIT = 255


class Environment:
    """Surroundings with a name: image, resources, variables, secrets.

    Raises:
        TaskOptionError: a bad name or an option of the wrong type (also a ValueError and a TypeError).
    """

    def __init__(  # noqa: PLR0917 - flyte's signature
        self,
        name: str,
        depends_on: Sequence[Environment] = (),
        pod_template: object = None,
        description: str | None = None,
        secrets: SecretRequest | None = None,
        env_vars: Mapping[str, str] | None = None,
        resources: object = None,
        interruptible: bool = False,  # noqa: FBT001, FBT002 - flyte's signature
        image: object = "auto",
        include: Sequence[str | os.PathLike[str]] = (),
        service_account: str | None = None,
    ) -> None:
        if not isinstance(name, str) or not _NAME.fullmatch(name):  # pyright: ignore[reportUnnecessaryIsInstance] - callers
            raise TaskOptionError(
                "a name of an environment is lower case letters and digits, joined by single - or _",
                where="TaskEnvironment.name",
                expected="letters a to z and digits, with single - or _ between them",
                got=preview(name),
                fix="choose a name such as 'train-models'",
            )
        self.name = name
        self.depends_on: list[Environment] = []
        refuse_sandboxes(depends_on, name)
        self.add_dependency(*list_of_kind(depends_on, Environment, name, "depends_on"))
        self.pod_template = pod_template
        self.description = description[:_DESCRIPTION_LIMIT] if description else description
        self.secrets = as_secrets(secrets, name)
        self.env_vars = texts(env_vars, name, "env_vars")
        self.resources = of_kind(resources, (Resources,), name, "resources")
        self.interruptible = interruptible
        self.image = of_kind(image, (str, LayeredImage, ImageSpec), name, "image")
        if isinstance(include, str):
            raise TaskOptionError(
                "include is a list of files, not one text",
                where=name,
                expected="a tuple of files",
                got=preview(include),
                fix="write include=('file',)",
            )
        self.include = tuple(include)
        for each in self.include:
            of_kind(each, (str, os.PathLike), name, "an entry of include")
        self.service_account = of_kind(service_account, (str,), name, "service_account")

    def add_dependency(self, *env: Environment) -> None:
        """Say that tasks here call tasks there; one that is known already is not added again.

        Raises:
            TaskOptionError: not an environment, or this one.
        """
        for other in env:
            if of_kind(other, (Environment,), self.name, "a dependency") is self:
                raise TaskOptionError(
                    "an environment cannot depend on itself",
                    where=self.name,
                    expected="other environments",
                    got=f"{self.name} itself",
                    fix="take it out of depends_on",
                )
            if other not in self.depends_on:
                self.depends_on.append(other)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"


class TaskEnvironment(Environment):
    """An environment that makes tasks.

    Options: those of Environment; `cache` (for tasks that say nothing), `reusable`, `plugin_config`, `queue`.
    """

    sandbox = Sandbox()

    def __init__(
        self,
        name: str,
        *,
        cache: CacheRequest = "disable",
        reusable: ReusePolicy | None = None,
        plugin_config: object = None,
        queue: str | None = None,
        **options: Unpack[EnvironmentOptions],
    ) -> None:
        try:
            super().__init__(name, **options)
        except TypeError as error:
            if isinstance(error, DrawloomError):
                raise
            raise TaskOptionError(
                f"TaskEnvironment: {error}",
                where=preview(name),
                expected="the options of TaskEnvironment",
                got=", ".join(options),
                fix="check the option's name",
            ) from error
        if reusable is not None and not isinstance(reusable, ReusePolicy):  # pyright: ignore[reportUnnecessaryIsInstance] - callers
            raise TaskOptionError(
                "reusable is a ReusePolicy",
                where=name,
                expected="a ReusePolicy",
                got=preview(reusable),
                fix="write reusable=ReusePolicy(replicas=2)",
            )
        if reusable is not None and plugin_config is not None:
            raise TaskOptionError(
                "plugin_config and reusable exclude each other",
                where=name,
                expected="one of them",
                got="both",
                fix="drop one of them",
            )
        self.cache = cache_of(cache, name)
        self.reusable = reusable
        self.plugin_config = plugin_config
        self.queue = queue
        self._tasks: dict[str, EnvTask[..., Any]] = {}
        self._options = options

    @property
    def tasks(self) -> dict[str, EnvTask[..., Any]]:
        """Tasks by full name, in the order of declaration."""
        return self._tasks

    @overload
    def task(self, _func: Callable[P, R], /) -> EnvTask[P, R]: ...

    @overload
    def task(self, _func: None = None, /, **options: Unpack[EnvTaskOptions]) -> EnvTaskDecorator: ...

    def task(self, _func: Callable[..., Any] | None = None, /, **options: object) -> Any:
        """Make a function a task; sync and async functions alike.

        Options are those of `EnvTaskOptions`; unset ones are the environment's.

        Raises:
            TaskOptionError: an unknown option, or a value it cannot have.
        """

        def wrapper(fn: Callable[..., Any]) -> EnvTask[..., Any]:
            made = EnvTask(self, fn, TaskOptions.of(self, options))
            self._tasks[made.name] = made
            return made

        return wrapper if _func is None else wrapper(_func)

    def clone_with(self, name: str, **changes: Unpack[CloneOptions]) -> TaskEnvironment:
        """An environment with another name and these changes, and without tasks. Falsy values take effect; None keeps."""
        kept: dict[str, Any] = {**self._options, "depends_on": list(self.depends_on)}
        kept |= {"cache": self.cache or "disable", "reusable": self.reusable}
        kept |= {"plugin_config": self.plugin_config, "queue": self.queue}
        changed: dict[str, Any] = {key: value for key, value in changes.items() if value is not None}
        return TaskEnvironment(name, **{**kept, **changed})

    @classmethod
    def from_task(cls, name: str, *tasks: Any, depends_on: Sequence[Environment] = ()) -> TaskEnvironment:
        """An environment around tasks that exist, also those of other kinds, to name what belongs together."""
        theirs = [task.environment_of for task in tasks if isinstance(task, EnvTask)]
        made = cls(name, depends_on=[*depends_on, *theirs])
        for task in tasks:
            made._tasks[task.name] = task
        return made


class EnvTask(PythonFunctionTask[Any], Generic[P, R]):
    """A task of an environment. `task(...)`, `await task(...)`, `task.aio(...)`, `task.forward(...)`, `task.override(...)`."""

    must_return = False  # as in Flyte 2: a body of `...` or `pass` fails when it runs

    def __init__(self, env: TaskEnvironment, fn: Callable[P, R], options: TaskOptions) -> None:
        if isinstance(fn, PythonFunctionTask):
            raise TaskOptionError(
                "this is a task already",
                where=fn.name,
                expected="a function",
                got="a task",
                fix="remove one of the two decorators",
            )
        full_name = f"{env.name}.{getattr(fn, '__name__', type(fn).__name__)}"
        pickle_unknown(fn, full_name, depth=3)
        values = options.values
        runtime = seconds(options.timeout.max_runtime, "timeout")
        super().__init__(
            task_config=values.get("plugin_config"),
            task_function=fn,
            # Not the default resolver: a task of an environment may be made inside a function, and run there.
            task_resolver=values.get("task_resolver") or resolver,
            pickle_untyped=True,
            metadata=TaskMetadata(
                retries=options.retry.count,
                timeout=timedelta(seconds=runtime) if runtime else None,
                interruptible=values.get("interruptible"),
                **cache_metadata(options.cache, fn),
            ),
            container_image=None if env.image == "auto" else env.image,
            environment=options.env_vars,
            secret_requests=list(as_secrets(values.get("secrets"), env.name)) or None,
            resources=values.get("resources"),
            pod_template=values.get("pod_template") if not isinstance(values.get("pod_template"), str) else None,
            pod_template_name=values.get("pod_template") if isinstance(values.get("pod_template"), str) else None,
            docs=Documentation(docs) if isinstance(docs := values.get("docs"), str) else docs,
            enable_deck=options.report,
            deck_fields=(),
        )
        self._name = full_name
        self.python_interface.owner = full_name
        self.environment_of = env
        self.options = options
        self._is_async = self.is_async
        self._version: str | None = None
        self._result_class = named_tuple_of(fn)
        # Read on every call; a property of a property costs more than the call's own work.
        self.cache = options.cache
        self.retry = options.retry
        self.timeout = options.timeout
        self.max_runtime = seconds(options.timeout.max_runtime, "timeout")
        self.max_queued_time = seconds(options.timeout.max_queued_time, "timeout")
        self.deadline = seconds(options.timeout.deadline, "timeout")
        self.is_limited = self.max_runtime is not None or self.deadline is not None
        self.input_codecs = self.python_interface.input_codecs
        self.output_codecs = self.python_interface.output_codecs
        self.report = options.report
        self.max_bytes = options.max_inline_io_bytes
        self.named_inputs = NamedCodecs(self.input_codecs, self.name)
        self.named_outputs = NamedCodecs(self.output_codecs, self.name, "output")
        # Of a task with one input, its name and what stands for the name where inputs are joined.
        name = next(iter(self.input_codecs), "")
        self.only_input = (name, name.encode() + b":")
        # The name of the one output; None if there are several, none, or a NamedTuple of one.
        is_single = len(self.output_codecs) == 1 and not self.python_interface.output_tuple_name
        self.only_output = next(iter(self.output_codecs)) if is_single and self._result_class is None else None
        # Whether the last call of it on a thread took next to no time; see `_workers`.
        self.is_short = True
        self._code: str | None = None
        self._calls_tasks: bool | None = None

    @property
    def func(self) -> Callable[P, R]:
        """The plain function."""
        return cast("Callable[P, R]", self.task_function)

    @property
    def short_name(self) -> str:
        """The name for people: given, or the function's."""
        return self.options.short_name or self.name.rpartition(".")[2]

    @property
    def reusable(self) -> ReusePolicy | None:
        """How its container would be used again; None if it would not."""
        return self.options.values.get("reusable")

    @property
    def env_vars(self) -> Mapping[str, str]:
        """The variables that the task runs under."""
        return self.options.env_vars

    @property
    def max_inline_io_bytes(self) -> int:
        """Bytes that its inputs or outputs may have together."""
        return self.options.max_inline_io_bytes

    @property
    def native_interface(self) -> Any:
        """Names, types and defaults of inputs and outputs."""
        return self.python_interface

    @property
    def source_file(self) -> str | None:
        """The file that defines the function."""
        return inspect.getsourcefile(inspect.unwrap(self.func))

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """What a call does depends on where it stands: a node while a workflow compiles, an action in a run, else a run of its own."""
        state = current()
        if state.trace is not None:
            return state.trace.call(self, args, kwargs)
        if state.run is None:
            return self.func(*args, **kwargs)
        call = prepare(self, args, kwargs, state)
        return cast("R", run_async(call) if self._is_async else blocking(call))

    @overload
    def aio(self: EnvTask[P, Coroutine[Any, Any, T]], *args: P.args, **kwargs: P.kwargs) -> Awaitable[T]: ...

    @overload  # as pyright calls the same thing
    def aio(self: EnvTask[P, CoroutineType[Any, Any, T]], *args: P.args, **kwargs: P.kwargs) -> Awaitable[T]: ...

    @overload
    def aio(self, *args: P.args, **kwargs: P.kwargs) -> Awaitable[R]: ...

    def aio(self, *args: P.args, **kwargs: P.kwargs) -> Awaitable[Any]:
        """The awaitable form: of an async task the call itself, of a sync task a call that does not block the loop."""
        state = current()
        if state.run is None or state.trace is not None:
            return (
                cast("Awaitable[Any]", self.func(*args, **kwargs))
                if self._is_async
                else _later(self.func, args, kwargs)
            )
        call = prepare(self, args, kwargs, state)
        return run_async(call) if self._is_async else on_thread(call)

    def forward(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the plain function: no action, no conversion."""
        return self.func(*args, **kwargs)

    def override(self, **options: Unpack[OverrideOptions]) -> EnvTask[P, R]:
        """A copy with other options; falsy values such as `retries=0` take effect.

        Raises:
            TaskOptionError: an option that cannot be overridden, or a bad value (also a ValueError).
        """
        return EnvTask(self.environment_of, self.func, self.options.changed(options, self.name))

    def node_defaults(self) -> NodeOverrides:
        """Settings of a node of this task. Raises `TaskOptionError` for limits that a node does not have."""
        refuse_limits_of_actions(self.name, self.timeout)
        return super().node_defaults()

    def invoke(self, arguments: dict[str, Any]) -> Any:
        """The user's function on its own copies of the arguments; an awaitable if it is async."""
        return self.task_function(**arguments)

    def execute(self, **kwargs: Any) -> Any:
        """As a node of a workflow: the user's function, whose calls are actions below the node."""
        return as_node_async(self, kwargs) if self._is_async else as_node(self, kwargs)

    def is_recoverable(self, error: BaseException) -> bool:
        """As a node of a workflow: every error earns another attempt but those that say they do not."""
        return not isinstance(error, (NonRecoverableError, RuntimeDataValidationError))

    def retry_delay(self, attempt: int) -> float:
        """As a node of a workflow: seconds before an attempt, from 1."""
        return self.retry.pause(max(attempt - 2, 0))

    def join_outputs(self, values: Mapping[str, Any]) -> Any:
        """The result of a call: None, the value, or the tuple class that the function declares."""
        if self._result_class is not None:
            return self._result_class(**values)
        if self.python_interface.output_tuple_name:
            # A NamedTuple that cannot be reached by name from here: one with its name and fields.
            return self.python_interface.join_outputs(values)
        if len(values) > 1:
            return tuple(values.values())
        return next(iter(values.values()), None)

    def run_here(self, call: Call) -> Any:
        """Run a prepared call: the result, or a coroutine of it."""
        return run_async(call) if self._is_async else run_sync(call)

    @property
    def calls_tasks(self) -> bool:
        """Whether the function's code names tasks or what else is run by itself; then it stays where the run is."""
        if self._calls_tasks is None:
            # Loaded when a run has an executor.
            placement = importlib.import_module("drawloom.actions.placement")
            self._calls_tasks = placement.names_tasks(self.func)
        return bool(self._calls_tasks)

    def __reduce__(self) -> Any:
        # By reference, as functions are pickled: a task may be an argument of another.
        return by_name, (self.func.__module__, self.func.__qualname__)

    def cache_version(self) -> str:
        """The version that cached results are kept under; made once."""
        if self._version is None and self.cache is not None:
            self._version = self.cache.get_version(VersionParameters(self.func, self.environment_of.image))
        return self._version or ""

    def code_digest(self) -> str:
        """Digest of the function's code without its decorators, and without what it calls; made once."""
        if self._code is None:
            self._code = digest_of_code(self.func)
        return self._code

    def check_size(self, literals: Mapping[str, bytes]) -> None:
        """Hold inputs or outputs against `max_inline_io_bytes`.

        Raises:
            InlineIOMaxBytesBreached: they are larger; the largest is named.
        """
        limit = self.max_bytes
        size = 0
        for data in literals.values():
            size += len(data)
        if size > limit:
            largest = max(literals, key=lambda name: len(literals[name]))
            raise InlineIOMaxBytesBreached(
                f"{size:,} bytes of inputs or outputs are more than max_inline_io_bytes",
                where=f"{self.name}.{largest}",
                expected=f"at most {limit:,} bytes",
                got=f"{size:,} bytes",
                fix="pass a File or Dir, or raise max_inline_io_bytes",
            )


class EnvTaskDecorator(Protocol):
    """What `@env.task(...)` gives: function in, task with the same signature out."""

    def __call__(self, fn: Callable[P, R], /) -> EnvTask[P, R]:
        """The task."""
        ...


async def _later(fn: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    return fn(*args, **kwargs)


class EnvironmentResolver(type(default_task_resolver)):
    """Finds a task of an environment as a variable of its module."""

    @property
    def location(self) -> str:
        """Where the one instance is."""
        return "drawloom.actions.environment.resolver"


resolver = EnvironmentResolver()

AsyncFunctionTaskTemplate = EnvTask
TaskTemplate = EnvTask


def is_action_task(entity: object) -> TypeGuard[EnvTask[..., Any]]:
    """Whether an entity is a task of an environment."""
    return isinstance(entity, EnvTask)
