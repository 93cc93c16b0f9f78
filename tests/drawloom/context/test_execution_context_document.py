"""The samples of the document "Execution Context", as printed, each under its paragraph's title."""

import asyncio
import contextvars

import pytest

from drawloom import flyte
from drawloom.flyte.models import TaskContext

env = flyte.TaskEnvironment("execution-context")


def test_accessing_the_task_context(capsys):
    @env.task
    def my_task():
        ctx = flyte.ctx()
        if ctx:
            print(f"Running action: {ctx.action}")
            print(f"Attempt number: {ctx.attempt_number}")

    flyte.run(my_task)
    shown = capsys.readouterr().out
    assert "Running action: ActionID(" in shown
    assert "Attempt number: 0" in shown
    assert flyte.ctx() is None


def test_the_task_context_interface_counts_attempts():
    seen = []

    @env.task(retries=2)
    def flaky() -> int:
        seen.append(flyte.ctx().attempt_number)
        if len(seen) < 3:
            raise RuntimeError("again")
        return len(seen)

    assert flyte.run(flaky).outputs()[0] == 3
    assert seen == [0, 1, 2]


def test_attempt_number_is_what_a_cluster_says_when_a_cluster_says_it(monkeypatch):
    monkeypatch.setenv("FLYTE_ATTEMPT_NUMBER", "4")
    assert TaskContext(action=flyte.models.ActionID(name="a")).attempt_number == 4


def test_state_management_with_checkpoints():
    seen = []

    @env.task(retries=3)
    def use_checkpoint(n_iterations: int) -> int:
        checkpoint = flyte.ctx().checkpoint

        # Load previous state if it exists
        path = checkpoint.load_sync()
        if path:
            with open(path, "rb") as f:
                index = int(f.read().decode())
        else:
            index = 0

        # ... perform work ...
        seen.append(index)

        # Save state for the next attempt
        checkpoint.save_sync(f"{index + 1}".encode())
        if index + 1 < n_iterations:
            raise RuntimeError("the machine went away")
        return index

    assert flyte.run(use_checkpoint, n_iterations=3).outputs()[0] == 2
    assert seen == [0, 1, 2]


def test_the_checkpoint_is_made_once_for_an_attempt():
    @env.task
    def same() -> bool:
        return flyte.ctx().checkpoint is flyte.ctx().checkpoint

    assert flyte.run(same).outputs()[0] is True


def test_using_the_custom_context_manager():
    @env.task
    async def downstream_task(x: int) -> int:
        assert flyte.ctx().custom_context == flyte.get_custom_context()
        return x + int(flyte.get_custom_context()["increment"])

    @env.task
    async def main(x: int) -> int:
        vals = []
        for i in range(3):
            # Injects 'increment' into the context of downstream_task
            with flyte.custom_context(increment=str(i)):
                vals.append(await downstream_task(x))
        return sum(vals)

    assert flyte.run(main, x=10).outputs()[0] == 33
    assert flyte.get_custom_context() == {}


def test_context_and_context_data():
    from drawloom.context import Context, ContextData, root_context_var

    @env.task
    def inner() -> str:
        outer = root_context_var.get()
        assert outer.data.task_context is flyte.ctx()
        new_tctx = flyte.ctx().replace(version="other")
        with flyte.ctx().replace_task_context(new_tctx):
            assert flyte.ctx().version == "other"
            with flyte.ctx().replace_task_context(flyte.ctx().replace(version="third")):
                assert flyte.ctx().version == "third"
            assert flyte.ctx().version == "other"
        return flyte.ctx().version

    assert flyte.with_runcontext(version="mine").run(inner).outputs()[0] == "mine"
    assert root_context_var.get().data == ContextData()
    with pytest.raises(ValueError, match="ContextData"):
        Context(None)


def test_contextual_execution_isolates_what_is_set():
    from drawloom.context import ActionID, Context, ContextData, contextual_run, root_context_var

    changed = Context(ContextData(task_context=TaskContext(action=ActionID(name="x"))))
    other = contextvars.ContextVar("other", default=0)

    async def change():
        root_context_var.set(changed)
        other.set(1)
        await asyncio.sleep(0)
        assert flyte.ctx().action.name == "x"
        return "done"

    async def main():
        assert await contextual_run(change) == "done"
        assert flyte.ctx() is None
        assert other.get() == 0

    asyncio.run(main())

    def change_sync():
        root_context_var.set(changed)
        return flyte.ctx().action.name

    assert contextual_run(change_sync) == "x"
    assert flyte.ctx() is None


