"""What a person sees of a task's error: their own frames."""

import traceback

from drawloom import task, workflow
from literals import attempt
from meta import _source


@task
def fails(a: int) -> int:
    raise KeyError("k", a)


@workflow
def outer(a: int) -> int:
    return fails(a=a)


def test_a_users_error_shows_the_call_and_the_task_and_hardly_a_frame_of_ours():
    error = attempt(outer, a=3).error
    assert isinstance(error, KeyError)
    assert error.args == ("k", 3)
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f.name for f in frames if f.filename.startswith(str(_source.SRC)) and "foreign" not in f.filename]
    assert frames[-1].name == "fails"
    assert ours == ["__call__", "call_entity"]
