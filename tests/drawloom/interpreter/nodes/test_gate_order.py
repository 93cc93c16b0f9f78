"""Questions come in declared order through all graphs of a run, so that answers can be given in advance."""

from __future__ import annotations

import datetime
import time

from drawloom import LaunchPlan, conditional, map_task, task, wait_for_input, workflow
from literals import pb
from running import outcome, quiet

LIMIT = datetime.timedelta(seconds=20)


@task
def late(n: int) -> int:
    time.sleep(0.05)
    return n


@workflow
def asks_late(n: int) -> int:
    # The question comes after a task, so that the gates of others are ready before it.
    waited = late(n=n)
    answer = wait_for_input("inner", timeout=LIMIT, expected_type=int)
    waited >> answer
    return answer


PLAN = LaunchPlan.get_or_create(asks_late, "asks_late_plan")


@workflow
def asks_everywhere(n: int) -> tuple[int, int, int, list[int], int]:
    a = asks_late(n=n)
    b = conditional("which").if_(n == 1).then(asks_late(n=n)).else_().then(late(n=n))
    c = wait_for_input("middle", timeout=LIMIT, expected_type=int)
    d = map_task(PLAN)(n=[1, 2])
    e = wait_for_input("last", timeout=LIMIT, expected_type=int)
    return a, b, c, d, e


def answers(n):
    asked = []

    def ask(request):
        asked.append(request.address)
        return pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(integer=len(asked)))).SerializeToString()

    result = outcome(asks_everywhere, quiet(ask=ask), n=n)
    assert result.failure is None
    codecs = asks_everywhere.python_interface.output_codecs
    return [codec.decode(result.outputs[name]) for name, codec in codecs.items()]


def test_through_sub_workflows_arms_and_maps():
    assert answers(1) == [1, 2, 3, [4, 5], 6]


def test_an_arm_that_asks_nobody_holds_nobody_up():
    assert answers(2) == [1, 2, 2, [3, 4], 5]


def test_whatever_asking_raises_ends_the_run_with_that_error():
    def ask(request):
        raise LookupError(f"nobody to ask for {request.address}")

    begun = time.monotonic()
    result = outcome(asks_late, quiet(ask=ask), n=1)
    assert isinstance(result.failure.error, LookupError)
    assert time.monotonic() - begun < LIMIT.total_seconds()
