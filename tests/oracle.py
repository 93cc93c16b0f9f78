"""What a generated workflow means, in plain Python: no drawloom, no messages, one op after the other.

`evaluate(flow, x)` gives an `Answer`: the value, or the failure of the first op in declared order that failed; which calls
were made (meaningful when nothing failed, since a failure may stop others), and which handlers ran.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field

RETRIES = 1


class Failed(Exception):
    """An op failed; `text` says how, as the real error's text does."""

    def __init__(self, kind, text):
        super().__init__(kind, text)
        self.kind, self.text = kind, text


@dataclass
class Answer:
    value: int | None = None
    failure: Failed | None = None
    marks: Counter = field(default_factory=Counter)
    handled: Counter = field(default_factory=Counter)


def evaluate(flow, x, token="w"):
    answer = Answer()
    try:
        answer.value = _flow(flow, x, token, answer)
    except Failed as failure:
        answer.failure = failure
    return answer


def _flow(flow, x, token, answer):
    values, first = [], None
    for place, op in enumerate(flow.ops):
        reads = [values[r] if r >= 0 else x for r in op.reads]
        blocked = any(value is None for value in reads[: _arity(op)]) or any(values[a] is None for a in op.after)
        if blocked or (first is not None and not flow.fail_after):
            values.append(None)
            continue
        try:
            values.append(_step(op, reads, f"{token}.{place}", answer))
        except Failed as failure:
            first = first or failure
            values.append(None)
    if first is not None:
        if flow.handler:
            answer.handled[x] += 1
        raise first
    return values[flow.returns] if flow.returns >= 0 else x


def _arity(op):
    return 2 if op.kind in {"add", "branch"} else 1


def _step(op, reads, token, answer):
    a, b = reads
    k = op.number
    match op.kind:
        case "add":
            answer.marks[token] += 1
            return a + b
        case "scale" | "approve" | "sleep":
            answer.marks[token] += 1
            return a * k
        case "sub" | "plan":
            return _flow(op.inner, a, f"{token}a", answer)
        case "branch":
            return _flow(op.inner, a, f"{token}a", answer) if a > k else _flow(op.other, b, f"{token}b", answer)
        case "branch_fail":
            if a > k:
                return _flow(op.inner, a, f"{token}a", answer)
            raise Failed("ValueError", f"no {token}")
        case "map":
            answer.marks[token] += 2
            return sum(a + i + 1 for i in range(abs(k)))
        case "map_some":
            answer.marks[token] += 2
            items = [a + i for i in range(abs(k))]
            good = [n for n in items if n % 2]
            if len(good) < math.ceil(len(items) * 0.5):
                raise Failed("ValueError", f"{next(n for n in items if n % 2 == 0)} is even")
            return sum(good)
        case "dynamic":
            answer.marks[token] += 1
            return a + 1 + abs(a) % 3
        case "flaky":
            answer.marks[token] += min(abs(k), RETRIES) + 1
            if abs(k) > RETRIES:
                raise Failed("FlyteRecoverableException", f"attempt {RETRIES + 1} of {token}")
            return a
        case "fail":
            answer.marks[token] += 1
            if a > k:
                raise Failed("ValueError", f"{token}: {a}")
            return a
        case "attr":
            answer.marks[token] += 2
            return a + a + 1
        case "optional":
            answer.marks[token] += 2
            return max(a, 0)
