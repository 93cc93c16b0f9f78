"""What Flyte 2 does on a platform, and drawloom does not do: refused under the same names, with what to do instead."""

from __future__ import annotations

from typing import Any, NoReturn

from drawloom.errors import UnsupportedHereError


def _refused(name: str, why: str, instead: str) -> Any:
    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise UnsupportedHereError(f"{name} needs {why}", where=name, fix=instead)

    refuse.__name__ = refuse.__qualname__ = name
    refuse.__doc__ = f"Refused: needs {why}.\n\nRaises:\n    UnsupportedHereError: always.\n"
    refuse.aio = refuse  # type: ignore[attr-defined]
    return refuse


_REGISTER = "compile with `drawloom compile`, and register the files with the platform's own tool"
deploy = _refused("deploy", "a platform, and drawloom talks to none", _REGISTER)
build = _refused(
    "build", "an image builder, and drawloom builds no images", "build the image with the platform's own tool"
)
build_images = _refused(
    "build_images", "an image builder, and drawloom builds no images", "build them with the platform's tool"
)
serve = _refused("serve", "a platform that serves applications", "start the application by itself")
with_servecontext = _refused(
    "with_servecontext", "a platform that serves applications", "start the application by itself"
)
run_python_script = _refused("run_python_script", "a cluster to send the script to", "run the script with Python")
upload_file = _refused("upload_file", "a platform's storage", "write through drawloom.io.File")
upload_dir = _refused("upload_dir", "a platform's storage", "write through drawloom.io.Dir")
load_interactive_ctx = _refused(
    "load_interactive_ctx", "a container that was stopped for debugging", "debug this process"
)


class _Elsewhere(type):
    """A class of things on a platform: it can be named in annotations; looking one up or making one is refused."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _refused(f"{cls.__name__}.{name}", "a platform to ask, and drawloom talks to none", _REGISTER)

    def __call__(cls, *_: Any, **__: Any) -> NoReturn:
        raise UnsupportedHereError(
            f"{cls.__name__} is on a platform, and drawloom talks to none", where=cls.__name__, fix=_REGISTER
        )


class FlyteRemote(metaclass=_Elsewhere):
    """Flyte 1's client of a platform."""


class Action(metaclass=_Elsewhere):
    """An action on a platform."""


class Task(metaclass=_Elsewhere):
    """A task that is registered on a platform."""


class Trigger(metaclass=_Elsewhere):
    """A trigger on a platform."""


class App(metaclass=_Elsewhere):
    """An application on a platform."""


class Project(metaclass=_Elsewhere):
    """A project on a platform."""


class Secret(metaclass=_Elsewhere):
    """A secret on a platform."""


class User(metaclass=_Elsewhere):
    """A user of a platform."""


class SensorEngine(metaclass=_Elsewhere):
    """The service that asks sensors on a platform. A local run asks them itself."""
