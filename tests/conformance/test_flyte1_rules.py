"""One minimal message for each rule of the platform `flyte1`, right by drawloom's own rules, and one that breaks none.

A file of `data/flyte1` says in its head what message it is, which rule it breaks, and the whole text of what is found.
"""

import datetime as dt
import itertools
import pathlib

import pytest
from google.protobuf import text_format

import golden_workflows
from drawloom import ir
from drawloom.ir import flyte1_sizes
from drawloom.ir.cron import cron_mistake, cron_times
from drawloom.ir.kubernetes import is_dns_label, is_label_value, is_qualified_name, quantity
from literals import DrawloomError, pb

FILES = sorted((pathlib.Path(__file__).parent / "data" / "flyte1").glob("*.textproto"))
RULES = ir.platform_rules("flyte1")


ONLY_MAY = {
    "workflow-nodes", "task-offloading", "env-name-plain", "secret-group", "plan-cron-field", "plan-cron-offset",
}  # fmt: skip
"""What depends on a platform's configuration or age."""


def read(path):
    text = path.read_text()
    head = dict(line[2:].split(": ", 1) for line in text.splitlines() if line.startswith(("# message:", "# rule:")))
    says = "\n".join(line[4:] for line in text.splitlines() if line.startswith("# | "))
    return text_format.Parse(text, getattr(pb, head["message"])()), head["rule"], says


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_message_breaks_its_rule_and_no_other(path):
    message, rule, says = read(path)
    assert ir.verify(message) == ()
    problems = ir.verify_for("flyte1", message)
    assert "\n".join(map(str, problems)) == says
    assert {problem.rule for problem in problems} == ({rule} if rule != "none" else set())
    assert all(problem.where and problem.fix for problem in problems)
    assert {ir.refuses("flyte1", problem) for problem in problems} <= {rule not in ONLY_MAY}


def a_large(rule):
    """A message that is right but for its size, with what the rule is about; its files would be megabytes."""
    message = text_format.Parse((FILES[0].parent / "golden.textproto").read_text(), pb.CompiledWorkflowClosure())
    text = "x" * (flyte1_sizes.LARGEST_MESSAGE if rule != "execution-size" else flyte1_sizes.LARGEST_EXECUTION)
    if rule == "message-size":
        message.tasks[0].template.config["a"] = text
        return pb.TaskSpec(template=message.tasks[0].template)
    if rule == "plan-message-size":
        plan = pb.LaunchPlan(
            id=message.primary.template.id, spec=pb.LaunchPlanSpec(workflow_id=message.primary.template.id)
        )
        plan.id.resource_type = pb.ResourceType.LAUNCH_PLAN
        parameter = plan.spec.default_inputs.parameters["a"]
        parameter.var.type.simple, parameter.var.description, parameter.required = pb.SimpleType.INTEGER, text, True
        return plan
    message.primary.template.nodes[0].metadata.name = text
    return message


LARGE = {
    "message-size": "task",
    "plan-message-size": "launch plan",
    "workflow-message-size": "workflow",
    "execution-size": "workflow",
}


@pytest.mark.parametrize("rule", LARGE)
def test_what_is_larger_than_a_platform_takes_by_default_is_warned_of(rule):
    message = a_large(rule)
    assert ir.verify(message) == ()
    found = {problem.rule: problem for problem in ir.verify_for("flyte1", message)}
    assert found.keys() == ({rule, "execution-size"} if rule == "workflow-message-size" else {rule})
    assert found[rule].where.startswith(LARGE[rule])
    assert not ir.refuses("flyte1", found[rule])
    assert "bytes" in found[rule].got
    assert "on the platform" in found[rule].fix


