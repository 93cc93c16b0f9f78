"""One minimal failing message for each rule of `drawloom.ir.verify`, as language-neutral text, and one that breaks none.

A file of `data/` says in its head what message it is, which rule it breaks, and the whole text of what is found.
"""

import pathlib

import pytest
from google.protobuf import text_format

from drawloom import ir
from drawloom.ir import VerifyError, check, rules, verify
from literals import pb

DATA = pathlib.Path(__file__).parent / "data"
FILES = sorted(DATA.glob("*.textproto"))
BUILT = {"limits", "nested-too-deep"}  # too deep to be written down: made below


def read(path):
    text = path.read_text()
    head = dict(line[2:].split(": ", 1) for line in text.splitlines() if line.startswith(("# message:", "# rule:")))
    says = "\n".join(line[4:] for line in text.splitlines() if line.startswith("# | "))
    return text_format.Parse(text, getattr(pb, head["message"])()), head["rule"], says


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_message_breaks_its_rule_and_no_other(path):
    message, rule, says = read(path)
    problems = verify(message)
    assert "\n".join(map(str, problems)) == says
    assert {problem.rule for problem in problems} == ({rule} if rule != "none" else set())
    if problems:
        with pytest.raises(VerifyError) as caught:
            check(message)
        assert caught.value.problems == problems
        assert says in str(caught.value)
    else:
        check(message)


def test_every_rule_has_its_message():
    assert {path.stem for path in FILES} - {"golden"} | BUILT == set(rules)


def test_every_rule_is_in_the_docstring():
    assert all(f"- {name}: {text}" in ir.verify.__doc__ for name, text in rules.items())


def test_a_failure_handler_without_an_id_is_found():
    message, _, _ = read(DATA / "failure-upstream.textproto")
    template = message.workflows[0].primary.template if isinstance(message, pb.Bundle) else message.primary.template
    template.failure_node.ClearField("id")
    assert {problem.rule for problem in verify(message)} == {"failure-upstream", "node-id-missing"}


def nested(depth):
    condition = pb.BooleanExpression(
        comparison=pb.ComparisonExpression(
            left_value=pb.Operand(primitive=pb.Primitive(integer=1)),
            right_value=pb.Operand(primitive=pb.Primitive(integer=1)),
        )
    )
    identifier = pb.Identifier(resource_type=pb.ResourceType.WORKFLOW, name="m.wf")
    template = pb.WorkflowTemplate(id=identifier)
    node = template.nodes.add(id="n")
    for _ in range(depth):
        case = node.branch_node.if_else.case
        case.condition.CopyFrom(condition)
        node = case.then_node
        node.id = "n"
    node.gate_node.sleep.duration.seconds = 1
    return template


def test_nodes_nested_beyond_what_readers_accept_are_refused():
    assert verify(nested(10)) == ()
    assert {problem.rule for problem in verify(nested(23))} == {"nested-too-deep"}


def test_types_nested_beyond_what_readers_accept_are_refused():
    template = nested(0)
    for side in (template.interface.inputs, template.interface.outputs):
        kind = side.variables["x"].type
        for _ in range(150):
            kind = kind.collection_type
        kind.simple = pb.SimpleType.INTEGER
    template.outputs.add(var="x", binding=pb.BindingData(promise=pb.OutputReference(var="x")))
    assert {problem.rule for problem in verify(template)} == {"limits"}


def test_a_message_that_is_no_program_is_refused():
    with pytest.raises(Exception, match="not a program"):
        verify(pb.Void())
