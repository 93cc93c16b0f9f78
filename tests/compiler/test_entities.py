"""Tasks, workflows and launch plans as Flyte's users know them: names, properties, resolvers, docstrings."""

from __future__ import annotations

import sys
import threading

import pytest

import compiler
from compiler import (
    Docstring,
    FlyteMissingReturnValueException,
    Interface,
    LaunchPlan,
    PythonFunctionTask,
    PythonInstanceTask,
    ResolverError,
    SerializationSettings,
    TaskMetadata,
    TaskPlugins,
    compile_bundle,
    declared_in,
    default_task_resolver,
    dns_name,
    load_resolver,
    task,
    workflow,
)
from literals import pb


@task(retries=2)
def inc(a: int, by: int = 1) -> int:
    """Add.

    Args:
        a: the number
        by: how much
    """
    return a + by


@workflow
def wf(a: int, b: str = "x") -> int:
    return inc(a=a)


class Adder(PythonInstanceTask[None]):
    def __init__(self, name: str, amount: int):
        super().__init__(name=name, task_config=None, task_type="adder", interface=Interface({"a": int}, {"o0": int}))
        self.amount = amount

    def execute(self, **kwargs):
        return kwargs["a"] + self.amount


add_five = Adder("entities.add_five", 5)


def test_a_task_is_named_by_module_and_function():
    assert inc.name == f"{__name__}.inc"
    assert inc.task_type == "python-task"
    assert inc.metadata.retries == 2
    assert inc.task_function(2) == 3
    assert inc.__name__ == "inc"
    assert list(inc.python_interface.inputs) == ["a", "by"]


def test_the_interface_is_a_message_with_descriptions():
    variables = inc.interface.inputs.variables
    assert variables["a"].description == "the number"
    assert inc.interface.outputs.variables["o0"].description == "o0"


def test_a_workflow_has_the_members_of_flytes_class():
    assert wf.short_name == "wf"
    assert [node.id for node in wf.nodes] == ["n0"]
    assert wf.output_bindings[0].binding.promise.node_id == "n0"
    assert wf.failure_node is None
    assert wf.construct_node_metadata().name == "wf"
    assert wf.workflow_metadata_defaults.interruptible is False
    assert wf.get_all_tasks() == []
    assert wf.location == f"{wf.instantiated_in}.wf"
    assert wf.lhs == wf.find_lhs() == "wf"


def test_the_default_resolver_leads_back_to_the_task():
    args = default_task_resolver.loader_args(SerializationSettings(), inc)
    assert args[0] == "task-module"
    assert args[3] == "inc"
    assert default_task_resolver.load_task(["task-module", __name__, "task-name", "inc"]) is inc
    assert load_resolver("compiler.default_task_resolver") is default_task_resolver


@pytest.mark.parametrize(
    "args",
    [["task-module", "no.such.module", "task-name", "x"], ["task-module", "compiler", "task-name", "nope"], ["x"]],
)
def test_loader_arguments_that_lead_nowhere_are_one_clear_error(args):
    with pytest.raises(ResolverError):
        default_task_resolver.load_task(args)


def test_an_instance_task_is_found_by_its_variable():
    assert add_five.lhs == "add_five"
    assert default_task_resolver.loader_args(SerializationSettings(), add_five)[-1] == "add_five"
    made = add_five.dispatch_execute(
        None, pb.LiteralMap(literals={"a": pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=2)))})
    )
    assert made.literals["o0"].scalar.primitive.integer == 7


def test_tasks_made_in_a_body_belong_to_the_workflow():
    @workflow
    def outer(a: int) -> int:
        @task
        def inside(x: int) -> int:
            return x

        return inside(x=a)

    outer.compile()
    (inner,) = outer.get_all_tasks()
    assert inner.name.startswith(f"{outer.name}.")
    assert outer.load_task(outer.loader_args(SerializationSettings(), inner)) is inner
    with pytest.raises(ResolverError):
        outer.load_task(["7"])


def test_a_plugin_class_is_chosen_by_the_configuration():
    class Config:
        pass

    class Plugin(PythonFunctionTask[Config]):
        def __init__(self, task_config, task_function, **kwargs):
            super().__init__(task_config, task_function, task_type="plugin", **kwargs)

        def get_custom(self, settings):
            return {"n": 1, "nested": [1, None, {"x": "y"}]}

    TaskPlugins.register_pythontask_plugin(Config, Plugin)

    @task(task_config=Config())
    def planned(a: int) -> int:
        return a

    assert isinstance(planned, Plugin)
    template = compile_bundle([planned]).specs[0][2].template
    assert template.type == "plugin"
    assert template.custom["n"] == 1


