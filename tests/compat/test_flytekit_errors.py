"""Errors that programs of flytekit's make themselves: with flytekit's arguments, caught by flytekit's names."""

from __future__ import annotations

import pytest

from drawloom import task, workflow
from drawloom.flytekit.exceptions import system, user
from drawloom.interpreter.failures import ErrorKind, Failure
from drawloom.interpreter.tasks.documents import error_document
from literals import DrawloomError


def body(a, b):
    """A function of the user's."""


MADE = [
    (user.FlyteMissingReturnValueException(body), "body: the function declares outputs"),
    (user.FlyteMissingReturnValueException(fn=body), "body: the function declares outputs"),
    (user.FlyteMissingTypeException(fn=body, param_name="b"), "body.b: the parameter has no type annotation"),
    (user.FlyteCompilationException(body), "body: the function cannot be compiled"),
    (user.FlyteValueException(3, "too small"), "too small\n  got: 3"),
    (user.FlyteTypeException(int, str), "expected: <class 'str'>\n  got: <class 'int'>"),
    (user.FlyteTypeException(received_type=int, expected_type=str, additional_msg="mine", received_value=3), "mine"),
    (user.FlyteDataNotFoundException("/nowhere"), "/nowhere"),
    (user.FlyteInvalidInputException("request"), "request"),
    (user.FlyteEntityNotFoundException("m", "e"), "'e'"),
    (user.FlyteAssertion("mine"), "mine"),
    (user.FlyteUserRuntimeException(ValueError("mine")), "mine"),
    (system.FlyteSystemException("mine"), "mine"),
    (system.FlyteNotImplementedException("mine"), "mine"),
    (system.FlyteEntrypointNotLoadable("m", "t"), "m.t"),
    (system.FlyteNonRecoverableSystemException(ValueError("mine")), "ValueError: mine"),
]


@pytest.mark.parametrize(("error", "words"), MADE, ids=lambda v: type(v).__name__)
def test_an_error_is_made_of_flytekits_arguments(error, words):
    assert isinstance(error, DrawloomError)
    assert words in str(error)


class Failing(Exception):
    """Says its code, as flytekit lets errors do."""

    def __init__(self, code):
        super().__init__("mine")
        self.error_code = code


class Raising(Exception):
    @property
    def error_code(self):
        raise RuntimeError("no code")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Failing("MINE:Odd"), "MINE:Odd"),
        (Failing(422), "422"),
        (Failing(None), "USER:RuntimeError"),
        (Failing([1]), "USER:RuntimeError"),
        (Failing(True), "USER:RuntimeError"),  # noqa: FBT003 - a value like any other
        (Raising(), "USER:RuntimeError"),
        (ValueError("mine"), "USER:RuntimeError"),
    ],
    ids=["text", "number", "none", "list", "bool", "fails", "without"],
)
def test_the_code_that_an_error_says_is_the_documents(error, code):
    assert user.FlyteUserRuntimeException(error).error_code == code
    assert user.FlyteUserRuntimeException(error).value is error
    assert error_document(Failure(error, ErrorKind.USER)).error.code == code


def untyped(a) -> int:
    return a


def silent(a: int) -> int:
    """It does not return."""


def gives_text(a: int) -> int:
    return "x"


@task
def wrong(a: int) -> int:
    return gives_text(a)


def two_mistakes():
    @workflow
    def wf(a: str) -> int:
        wrong(b=1)
        return wrong(a=a)

    wf(a="x")


def test_what_drawloom_raises_is_caught_by_the_same_names():
    for make, names in (
        (lambda: task(untyped), (user.FlyteMissingTypeException, user.FlyteCompilationException, TypeError)),
        (lambda: task(silent), (user.FlyteMissingReturnValueException, user.FlyteCompilationException)),
        (lambda: wrong(a=1), (user.FlyteTypeException, TypeError)),
        (two_mistakes, (user.FlyteCompilationException, user.FlyteAssertion)),
    ):
        for name in names:
            with pytest.raises(name):
                make()
