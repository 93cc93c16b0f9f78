"""The errors of authoring and compiling. Who is at fault is always the author of the workflow, so each names a line.

Classes derive from the builtin ones that Flyte's users catch: AssertionError, ValueError, TypeError.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypedDict

from compiler.source_location import SourceLocation, nearest
from literals import DrawloomError, preview

if TYPE_CHECKING:
    from typing_extensions import Unpack


class ErrorParts(TypedDict, total=False):
    """The parts of an error's text beside what happened."""

    where: str
    expected: str
    got: str
    fix: str
    location: SourceLocation | None


class AuthoringError(DrawloomError):
    """A mistake in an entity or a workflow. `location` is the line in the user's source; None when no line is known.

    Where no location is given, it is the user's line that is running when the error is made; `finds_location` switches
    that off for errors that also arise while a task runs.
    """

    finds_location = True

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        expected: str = "",
        got: str = "",
        fix: str = "",
        location: SourceLocation | None = None,
    ) -> None:
        super().__init__(what, where=where, expected=expected, got=got, fix=fix)
        self.location = location if location is not None or not self.finds_location else nearest()

    def __str__(self) -> str:
        text = super().__str__()
        if self.location is None:
            return text
        snippet = self.location.snippet()
        return f"{text}\n  at {self.location}" + (f"\n{snippet}" if snippet else "")


class FlyteAssertion(AuthoringError, AssertionError):  # noqa: N818 - the name that Flyte's users catch
    """A rule of authoring was broken: arguments, names, overrides, shapes of outputs."""


class OutputCountError(FlyteAssertion, ValueError, IndexError):
    """More or fewer values are returned than outputs are declared, by a workflow's body or by a task."""

    finds_location = False


class FlyteValidationException(FlyteAssertion):
    """A workflow's shape is wrong."""


class ArgumentError(FlyteAssertion, TypeError, ValueError):
    """A call does not fit the signature: missing, unknown, repeated or too many arguments."""


class BindingError(FlyteAssertion, TypeError, ValueError):
    """What is bound to an input or output does not fit its type."""


class PromiseUseError(FlyteAssertion, TypeError, ValueError):
    """A promise was used as if it were the value that it stands for."""


class MissingMemberError(PromiseUseError, AttributeError):
    """The type of a promise has no such attribute or item. `hasattr` and `getattr` with a default see it as absent."""


class OptionError(AuthoringError, AssertionError, ValueError, TypeError):
    """An option of an entity has a wrong value, or two of them contradict each other."""


class NotImportableError(FlyteAssertion, ValueError):
    """Another process cannot find an entity again by import, so that it cannot be written for one."""


class NotRunnableError(AuthoringError, NotImplementedError):
    """The entity exists only as a signature here, so it cannot be run here."""


class FlyteCompilationException(AuthoringError):  # noqa: N818 - the name that Flyte's users catch
    """A function cannot be made an entity. Also made as flytekit's is: of a function, and the name of a parameter.

    Attributes: `fn` and `param_name`, where they were given.
    """

    sentence = "the function cannot be compiled"

    def __init__(
        self, fn: str | Callable[..., object] = "", param_name: str | None = None, **parts: Unpack[ErrorParts]
    ) -> None:
        self.fn = None if isinstance(fn, str) else fn
        self.param_name = param_name
        if not isinstance(fn, str):
            parts = {"where": ".".join(filter(None, [fn.__name__, param_name])), **parts}
            fn = self.sentence
        super().__init__(fn, **parts)


class FlyteMissingTypeException(FlyteCompilationException, TypeError):  # noqa: N818 - the name that Flyte's users catch
    """A parameter has no type annotation."""

    sentence = "the parameter has no type annotation"


class FlyteMissingReturnValueException(FlyteCompilationException, ValueError):  # noqa: N818 - likewise
    """A function declares outputs and never returns a value."""

    sentence = "the function declares outputs and never returns a value"


class FlyteValueException(AuthoringError, ValueError):  # noqa: N818 - the name that Flyte's users catch
    """A value is present where none may be, or the other way round. Also made as flytekit's is: of the value and a message."""

    def __init__(self, received_value: object, error_message: str = "", **parts: Unpack[ErrorParts]) -> None:
        if error_message:
            parts = {"got": preview(received_value), **parts}
        super().__init__(error_message or str(received_value), **parts)


class FlyteFailureNodeInputMismatchException(FlyteAssertion):
    """A failure handler's inputs do not take what the workflow gives."""


class NameConflictError(FlyteAssertion, ValueError):
    """Two different entities or nodes have one name."""


class CompileError(FlyteCompilationException, FlyteAssertion, TypeError, ValueError):
    """Everything that is wrong with one workflow, at once. `problems` are the single errors in source order."""

    def __init__(self, name: str, problems: Sequence[AuthoringError]) -> None:
        super().__init__(f"{len(problems)} mistakes in this workflow", where=name, location=problems[0].location)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        numbered = (f"{number}. {problem}" for number, problem in enumerate(self.problems, 1))
        return "\n".join([f"{self.where}: {self.what}", *numbered])