def test_calling_in_a_workflow_does_not_run_the_function():
    ran = []

    @task
    def effect(a: int) -> int:
        ran.append(a)
        return a

    @workflow
    def calls(a: int) -> int:
        return effect(a=a)

    calls.compile()
    assert ran == []


@pytest.mark.parametrize(
    "text",
    [
        "Short.\n\nLong text.\n\nArgs:\n    a: the a\n        goes on\n    b (int): the b\n\nReturns:\n    int: the result\n",
        "Short.\n\nLong text.\n\n:param a: the a\n    goes on\n:param int b: the b\n:return: the result\n",
        "Short.\n\nLong text.\n\n@param a: the a\n    goes on\n@param b: the b\n@return: the result\n",
        "Short.\n\nLong text.\n\nParameters\n----------\na : int\n    the a\n    goes on\nb : int\n    the b\n\nReturns\n-------\nint\n    the result\n",
    ],
    ids=["google", "rest", "epydoc", "numpy"],
)
def test_docstrings_of_four_styles_say_the_same(text):
    doc = Docstring(text)
    assert doc.short_description == "Short."
    assert doc.long_description == "Long text."
    assert doc.input_descriptions == {"a": "the a\ngoes on", "b": "the b"}
    assert doc.describe_outputs(["o0", "o1"]) == {"o0": "the result", "o1": "the result"}


def test_a_docstring_without_marks_is_all_description():
    doc = Docstring("One line")
    assert (doc.short_description, doc.long_description, doc.input_descriptions) == ("One line", None, {})
    assert Docstring(None).short_description is None


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("Camel__Case..Node--NAME_", "camel--case--node--n-a-m-e"),
        ("My_Node.Name", "my-node-name"),
        ("_x!y z", "xyz"),
        ("9A", "9-a"),
        ("x" * 70, "e5afcce453-" + "x" * 52),
    ],
)
def test_node_names_become_dns_names(name, made):
    assert dns_name(name) == made


def test_a_function_that_only_raises_may_declare_outputs():
    def only_raises(a: int) -> int:
        raise KeyError(a)

    def sometimes(a: int) -> int:
        if a:
            raise KeyError(a)

    def one_way(a: int) -> int:
        if a:
            return a

    assert task(only_raises).python_interface.outputs == {"o0": int}
    assert task(one_way).python_interface.outputs == {"o0": int}
    with pytest.raises(FlyteMissingReturnValueException):
        task(sometimes)


def test_outputs_are_split_and_joined():
    two = Interface({}, {"x": int, "y": str}, output_tuple_name="Two")
    assert two.split_outputs((1, "a")) == {"x": 1, "y": "a"}
    assert two.join_outputs({"x": 1, "y": "a"}).y == "a"
    assert type(two.join_outputs({"x": 1, "y": "a"})).__name__ == "Two"
    with pytest.raises(AssertionError, match="Length difference"):
        two.split_outputs((1, 2, 3))
    one = Interface({}, {"only": int}, output_tuple_name="One")
    assert one.split_outputs((3,)) == {"only": 3}
    assert Interface({}, {"o0": tuple[int]}).split_outputs((3,)) == {"o0": (3,)}
    assert Interface({}, {}).split_outputs("ignored") == {}


def test_interfaces_are_changed_by_copying():
    base = Interface({"a": int, "b": (str, "x")}, {"o0": int})
    assert base.default_inputs == {"b": "x"}
    assert list(base.remove_inputs(["a"]).inputs) == ["b"]
    assert list(base.with_inputs({"c": float}).inputs) == ["a", "b", "c"]
    assert list(base.with_outputs({"o1": str}).outputs) == ["o0", "o1"]
    with pytest.raises(AssertionError):
        base.with_inputs({"a": int})


def test_a_plan_can_be_cloned_with_changes():
    plan = LaunchPlan.create("entities.plan", wf, default_inputs={"a": 1}, fixed_inputs={"b": "y"}, max_parallelism=3)
    clone = plan.clone_with("entities.clone", max_parallelism=5)
    assert (clone.name, clone.max_parallelism, clone.saved_inputs) == ("entities.clone", 5, {"a": 1, "b": "y"})
    assert plan.max_parallelism == 3
    assert list(plan.parameters.parameters) == ["a"]
    assert plan.fixed_inputs.literals["b"].scalar.primitive.string_value == "y"
    assert plan.workflow is wf
    again = plan.clone_with("entities.again", parameters=plan.parameters, fixed_inputs=plan.fixed_inputs)
    assert again.saved_inputs == {"a": 1, "b": "y"}


