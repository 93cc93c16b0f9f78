"""What a peer has and drawloom has not: the names can be imported and written, and using one says why it is not here.

So a program that only mentions such a name runs, and one that depends on it ends at the line that needs what drawloom is not.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final, NamedTuple, NoReturn, cast

from drawloom.errors import UnsupportedHereError


class Reason(NamedTuple):
    """Why a name is refused: what it needs, and what to do instead."""

    needs: str
    instead: str


_SERVER: Final = "start the server as a program of its own, and call drawloom.run from it"
REASONS: Final = {
    "agents": Reason(
        "a language model and a platform that serves the agent",
        "call the model from a task; `drawloom.trace` records each step",
    ),
    "applications": Reason("a platform that serves applications", _SERVER),
    "cluster": Reason("a cluster to send the script to", "run the script with Python"),
    "command_line": Reason(
        "flytekit's command line", "use the command `drawloom`, or `pyflyte.main` for what both have"
    ),
    "config_file": Reason(
        "flytekit's configuration files", "set DRAWLOOM_* variables, or use drawloom.init_from_config"
    ),
    "connectors": Reason("a service that runs connectors", "call the other system from a task"),
    "container_command": Reason(
        "flytekit's own start of a container", "containers of drawloom start with `drawloom-execute`"
    ),
    "container_runtime": Reason(
        "a container runtime, which drawloom does not start",
        "run the tool with subprocess in a task, or use ShellTask for a shell script on this machine",
    ),
    "debugging": Reason("a container that was stopped for debugging", "debug this process"),
    "image_builder": Reason(
        "an image builder, and drawloom builds no images", "build the image with the platform's own tool"
    ),
    "internals": Reason(
        "the inner workings of the peer, and drawloom's are different",
        "use the public name; docs/migrating.md lists what there is",
    ),
    "legacy_map": Reason("the map tasks that flytekit has replaced", "use map_task"),
    "model_server": Reason("an accelerator and a model server", "load the model in a task"),
    "pickled_models": Reason(
        "models that travel as pickles, and unpickling runs code",
        "opt in with Annotated[T, Pickle] or --allow-pickle, or return the `state_dict()` of a module; tensors travel as they are",
    ),
    "pickled_tasks": Reason(
        "tasks that travel as pickles, and unpickling runs code", "keep the task in a module that both sides have"
    ),
    "platform": Reason(
        "a platform to ask by the peer's own client",
        "use drawloom.remote.FlyteRemote for a Flyte 1 platform; a local run is what drawloom.run gives",
    ),
    "registration": Reason(
        "a platform to register with by the peer's own client",
        "use `drawloom register` or drawloom.remote.FlyteRemote for a Flyte 1 platform",
    ),
    "sandbox": Reason(
        "a sandbox with an interpreter of its own, and drawloom has none",
        "run trusted code as a task; run other code in a container of your own",
    ),
    "several_machines": Reason(
        "a cluster that starts several machines for one task", "write a task for one machine, and map it"
    ),
    "stored_models": Reason("a platform's storage", "download the model in a task, and return it as a drawloom.io.Dir"),
    "tensorflow": Reason(
        "TensorFlow's own file formats, which drawloom does not write",
        "save the model in the task, and return its folder",
    ),
    "waiting": Reason(
        "a platform's own plug-in that waits without a container",
        "await drawloom.durable.sleep.aio(seconds) in the task",
    ),
    "vscode": Reason("an editor that is served from a container", "debug this process"),
    "warehouse": Reason("a client of a data warehouse", "query it in a task, and return a data frame"),
}
"""Reason by its name in the tables of `tools/mirrors`."""


class RefusingType(type):
    """The class of refused names: calling one, an attribute or a part of it says why. Comparing and naming it is free."""

    reason: Reason

    def _refuse(cls, use: str) -> NoReturn:
        raise UnsupportedHereError(
            f"{use} needs {cls.reason.needs}",
            where=cls.__qualname__,
            expected="what drawloom has",
            got=use,
            fix=cls.reason.instead,
        )

    def __call__(cls, *_: object, **__: object) -> NoReturn:
        """Refused.

        Raises:
            UnsupportedHereError: always.
        """
        cls._refuse(cls.__qualname__)

    def __getitem__(cls, _: object) -> NoReturn:
        cls._refuse(cls.__qualname__)

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        cls._refuse(f"{cls.__qualname__}.{name}")


class Unsupported(metaclass=RefusingType):
    """A refused name, as checkers see it; `unsupported` makes the class of each. Deriving from one is refused too."""

    reason: ClassVar[Reason] = Reason("what drawloom does not have", "leave it out")

    def __init_subclass__(cls) -> None:
        for base in cls.__mro__[1:]:
            if base is not Unsupported and isinstance(base, RefusingType):
                raise UnsupportedHereError(
                    f"a class derived from {base.__qualname__} needs {base.reason.needs}",
                    where=cls.__qualname__,
                    expected="what drawloom has",
                    got=cls.__qualname__,
                    fix=base.reason.instead,
                )


_made: dict[tuple[str, str], type[Unsupported]] = {}


def unsupported(reason: str, name: str) -> type[Unsupported]:
    """The class that stands for `name`; one that is named like an error is an exception class, so that `except` can list it."""
    made = _made.get((reason, name))
    if made is None:
        parts = {
            "__doc__": f"Not here: needs {REASONS[reason].needs}.",
            "__module__": __name__,
            "reason": REASONS[reason],
        }
        bases = (Unsupported, Exception) if name.endswith(("Error", "Exception")) else (Unsupported,)
        made = _made[reason, name] = cast("type[Unsupported]", RefusingType(name, bases, parts))
    return made


class _RefusedNames:
    """All names that are refused for one reason, as attributes."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def __getattr__(self, name: str) -> type[Unsupported]:
        return unsupported(self._reason, name)


def __getattr__(name: str) -> _RefusedNames:
    if name not in REASONS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
    return _RefusedNames(name)


__all__ = ["REASONS", "Reason", "RefusingType", "Unsupported", "unsupported"]
