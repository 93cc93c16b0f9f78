from __future__ import annotations

import datetime

import pytest

from compiler import Emitter, SerializationSettings, approve, compile_bundle, sleep, wait_for_input, workflow
from compiler_cases import control_cases as t
from drawloom.ir import check

HOUR = datetime.timedelta(hours=1)


def test_gates_are_nodes_with_a_timeout():
    @workflow
    def wf(n: int) -> int:
        pause = sleep(datetime.timedelta(seconds=10, microseconds=5))
        a = t.inc(n=n)
        pause >> a
        number = wait_for_input("number", timeout=2 * HOUR, expected_type=int)
        yes = approve(t.add(a=a, b=number), "sign-off", timeout=HOUR)
        return t.inc(n=approve(t.pair(n=yes).a, "attr", timeout=HOUR))

    check(compile_bundle([wf]).bundle)
    nodes = {node.metadata.name: node for node in Emitter(SerializationSettings()).workflow_spec(wf).template.nodes}
    assert nodes["sleep-gate"].gate_node.sleep.duration.nanos == 5000
    assert nodes["sleep-gate"].metadata.timeout.seconds == 3600
    assert nodes["number"].gate_node.signal.type.simple == 1
    assert nodes["sign-off"].gate_node.approve.signal_id == "sign-off"
    assert nodes["sign-off"].inputs[0].var == "o0"
    assert list(nodes["attr"].inputs[0].binding.promise.attr_path[0].string_value) == ["a"]


@pytest.mark.parametrize(
    "body",
    [
        lambda n: approve(n, "x", timeout=HOUR),
        lambda n: approve(t.silent(n=n), "x", timeout=HOUR),
        lambda n: approve(t.two(n=n), "x", timeout=HOUR),
        lambda n: approve(3, "x", timeout=HOUR),
        lambda n: approve(t.inc(n=n), "", timeout=HOUR),
        lambda n: approve(t.inc(n=n), "x", timeout=60),
        lambda n: sleep(-HOUR),
        lambda n: sleep(10),
        lambda n: wait_for_input("", timeout=HOUR, expected_type=int),
    ],
)
def test_gates_that_cannot_be_are_refused(body):
    @workflow
    def wf(n: int) -> None:
        body(n)

    with pytest.raises(ValueError):
        wf.compile()


def test_outside_a_workflow_there_is_no_gate():
    with pytest.raises(AssertionError, match="only in a workflow"):
        sleep(HOUR)
