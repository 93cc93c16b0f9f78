"""Generated workflows (`strategies.workflows`) as drawloom workflows."""

from __future__ import annotations

import datetime
import itertools

import flow_tasks as t
from drawloom import LaunchPlan, WorkflowFailurePolicy, approve, conditional, map_task, sleep, workflow

_numbers = itertools.count()
POLICY = {
    False: WorkflowFailurePolicy.FAIL_IMMEDIATELY,
    True: WorkflowFailurePolicy.FAIL_AFTER_EXECUTABLE_NODES_COMPLETE,
}


def build(flow, token="w"):
    """The workflow of a flow; `token` says where it is in the outermost one."""
    inner = {
        (place, side): build(each, f"{token}.{place}{side}")
        for place, op in enumerate(flow.ops)
        for side, each in (("a", op.inner), ("b", op.other))
        if each is not None
    }

    def body(x: int) -> int:
        values, nodes = [], []
        for place, op in enumerate(flow.ops):
            made = step(op, [values[r] if r >= 0 else x for r in op.reads], inner, place, f"{token}.{place}")
            for earlier in op.after:
                nodes[earlier][-1] >> made[0]
            nodes.append(made)
            values.append(made[-1])
        return values[flow.returns] if flow.returns >= 0 else x

    body.__name__ = body.__qualname__ = f"wf_{next(_numbers)}"
    body.__module__ = "flow_tasks"
    options = {"failure_policy": POLICY[flow.fail_after]}
    if flow.handler:
        options["on_failure"] = t.handled
    return workflow(**options)(body)


def step(op, reads, inner, place, token):
    """The promises that an op makes, first to last; the last one is its value."""
    a, b = reads
    match op.kind:
        case "add":
            return [t.add(a=a, b=b, token=token)]
        case "scale":
            return [t.scale(a=a, k=op.number, token=token)]
        case "sub":
            return [inner[place, "a"](x=a)]
        case "plan":
            plan = LaunchPlan.get_or_create(inner[place, "a"], f"plan_{next(_numbers)}", fixed_inputs={})
            return [plan(x=a)]
        case "approve":
            made = t.scale(a=a, k=op.number, token=token)
            return [made, approve(made, f"gate {token}", timeout=datetime.timedelta(seconds=60))]
        case "sleep":
            pause = sleep(datetime.timedelta(seconds=1000))
            made = t.scale(a=a, k=op.number, token=token)
            pause >> made
            return [pause, made]
        case "branch":
            section = conditional("c").if_(a > op.number).then(inner[place, "a"](x=a))
            return [section.else_().then(inner[place, "b"](x=b))]
        case "branch_fail":
            return [conditional("c").if_(a > op.number).then(inner[place, "a"](x=a)).else_().fail(f"no {token}")]
        case "map":
            items = t.spread(a=a, count=abs(op.number), token=token)
            return [items, t.total(xs=map_task(t.inc)(n=items), token=token)]
        case "map_some":
            items = t.spread(a=a, count=abs(op.number), token=token)
            return [items, t.some(xs=map_task(t.odd, min_success_ratio=0.5)(n=items), token=token)]
        case "dynamic":
            return [t.grow(a=a, token=token)]
        case "flaky":
            return [t.flaky(a=a, fails=abs(op.number), token=token)]
        case "fail":
            return [t.fail(a=a, k=op.number, token=token)]
        case "attr":
            made = t.pair(a=a, token=token)
            return [made, t.add(a=made.u, b=made.v[1], token=token)]
        case "optional":
            made = t.maybe(a=a, token=token)
            return [made, t.unwrap(a=made, token=token)]
