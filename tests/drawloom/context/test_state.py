"""The one record: set, changed for a block, restored by token, carried by threads and tasks."""

import asyncio
import contextvars
import subprocess
import sys
import threading

import pytest

from drawloom import context
from drawloom.context import AmbientState, ExecutionMode, ExecutionState, current, using


def test_nothing_is_set_at_the_bottom():
    state = AmbientState()
    assert (state.trace, state.task, state.execution, state.mode, state.level) == (None, None, None, None, 0)


def test_using_changes_a_copy_for_the_block_and_nests():
    with using(group="a") as first:
        with using(raw_data_path="x"):
            assert (current().group, current().raw_data_path) == ("a", "x")
        assert current() is first
    assert current().group is None


def test_using_restores_when_the_block_raises():
    with pytest.raises(KeyError), using(group="a"):
        raise KeyError
    assert current().group is None


def test_one_using_can_be_entered_again_inside_itself():
    block = using(group="a")
    with block:
        with block:
            assert current().group == "a"
        assert current().group == "a"
    assert current().group is None


def test_the_record_cannot_be_changed():
    with pytest.raises(AttributeError):
        current().group = "x"


def test_mode_is_the_execution_states(tmp_path):
    with using(execution=ExecutionState(tmp_path, mode=ExecutionMode.LOCAL_TASK_EXECUTION)) as state:
        assert state.mode is ExecutionMode.LOCAL_TASK_EXECUTION


def test_of_is_the_constructor():
    values = dict(vars(AmbientState(group="g", level=3)))
    assert AmbientState.of(values) == AmbientState(group="g", level=3)


def test_a_new_thread_starts_at_the_bottom_and_a_copied_context_travels():
    seen = []
    with using(group="a"):
        copied = contextvars.copy_context()
        threads = [
            threading.Thread(target=lambda: seen.append(current().group)),
            threading.Thread(target=lambda: copied.run(lambda: seen.append(current().group))),
        ]
        for thread in threads:
            thread.start()
            thread.join()
    assert seen == [None, "a"]


def test_asyncio_tasks_keep_their_records_apart():
    async def one(name):
        with using(group=name):
            await asyncio.sleep(0)
            return current().group

    async def main():
        return await asyncio.gather(*(one(str(n)) for n in range(50)))

    assert asyncio.run(main()) == [str(n) for n in range(50)]


def test_reading_the_record_loads_no_room():
    code = (
        "import sys; from drawloom import context; context.current(); "
        "print(*sorted(m for m in sys.modules if m.startswith('drawloom.context')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": ":".join(sys.path)}
    )
    assert done.stdout.split() == [
        "drawloom.context",
        "drawloom.context.execution",
        "drawloom.context.runner",
        "drawloom.context.state",
    ]


@pytest.mark.parametrize("name", context.__all__)
def test_every_exported_name_is_there(name):
    assert getattr(context, name) is not None


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        context.nothing