def test_tasks_and_sub_workflows_count_for_the_execution_that_runs_them():
    message = text_format.Parse((FILES[0].parent / "golden.textproto").read_text(), pb.CompiledWorkflowClosure())
    for task in message.tasks:
        task.template.config["a"] = "x" * (flyte1_sizes.LARGEST_EXECUTION // len(message.tasks))
    assert [problem.rule for problem in ir.verify_for("flyte1", message)] == ["execution-size"]


def test_an_approval_gives_what_it_was_given():
    """Its output has no type of its own: whether it flows on is decided by what was approved."""
    message = text_format.Parse((FILES[0].parent / "castable.textproto").read_text(), pb.CompiledWorkflowClosure())
    nodes = message.primary.template.nodes
    gate = nodes.add(
        id="n2", upstream_node_ids=["n0"], gate_node=pb.GateNode(approve=pb.ApproveCondition(signal_id="ok"))
    )
    gate.inputs.add(var="o").binding.promise.CopyFrom(pb.OutputReference(node_id="n0", var="o"))
    nodes[1].inputs[0].binding.promise.node_id = nodes[1].upstream_node_ids[0] = "n2"
    assert ir.verify(message) == ()
    (problem,) = ir.verify_for("flyte1", message)
    assert (problem.rule, problem.where) == ("castable", "workflow m.wf@v: n1.inputs.x")
    assert (problem.what, problem.got) == ("n2.o does not flow here on the cluster", "enum{a}")


def test_every_rule_has_its_message_and_its_origin():
    assert {path.stem for path in FILES} - {"golden"} | LARGE.keys() == set(RULES)
    for rule in ir.PLATFORMS["flyte1"].rules.values():
        assert ".go" in rule.find.__doc__ or "k8s.io" in rule.find.__doc__, rule.name


def test_no_rule_has_the_name_of_one_that_every_message_keeps():
    assert not RULES.keys() & ir.rules.keys()


def test_a_dynamic_job_is_held_against_the_rules_of_graphs():
    message = text_format.Parse((FILES[0].parent / "castable.textproto").read_text(), pb.CompiledWorkflowClosure())
    template = message.primary.template
    job = pb.DynamicJobSpec(nodes=template.nodes, tasks=[task.template for task in message.tasks], min_successes=2)
    (problem,) = ir.verify_for("flyte1", job)
    assert (problem.rule, problem.where) == ("castable", "dynamic job: n1.inputs.x")


@pytest.mark.parametrize(
    ("request_", "limit", "refused"),
    [("1", "500m", False), ("1500m", "1", True), ("2Gi", "1Gi", True), ("1Gi", "1Gi", False), ("100m", "1m", False)],
)
def test_requests_and_limits_are_compared_in_whole_numbers_as_the_platform_does(request_, limit, refused):
    message = text_format.Parse((FILES[0].parent / "resource-limit.textproto").read_text(), pb.TaskTemplate())
    (entry,), (most,) = message.container.resources.requests, message.container.resources.limits
    entry.value, most.value = request_, limit
    assert [problem.rule for problem in ir.verify_for("flyte1", message)] == ["resource-limit"] * refused


@pytest.mark.parametrize(("order", "refused"), [("other none", True), ("none other", False)])
def test_arms_are_compared_until_one_has_not_the_output(order, refused):
    """As the platform goes from arm to arm: of int, str and none the first two differ; of int, none and str none do."""
    message = text_format.Parse(
        (FILES[0].parent / "branch-outputs.textproto").read_text(), pb.CompiledWorkflowClosure()
    )
    task = message.tasks.add().template
    task.CopyFrom(message.tasks[0].template)
    task.id.name = "m.none"
    task.interface.outputs.variables.clear()
    [block] = [node.branch_node.if_else for node in message.primary.template.nodes if node.HasField("branch_node")]
    arm = pb.Node()
    arm.CopyFrom(block.else_node)
    block.error.message = "none of them"
    for name in order.split():
        case = block.other.add()
        case.CopyFrom(block.case)
        case.then_node.CopyFrom(arm)
        case.then_node.id = name
        case.then_node.task_node.reference_id.name = f"m.{name}"
    assert {each.rule for each in ir.verify_for("flyte1", message)} == ({"branch-outputs"} if refused else set())


def test_a_platform_that_nobody_knows_is_refused():
    with pytest.raises(DrawloomError, match="no such platform") as caught:
        ir.verify_for("flyte9", pb.TaskSpec())
    assert caught.value.expected == "one of flyte1"


REFUSED = {
    "b16_cond_attr_collision": {"condition-path"},
    "m05_bindings": {"workflow-empty"},
    "m08_overrides": {"alias-read"},
    "m31_artifacts": {"plan-artifact-query"},
}
"""What flytekit writes and a cluster refuses, among its golden modules."""
MAY_BE_REFUSED = {"m15_launchplans": {"plan-cron-offset"}, "m29_secrets_pods": {"secret-group"}}


@pytest.mark.parametrize("name", golden_workflows.names())
def test_what_flytekit_wrote_is_taken(name):
    kinds = {"1": pb.TaskSpec, "2": pb.WorkflowSpec, "3": pb.LaunchPlan}
    messages = [kinds[file.stem[-1]].FromString(file.read_bytes()) for file in golden_workflows.files(name)]
    found = ir.verify_for("flyte1", *messages)
    assert {each.rule for each in found if ir.refuses("flyte1", each)} == REFUSED.get(name, set())
    assert {each.rule for each in found if not ir.refuses("flyte1", each)} == MAY_BE_REFUSED.get(name, set())


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("0 0 * * *", None), ("*/5 1,2 1-3 jan-mar mon-fri", None), ("@daily", None), ("@every 1h30m", None),
        ("TZ=UTC 0 0 * * 6", None), ("0 0 ? * 0", None), ("@sometimes", "@sometimes is not one of its words"),
        ("0 0 * * 7", "7 is not a day of the week"), ("0 0 * * * *", "it has 6 fields"), ("", "it has 0 fields"),
        ("60 0 * * *", "60 is not a minute"), ("0 0 0 * *", "0 is not a day of the month"),
        ("*-5 1,,2 * * *", None), ("+5 0 * * JAN,", "JAN is not a day of the week"), ("+5 05 * * *", None), ("5/10 * * * *", None),
        ("TZ= 0 5 * * *", None), ("CRON_TZ=Europe/Berlin 0 5 * * *", None), ("TZ=UTC @daily", None), ("TZ=UTC", "it has a time zone only"),
        ("TZ=Nowhere/X 0 5 * * *", "Nowhere/X is not a time zone"), ("@every 0", None), ("@every -1.5h", None), ("@every 1d", "@every 1d is not one of its words"),
        ("@every  5s", "@every  5s is not one of its words"), ("@every 9999999999h", "@every 9999999999h is not one of its words"),
        ("@hourly ", "@hourly  is not one of its words"), ("\u0663 * * * *", "\u0663 is not a minute"), ("1/2/3 * * * *", "1/2/3 is not a minute"),
        ("0 5-2 * * *", "5-2 is not an hour"), ("*/0 * * * *", "*/0 is not a minute"), ("0 0 L * *", "L is not a day of the month"),
    ],
)  # fmt: skip
def test_cron_expressions_as_the_scheduler_reads_them(text, mistake):
    assert cron_mistake(text) == mistake


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", 1), ("500m", 0.5), ("1.5Gi", 1610612736), ("2e3", 2000), ("1E", 10**18), ("-1", -1), ("x", None), ("1 Gi", None), ("", None), ("\u0663Gi", None)],
)  # fmt: skip
def test_quantities(text, value):
    assert quantity(text) == (None if value is None else pytest.approx(value))


