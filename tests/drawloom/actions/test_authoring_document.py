"""The document "Authoring Structure", paragraph by paragraph: the classes it names, and what each call pattern does."""

import importlib
import pathlib

import pytest

from compiler import NodeOutput, Promise, Trace
from drawloom.context import FlyteContextManager, current, using
from literals import pb


@pytest.fixture
def program(monkeypatch):
    monkeypatch.syspath_prepend(str(pathlib.Path(__file__).parents[1] / "programs"))
    module = importlib.import_module("authoring")
    module.calls.clear()
    return module


@pytest.mark.parametrize(
    "path",
    ["extend.TypeEngine", "core.base_task.Task", "core.base_task.PythonTask", "core.python_function_task.PythonAutoContainerTask",
     "core.python_function_task.PythonFunctionTask", "core.python_function_task.PythonInstanceTask", "extras.sqlite3.task.SQLite3Task",
     "core.workflow.PythonFunctionWorkflow", "core.launch_plan.LaunchPlan", "FlyteContext", "extend.Promise", "core.promise.Promise",
     "core.promise.NodeOutput"],
)  # fmt: skip
def test_the_document_names_things_where_they_are(path):
    module, _, name = f"drawloom.flytekit.{path}".rpartition(".")
    assert getattr(importlib.import_module(module), name) is not None


def test_type_engine():
    from drawloom.flytekit.extend import TypeEngine

    ctx = FlyteContextManager.current_context()
    expected = TypeEngine.to_literal_type(int)
    literal = TypeEngine.to_literal(ctx, 3, int, expected)
    assert literal.scalar.primitive.integer == 3
    assert TypeEngine.to_python_value(ctx, literal, int) == 3


def test_callable_entities_are_classes_behind_decorators_and_calls(program):
    import drawloom

    assert isinstance(program.t1, drawloom.PythonFunctionTask)
    assert isinstance(program.my_wf, drawloom.PythonFunctionWorkflow)
    assert isinstance(program.lp, drawloom.LaunchPlan)
    # The name of the function, the module, and the interface are detected.
    assert program.t2.name == "authoring.t2"
    assert program.t2.python_interface.inputs == {"a": str, "b": str}
    assert program.t1.python_interface.outputs == {"o0": int, "o1": str}


def test_raw_task_execution(program):
    # Called outside of a workflow, the original function is called.
    result = program.t1(a=3)
    assert tuple(result) == (5, "world")
    assert program.t2(a="b", b="a") == "ab"
    assert program.calls == ["t1", "t2"]
    assert program.t1.task_function(3) == (5, "world")


def test_task_execution_inside_workflow(program):
    assert tuple(program.my_wf(a=5, b="hello ")) == (7, "hello world")
    assert program.calls == ["t1", "t2"]


def test_a_promise_wraps_a_literal_or_a_node_output(program):
    literal = pb.Literal()
    literal.scalar.primitive.integer = 7
    ready = Promise(var="o0", val=literal)
    assert ready.is_ready
    assert ready.val.scalar.primitive.integer == 7
    output = NodeOutput(node=program.my_wf.nodes[0], var="o0")
    assert not Promise(var="o0", val=output).is_ready


def test_the_duality_between_compilation_and_local_execution(program):
    # Compiled as part of a workflow, the call creates a node, and gives promises that point to it.
    with using(trace=Trace("doc")) as state:
        trace = state.trace
        x, y = program.t1(a=3)
        assert isinstance(x, Promise)
        assert not x.is_ready
        assert len(trace.nodes) == 1
    assert program.calls == []
    # Executed locally, the values that the function returns are converted to literals and wrapped in promises.
    ready = program.t1.local_execute(FlyteContextManager.current_context(), a=3)
    assert [promise.val.scalar.primitive.WhichOneof("value") for promise in ready] == ["integer", "string_value"]
    # The next task's call unwraps them.
    assert (
        program.t2.local_execute(
            FlyteContextManager.current_context(), a=ready[1], b="hello "
        ).val.scalar.primitive.string_value
        == "hello world"
    )


def test_with_overrides_can_be_called_on_the_result(program):
    node = program.my_wf.nodes[0]
    assert node.overrides.name == "first"
    assert node.overrides.retries == 2


def test_compilation_tracks_data_dependency_by_node_outputs(program):
    assert [node.id for node in program.my_wf.nodes] == ["n0", "n1"]
    assert program.calls == []
    from compiler import compile_bundle
    from drawloom import interpreter

    template = interpreter.load(compile_bundle([program.my_wf]).bundle).workflows
    wf = next(value for key, value in template.items() if key.name == "authoring.my_wf")
    binding = next(b for b in wf.nodes[1].inputs if b.var == "a")
    assert (binding.binding.promise.node_id, binding.binding.promise.var) == ("n0", "o1")


def test_branch_skip(program):
    assert program.branching(a=1) == "one"
    assert program.branching(a=2) == "other"
    assert program.calls == ["one", "other"]


def test_the_same_applies_to_workflows_and_launch_plans(program):
    assert tuple(program.outer(a=1)) == (3, "hello world")
    assert tuple(program.lp(a=1)) == (3, "hello world")
    assert tuple(program.by_plan(a=1)) == (3, "hello world")


def test_what_a_call_does_depends_on_the_context_and_nothing_is_left_of_it(program):
    program.my_wf(a=1, b="")
    assert (current().trace, current().execution) == (None, None)
