"""Flyte 1's contexts: the names, the modes, the stack. Titles are those of the document on the context classes."""

import asyncio
import contextvars
import threading

import pytest

from drawloom.context import (
    BranchEvalMode,
    CompilationState,
    ExecutionMode,
    ExecutionState,
    FlyteContext,
    FlyteContextManager,
    FlyteEntities,
    current,
    new_context,
    using,
)

LOCAL = {
    ExecutionMode.LOCAL_WORKFLOW_EXECUTION,
    ExecutionMode.LOCAL_TASK_EXECUTION,
    ExecutionMode.EAGER_LOCAL_EXECUTION,
    ExecutionMode.LOCAL_DYNAMIC_TASK_EXECUTION,
}


class TestExecutionStateMode:
    def test_defines_the_possible_execution_modes(self):
        assert [(mode.name, mode.value) for mode in ExecutionState.Mode] == [
            ("TASK_EXECUTION", 1), ("LOCAL_WORKFLOW_EXECUTION", 2), ("LOCAL_TASK_EXECUTION", 3), ("DYNAMIC_TASK_EXECUTION", 4),
            ("EAGER_EXECUTION", 5), ("EAGER_LOCAL_EXECUTION", 6), ("LOCAL_DYNAMIC_TASK_EXECUTION", 7),
        ]  # fmt: skip

    @pytest.mark.parametrize("mode", ExecutionMode)
    def test_a_purely_local_execution_is_one_without_container_or_propeller(self, tmp_path, mode):
        assert ExecutionState(tmp_path, mode=mode).is_local_execution() is (mode in LOCAL)

    def test_the_three_way_branch_mode_is_none_outside_a_conditional(self, tmp_path):
        state = ExecutionState(tmp_path)
        assert state.branch_eval_mode is None
        state.take_branch()
        assert state.branch_eval_mode is BranchEvalMode.BRANCH_ACTIVE
        state.branch_complete()
        assert state.branch_eval_mode is BranchEvalMode.BRANCH_SKIPPED

    def test_with_params_changes_what_is_given(self, tmp_path):
        state = ExecutionState(tmp_path).with_params(mode=ExecutionMode.TASK_EXECUTION)
        assert (state.working_dir, state.mode, state.engine_dir) == (
            tmp_path,
            ExecutionMode.TASK_EXECUTION,
            f"{tmp_path}/engine_dir",
        )

    def test_it_needs_a_working_dir(self):
        with pytest.raises(ValueError, match="working_dir"):
            ExecutionState("")


def test_compilation_state_is_used_during_compilation():
    state = CompilationState("p")
    state.add_node("n0")
    assert (state.prefix, state.mode, state.nodes) == ("p", 1, ["n0"])
    other = state.with_params(prefix="q", resolver="r")
    assert (other.prefix, other.task_resolver, other.nodes) == ("q", "r", [])


class TestFlyteContextManager:
    def test_current_context_is_there_outside_any_execution(self):
        ctx = FlyteContextManager.current_context()
        assert ctx.compilation_state is None
        assert ctx.execution_state.mode is None
        assert ctx.user_space_params.execution_id.name == "local"
        assert FlyteContext.current_context() == ctx

    def test_with_context_is_active_for_the_block(self):
        before = FlyteContextManager.size()
        state = CompilationState("x")
        with FlyteContextManager.with_context(
            FlyteContextManager.current_context().with_compilation_state(state)
        ) as ctx:
            assert FlyteContextManager.current_context().compilation_state is state
            assert current().compilation is state
            assert (ctx.level, FlyteContextManager.size()) == (1, before + 1)
        assert current().compilation is None
        assert FlyteContextManager.size() == before

    def test_push_and_pop(self, tmp_path):
        first = (
            FlyteContextManager.current_context()
            .with_execution_state(ExecutionState(tmp_path, mode=ExecutionMode.TASK_EXECUTION))
            .build()
        )
        FlyteContextManager.push_context(first)
        assert current().mode is ExecutionMode.TASK_EXECUTION
        assert FlyteContextManager.pop_context().execution_state is first.execution_state
        assert current().mode is None
        with pytest.raises(IndexError, match="push_context"):
            FlyteContextManager.pop_context()

    def test_builders_set_every_member(self, tmp_path):
        ctx = FlyteContextManager.current_context()
        builder = (
            ctx.new_builder()
            .with_file_access("fa")
            .with_serialization_settings("ss")
            .with_output_metadata_tracker("t")
            .with_worker_queue("q")
        )
        with FlyteContextManager.with_context(builder):
            now = FlyteContextManager.current_context()
            assert (now.file_access, now.serialization_settings, now.output_metadata_tracker, now.worker_queue) == (
                "fa",
                "ss",
                "t",
                "q",
            )
        assert ctx.with_client("c").build().flyte_client == "c"
        assert ctx.with_new_compilation_state().build().compilation_state.prefix == ""
        assert ctx.with_file_access("f").build().file_access == "f"
        assert ctx.with_serialization_settings("s").build().serialization_settings == "s"
        assert ctx.with_output_metadata_tracker("m").build().output_metadata_tracker == "m"
        assert ctx.with_worker_queue("w").build().worker_queue == "w"
        assert FlyteContext.Builder is type(builder)

    def test_a_conditional_section_skips_until_a_branch_is_taken(self, tmp_path):
        ctx = FlyteContextManager.current_context().with_execution_state(ExecutionState(tmp_path)).build()
        inside = ctx.enter_conditional_section().build()
        assert inside.in_a_condition
        assert inside.execution_state.branch_eval_mode is BranchEvalMode.BRANCH_SKIPPED
        assert ctx.execution_state.branch_eval_mode is None

    def test_each_thread_and_each_asyncio_task_has_its_own_stack(self):
        sizes = []

        async def one():
            with new_context(), new_context():
                await asyncio.sleep(0)
                return FlyteContextManager.size()

        async def main():
            return await asyncio.gather(one(), one())

        with new_context():
            thread = threading.Thread(target=lambda: sizes.append(FlyteContextManager.size()))
            thread.start()
            thread.join()
        assert sizes == [1]
        assert asyncio.run(main()) == [3, 3]

    def test_a_context_keeps_the_rest_of_the_record(self):
        with using(group="g"), new_context():
            assert current().group == "g"

    def test_initialize_forgets_everything(self):
        def inside():
            FlyteContextManager.push_context(FlyteContextManager.current_context())
            FlyteContextManager.initialize()
            return FlyteContextManager.size()

        assert contextvars.copy_context().run(inside) == 1

    def test_stack_frames_and_signal_handlers(self):
        frame = FlyteContextManager.get_origin_stackframe(limit=1)
        ctx = FlyteContextManager.current_context()
        ctx.set_stackframe(frame)
        assert ctx.get_origin_stackframe_repr() == f"{frame.filename}:{frame.lineno}"
        FlyteContextManager.add_signal_handler(print)
        assert FlyteContextManager.signal_handlers.pop() is print


def test_flyte_entities_is_one_list():
    assert isinstance(FlyteEntities.entities, list)
