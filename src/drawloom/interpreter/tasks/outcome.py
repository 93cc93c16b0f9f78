"""What an attempt of a task gives, its values as literals, its code.

A literal is bytes on this side and a Python value on the user's; the entity's codecs stand between.
"""

from __future__ import annotations

import contextvars
import importlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast, final

from drawloom.context import OUTPUT_METADATA, OutputMetadataTracker, current
from drawloom.interpreter.errors import EntityNotFoundError, InputError
from drawloom.interpreter.failures import Failure
from drawloom.interpreter.program.template_args import template_files
from literals import DrawloomError, attempt, foreign_text, preview
from typeengine import NamedCodecs

if TYPE_CHECKING:
    from drawloom.interpreter.program.entities import TaskEntity, TaskInterface


@final
class Outcome(NamedTuple):
    """What one attempt gave: outputs, or the expansion of a dynamic task, or a failure."""

    outputs: Mapping[str, bytes] | None = None
    failure: Failure | None = None
    expansion: Any = None


@final
class Pending(NamedTuple):
    """An async task that was called: the coroutine of its outcome, and the context to run it in."""

    coroutine: Any
    context: contextvars.Context


def as_outcome(given: dict[str, bytes] | Outcome | Pending) -> Outcome | Pending:
    """What a call gave, outputs alone being an outcome too."""
    return Outcome(given) if type(given) is dict else cast("Outcome | Pending", given)


def decode_inputs(interface: TaskInterface, inputs: Mapping[str, bytes], name: str) -> dict[str, Any]:
    """Python values for a call. An input that is not bound takes its default.

    Raises:
        InputError: an input is missing, or there is one that the task does not have.
        TypeTransformerFailedError: a literal is not of the input's type.
    """
    codecs = interface.input_codecs
    if extra := sorted(inputs.keys() - codecs.keys()):
        raise InputError(
            f"the task has no input {extra[0]!r}",
            where=name,
            expected=", ".join(codecs) or "none",
            got=preview(extra),
            fix="use the inputs' names",
        )
    for variable in codecs:
        if variable not in inputs and variable not in interface.default_inputs:
            raise InputError(
                f"input {variable!r} is missing",
                where=name,
                expected=", ".join(codecs),
                got=preview(sorted(inputs)),
                fix="give it a value",
            )
    given = NamedCodecs(codecs, name).decode(inputs)
    return {
        variable: given[variable] if variable in given else interface.default_inputs[variable] for variable in codecs
    }


def encode_outputs(entity: TaskEntity, result: Any, name: str) -> dict[str, bytes]:
    """Literals by output name of what the function returned, with what the task said about each.

    Raises:
        AssertionError, IndexError: too few or too many values (from the entity's `split_outputs`).
        TypeTransformerFailedError: a value is not of its output's type.
    """
    values = entity.split_outputs(result)
    outputs = NamedCodecs(entity.python_interface.output_codecs, name, "output").encode(values)
    said: OutputMetadataTracker | None = current().extras.get(OUTPUT_METADATA)
    return outputs if said is None else said.marked(values, outputs)


def load_entity(resolver: str, args: Sequence[str], *, where: str = "") -> Any:
    """Import the resolver by its dotted path and ask it for the task."""
    found = _import(resolver, where)
    if isinstance(found, type):
        made = attempt(found)
        found = made.value if made.error is None else None
    if found is None or not hasattr(found, "load_task"):
        raise EntityNotFoundError(
            f"{resolver!r} is not a resolver",
            where=where,
            expected="the dotted path of an object with load_task, or of its class",
            got=preview(found),
            fix="compile the program again from its source",
        )
    with template_files(args) as given:
        loaded = attempt(found.load_task, loader_args=given)
    if loaded.error is not None:
        reason = loaded.error.what if isinstance(loaded.error, DrawloomError) else foreign_text(loaded.error)
        raise EntityNotFoundError(
            f"the task's code cannot be loaded: {reason}",
            where=where,
            expected=f"{resolver} to find {' '.join(args)}",
            got=type(loaded.error).__name__,
            fix=_FLYTEKIT
            if getattr(loaded.error, "name", None) == "flytekit"
            else "put the module's folder on the path (PYTHONPATH, or `drawloom run --path FOLDER`), or compile again",
        ) from loaded.error
    if loaded.value is not None and not hasattr(loaded.value, "split_outputs"):
        raise EntityNotFoundError(
            f"the task's code is written for {type(loaded.value).__module__.partition('.')[0]}, which is installed here",
            where=where,
            expected="a task of drawloom",
            got=type(loaded.value).__name__,
            fix=_FLYTEKIT,
        )
    return loaded.value


_FLYTEKIT = (
    "run it by flytekit with `--python PATH`, an interpreter whose environment has flytekit; or pass `--as flytekit`, "
    "so that `import flytekit` in its module means drawloom"
)


def _import(dotted: str, where: str) -> Any:
    # A resolver of flytekit's is drawloom's of that name: it finds tasks by the same loader arguments.
    module, _, attribute = (f"drawloom.{dotted}" if dotted.startswith("flytekit.") else dotted).rpartition(".")
    imported = attempt(importlib.import_module, module)
    found = getattr(imported.value, attribute, None)
    if found is None:
        raise EntityNotFoundError(
            f"the task's resolver {dotted!r} cannot be imported",
            where=where,
            expected="the dotted path of an object with load_task",
            got=foreign_text(imported.error) if imported.error is not None else f"a module without {attribute}",
            fix="put the module on the path, or compile again with this version",
        ) from imported.error
    return found