def test_settings_travel_as_text():
    settings = SerializationSettings.for_image("reg/img:3", "v1", "p", "d")
    assert settings.image_config.default_image.full == "reg/img:3"
    back = SerializationSettings.from_transport(settings.with_serialized_context().env["_F_SS_C"])
    assert (back.project, back.domain, back.version, back.image_config.default_image) == (
        "p", "d", "v1", settings.image_config.default_image
    )  # fmt: skip


def test_metadata_is_checked_where_it_is_written():
    assert TaskMetadata(timeout=60).timeout.total_seconds() == 60
    for wrong in ({"timeout": "x"}, {"retries": -1}, {"cache": True}, {"cache_serialize": True}, {"interruptible": 1}):
        with pytest.raises(ValueError, match="."):
            TaskMetadata(**wrong)


def test_workflows_compiled_by_many_threads_are_those_compiled_by_one():
    def make(n: int):
        @workflow
        def chain(a: int) -> int:
            for _ in range(n):
                a = inc(a=a, by=n)
            return a

        return chain

    def written(flow) -> bytes:
        return compiler.Emitter().workflow_spec(flow).SerializeToString(deterministic=True)

    serial = [written(make(n)) for n in range(1, 65)]
    flows = [make(n) for n in range(1, 65)]
    made: dict[int, bytes] = {}
    barrier = threading.Barrier(64)

    def work(index: int) -> None:
        barrier.wait()
        made[index] = written(flows[index])

    threads = [threading.Thread(target=work, args=(i,)) for i in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [made[i] for i in range(64)] == serial


def test_one_workflow_compiled_by_many_threads_runs_its_body_once():
    runs = []

    @workflow
    def counted(a: int) -> int:
        runs.append(a)
        return inc(a=a)

    threads = [threading.Thread(target=counted.compile) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(runs) == 1


def test_every_export_exists():
    assert all(getattr(compiler, name) is not None for name in compiler.__all__)
    with pytest.raises(AttributeError, match="no_such_name"):
        compiler.no_such_name


def test_of_entities_with_one_name_the_latest_counts():
    import types

    module = types.ModuleType("declared_again")
    sys.modules[module.__name__] = module
    text = "from compiler import task\n@task\ndef again(a: int) -> int:\n    return a\n"
    for _ in range(2):
        exec(compile(text, "declared_again.py", "exec"), module.__dict__)
        held.append(module.again)
    assert list(declared_in("declared_again")) == [module.again]


held: list[object] = []


def test_a_new_process_finds_a_task_that_a_body_makes():
    @workflow
    def fresh(a: int) -> int:
        @task
        def inside(x: int) -> int:
            return x

        return inside(x=a)

    assert fresh.load_task(["0"]).name.endswith(".inside")


def test_the_traceback_of_a_mistake_ends_at_the_line_of_the_call():
    @workflow
    def wrong(a: int) -> int:
        return inc(a="x")  # this line

    with pytest.raises(TypeError) as caught:
        wrong.compile()
    last = caught.traceback[-1]
    assert "# this line" in str(last.statement)


def test_compiling_a_reference_workflow_makes_a_node():
    reference = compiler.ReferenceWorkflow("p", "d", "elsewhere", "v", {"a": int}, {"o0": int})

    @workflow
    def calls(a: int) -> int:
        return reference.compile(None, a=a)

    assert [node.name for node in calls.nodes] == ["elsewhere"]
    assert reference.compile() is None


def test_a_workflow_that_says_nothing_about_its_graph_has_none():
    plain = compiler.WorkflowBase(
        "plain", compiler.WorkflowMetadata(), compiler.WorkflowMetadataDefaults(), Interface({"a": int}, {})
    )
    assert (plain.nodes, plain.output_bindings, plain.failure_node) == ([], [], None)


def test_the_variables_of_an_interface_read_like_a_mapping():
    @task
    def both(a: int, b: str) -> float:
        return float(a)

    inputs = both.interface.inputs
    assert sorted(inputs) == ["a", "b"]
    assert len(inputs) == 2
    assert "a" in inputs
    assert "c" not in inputs
    assert inputs["b"].type.simple == inputs.variables["b"].type.simple
    assert inputs.get("c") is None
    assert dict(inputs.items()).keys() == {"a", "b"} == set(inputs.keys())
    assert [variable.type.simple for variable in both.interface.outputs.values()] == [2]
    with pytest.raises(KeyError):
        inputs["c"]
    assert "c" not in inputs
    assert bool(task(lambda: None).interface.inputs)