def test_names_and_labels_of_kubernetes():
    assert is_dns_label("a-1")
    assert not any(map(is_dns_label, ["A", "a_b", "-a", "a-", "", "a" * 64]))
    assert is_qualified_name("a.b/C_d")
    assert not any(map(is_qualified_name, ["", "a b", "/a", "A/a", "a/", "-a"]))
    assert is_label_value("")
    assert not is_label_value("a b")


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("*/20 7 * * *", "01-01T07:00 01-01T07:20 01-01T07:40 01-02T07:00"),
        ("@monthly", "02-01T00:00 03-01T00:00"),
        ("0 12 31 * ?", "01-31T12:00 03-31T12:00 05-31T12:00"),
        ("0 0 13 * fri", "01-02T00:00 01-09T00:00 01-13T00:00 01-16T00:00"),  # either holds, for both are restricted
        ("0 0 */10 * mon", "01-05T00:00 01-11T00:00 01-12T00:00"),  # a step restricts
        ("0 0 * feb-mar/1,dec 0", "02-01T00:00 02-08T00:00"),
        ("5/25 22,23 1 1 *", "01-01T22:05 01-01T22:30 01-01T22:55 01-01T23:05"),
        ("0 0 30 2 *", ""),
    ],
)
def test_the_times_of_cron_expressions_are_those_of_the_scheduler(text, times):
    after = dt.datetime(2026, 1, 1)
    expected = [dt.datetime.fromisoformat(f"2026-{each}:00+00:00") for each in times.split()]
    assert cron_mistake(text) is None
    assert list(itertools.islice(cron_times(text, after), len(expected) or None)) == expected