def test_the_same_context_can_be_entered_inside_itself():
    from drawloom.context import ActionID, Context, ContextData

    ctx = Context(ContextData(task_context=TaskContext(action=ActionID(name="x"))))
    with ctx:
        with ctx:
            assert flyte.ctx().action.name == "x"
        assert flyte.ctx().action.name == "x"
    assert flyte.ctx() is None


def test_raw_data_resolution():
    from drawloom.context import ActionID, Context, ContextData, RawDataPath

    general = Context(ContextData(raw_data_path=RawDataPath("general")))
    assert general.raw_data == "general"
    task = TaskContext(action=ActionID(name="x"), raw_data_path="of-the-task")
    assert general.replace_task_context(task).raw_data == "of-the-task"
    assert general.replace_task_context(task.replace(raw_data_path="")).raw_data == "general"
    with pytest.raises(ValueError, match="Raw data path has not been set in the context"):
        _ = Context(ContextData()).raw_data


def test_the_root_variable_is_the_one_of_the_document():
    from drawloom.context import Context, ContextData
    from drawloom.flyte._context import root_context_var

    assert root_context_var.name == "root"
    assert isinstance(root_context_var.get(), Context)
    assert root_context_var.get().data == ContextData()


def test_the_checkpoint_is_built_from_the_paths_that_the_runtime_gives(tmp_path):
    from drawloom.context import ActionID, CheckpointPaths

    context = TaskContext(action=ActionID(name="a"))
    assert context.checkpoint is None
    paths = CheckpointPaths(str(tmp_path / "before"), str(tmp_path / "now"))
    checkpoint = context.replace(checkpoint_paths=paths).checkpoint
    assert isinstance(checkpoint, flyte.Checkpoint)
    assert not checkpoint.prev_exists()
    checkpoint.save_sync(b"state")
    assert (tmp_path / "now").exists()


def test_the_attributes_of_the_interface_are_there_and_cannot_be_changed():
    @env.task
    def look() -> None:
        ctx = flyte.ctx()
        assert isinstance(ctx, TaskContext)
        assert isinstance(ctx.action, flyte.models.ActionID)
        assert isinstance(ctx.attempt_number, int)
        assert isinstance(ctx.raw_data_path, str)
        assert isinstance(ctx.custom_context, dict)
        assert isinstance(ctx.checkpoint, flyte.Checkpoint)
        with pytest.raises(AttributeError):
            ctx.version = "other"

    flyte.with_runcontext(custom_context={"a": "b"}).run(look)


def test_metadata_set_in_a_sync_task_reaches_async_ones_and_threads():
    import threading

    @env.task
    async def inside() -> str:
        await asyncio.sleep(0)
        return flyte.ctx().custom_context["k"]

    @env.task
    def main() -> list[str]:
        with flyte.custom_context(k="v"):
            got = list(flyte.map(inside_of, [1]))
            context = contextvars.copy_context()
            seen = []
            thread = threading.Thread(target=lambda: seen.append(context.run(lambda: flyte.get_custom_context()["k"])))
            thread.start()
            thread.join()
            return got + seen + [asyncio.run(inside())]

    @env.task
    async def inside_of(n: int) -> str:
        return await inside()

    assert flyte.run(main).outputs()[0] == ["v"] * 3


def test_a_change_in_one_branch_is_not_seen_in_another():
    from drawloom.context import contextual_run, root_context_var

    async def branch(name):
        root_context_var.set(root_context_var.get().new_metadata((("who", name),)))
        await asyncio.sleep(0)
        return dict(root_context_var.get().data.metadata)

    async def main():
        return await asyncio.gather(contextual_run(branch, "a"), contextual_run(branch, "b"))

    assert asyncio.run(main()) == [{"who": "a"}, {"who": "b"}]
    assert root_context_var.get().data.metadata is None
