"""A body whose one output is optional may return None: at once, after work, or by ending, as a task's may."""

from typing import Annotated, NamedTuple, Optional, Union

import pytest

from compiler import compile_bundle
from compiler.errors import AuthoringError
from drawloom import dynamic, task, workflow
from literals import DrawloomError


class Named(NamedTuple):
    a: Optional[int]


@task
def same(x: int) -> int:
    return x


@dynamic
def chosen(n: int) -> Optional[int]:
    if n:
        return same(x=n)
    return None


@dynamic
def ends(n: int) -> Optional[int]:
    if n:
        return same(x=n)


@dynamic
def bare(n: int) -> Annotated[Union[int, str, None], "a note"]:
    if not n:
        return
    return n


@dynamic
def named(n: int) -> Named:
    return Named(same(x=n) if n else None)


@workflow
def after_work(n: int) -> Optional[int]:
    same(x=n)
    return None


@dynamic
def many(n: int) -> list[Optional[int]]:
    return [chosen(n=each) for each in range(n)]


@workflow
def wf(n: int) -> tuple[Optional[int], Optional[int], Union[int, str, None], Optional[int], Optional[int]]:
    return chosen(n=n), ends(n=n), bare(n=n), named(n=n).a, after_work(n=n)


@workflow
def of_many(n: int) -> list[Optional[int]]:
    return many(n=n)


def test_none_is_the_output():
    assert tuple(wf(n=0)) == (None,) * 5
    assert tuple(wf(n=3)) == (3, 3, 3, 3, None)
    assert of_many(n=3) == [None, 1, 2]
    outputs = compile_bundle([after_work]).bundle.workflows[0].primary.template.outputs
    assert outputs[0].binding.scalar.union.value.scalar.HasField("none_type")


@dynamic
def lacks_one(n: int) -> tuple[Optional[int], int]:
    if n:
        return None, n
    return None


@dynamic
def not_optional(n: int) -> int:
    if n:
        return n
    return None


@pytest.mark.parametrize("broken", [lacks_one, not_optional], ids=lambda broken: broken.name.rpartition(".")[2])
def test_none_for_what_is_not_optional_is_refused(broken):
    with pytest.raises(DrawloomError, match="returns nothing") as caught:
        broken(n=0)
    assert isinstance(caught.value, AuthoringError)
