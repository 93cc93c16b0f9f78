"""Gate nodes: sleep, approve, signal. A gate holds no worker while it waits.

Answers come from a signal source that is polled (files in a run directory, an API), or from somebody who is asked
(a terminal), one question at a time and in declared order. A sleep takes its time unless the run says `sleeps=False`.
A gate that nobody can answer fails at once; one that is not answered within its node's timeout is an error.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import cast, final

from drawloom.interpreter.errors import FlyteDisapprovalException, GateTimeoutError, GateUnansweredError, InputError
from drawloom.interpreter.events import State
from drawloom.interpreter.failures import ABORTED, ErrorKind, Failure
from drawloom.interpreter.options import GateRequest
from drawloom.interpreter.program.graph import GateTarget, NodePlan
from drawloom.interpreter.scheduling.scheduler import Scheduler, Timer
from drawloom.interpreter.tasks.job import Job, Owner, Way
from drawloom.interpreter.tasks.outcome import Outcome
from literals import DrawloomError, attempt, conforms, parse, pb, preview, type_text

_POLL_SECONDS = 0.02
_SLEEP = "sleep"
_APPROVE = "approve"


@final
class GateRun:
    """One gate while it waits."""

    def __init__(
        self,
        scheduler: Scheduler,
        owner: Owner,
        node: NodePlan,
        *,
        inputs: Mapping[str, bytes],
        address: str,
    ) -> None:
        target = cast("GateTarget", node.target)
        self.rank = scheduler.rank()
        self._scheduler = scheduler
        self._owner = owner
        self._node = node
        self._target = target
        self._inputs = inputs
        self._address = address
        self._timer: Timer | None = None
        self._asked = False
        self._ended = False
        self._deadline = 0.0
        value = next(iter(inputs.values()), None) if target.kind == _APPROVE else None
        self.request = GateRequest(target.kind, target.signal, address, target.type, value, lambda: self._ended)

    def begin(self, may_ask: Callable[[], bool]) -> None:
        """Start waiting."""
        scheduler, target = self._scheduler, self._target
        recorder = scheduler.recorder
        recorded = recorder.recall(self._address, target.signal, self._inputs) if recorder is not None else None
        if recorded is not None:
            scheduler.note(self._address, State.RECOVERED, self._node.name)
            scheduler.post(self._owner, self._node.position, recorded)
            return
        scheduler.note(self._address, State.WAITING, self._node.name, detail=target.signal)
        if target.kind == _SLEEP:
            delay = target.seconds if scheduler.options.sleeps else 0.0
            self._timer = scheduler.after(delay, lambda: self._end({}))
            return
        if scheduler.options.signals is None and scheduler.options.ask is None:
            self._fail(
                GateUnansweredError(
                    f"{target.kind} gate {target.signal!r} has nobody to ask",
                    where=self._address,
                    expected="an answer from a terminal, or from another process",
                    got="a run without either",
                    fix="run it on a terminal, or give the answer with the run's signals",
                )
            )
            return
        if self._node.timeout:
            self._deadline = time.monotonic() + self._node.timeout
        self._poll(may_ask)

    def _poll(self, may_ask: Callable[[], bool]) -> None:
        options = self._scheduler.options
        if options.signals is not None:
            polled = attempt(options.signals.poll, self.request)  # the user's own source, which may raise anything
            if polled.error is not None:
                self._fail(polled.error)
                return
            if polled.value is not None:
                self._answered(polled.value)
                return
        if self._deadline and time.monotonic() > self._deadline:
            self._fail(
                GateTimeoutError(
                    f"{self._target.kind} gate {self._target.signal!r} was not answered in {self._node.timeout:g} s",
                    where=self._address,
                    expected=f"an answer within {self._node.timeout:g} s",
                    got="none",
                    fix="answer it in time, or raise the gate's timeout",
                )
            )
            return
        if not self._asked and options.ask is not None and may_ask() and not self._scheduler.asking:
            self._asked = self._scheduler.asking = True
            self._ask(options.ask)
        self._timer = self._scheduler.after(_POLL_SECONDS, lambda: self._poll(may_ask))

    def _ask(self, ask: Callable[[GateRequest], bytes | bool]) -> None:
        def question(_: Job) -> Outcome:
            asked = attempt(ask, self.request)  # the user's own function, which may raise anything
            error = asked.error
            if isinstance(error, EOFError):
                error = GateUnansweredError(
                    f"{self._target.kind} gate {self._target.signal!r} got no answer",
                    where=self._address,
                    expected=f"an answer to {self._target.kind} {self._target.signal!r}",
                    got="the end of the input",
                    fix="run it in a terminal, or answer with `drawloom signal RUN ID VALUE`",
                )
            if error is not None:
                return Outcome(failure=Failure(error, ErrorKind.USER))
            answer = asked.unwrap()
            return Outcome({"": b"\x01" if answer is True else b"\x00" if answer is False else answer})

        way = Way(self._node.name)
        way.call = question
        self._scheduler.submit_quietly(Job(self, 0, f"{self._address}?", {}, way))

    def start(self, slot: int) -> None:
        """A gate is never pushed."""

    def may_ask(self, slot: int) -> bool:
        """A question asks no other."""
        del slot
        return True

    def grow(self, job: Job, expansion: object) -> None:
        """A question is never a graph."""

    def settle(self, slot: int, outputs: Mapping[str, bytes] | None, failure: Failure | None) -> None:
        """Who was asked has answered."""
        del slot
        self._scheduler.asking = False
        if self._ended:
            return
        if failure is not None:
            self._stop()
            self._scheduler.note(self._address, State.FAILED, self._node.name, detail=failure.message())
            self._scheduler.post(self._owner, self._node.position, None, failure)
            return
        answer = (outputs or {})[""]
        self._answered(answer == b"\x01" if self._target.kind == _APPROVE else answer)

    def _answered(self, answer: bytes | bool) -> None:  # noqa: FBT001 - a verdict or a literal
        if self._target.kind == _APPROVE:
            if answer is not True:
                self._fail(
                    FlyteDisapprovalException(
                        f"approval {self._target.signal!r} was refused",
                        where=self._address,
                        expected="approval",
                        got="a refusal",
                        fix="run it again and approve, if it was refused by mistake",
                    )
                )
                return
            # An approval passes its one input on; where it declares no output, nothing reads it.
            self._end(dict(self._inputs))
            return
        data = answer if isinstance(answer, bytes) else b""
        kind = self._target.type
        parsed = attempt(parse, pb.Literal, data)
        if parsed.error is not None:
            self._fail(parsed.error)
            return
        wrong = conforms(parsed.unwrap(), kind) if kind is not None else None
        if kind is not None and wrong:
            self._fail(
                InputError(
                    f"signal {self._target.signal!r} does not have the declared type",
                    where=self._address,
                    expected=type_text(kind),
                    got=preview(str(wrong)),
                    fix="give a value of that type",
                )
            )
            return
        self._end({self._target.output or "o0": data})

    def _end(self, outputs: dict[str, bytes]) -> None:
        if self._ended:
            return
        self._stop()
        if self._scheduler.recorder is not None:
            self._scheduler.recorder.save(self._address, self._target.signal, self._inputs, outputs, 0)
        self._scheduler.note(self._address, State.SUCCEEDED, self._node.name)
        self._scheduler.post(self._owner, self._node.position, outputs)

    def _fail(self, error: BaseException) -> None:
        if self._ended:
            return
        self._stop()
        failure = Failure(error) if isinstance(error, DrawloomError) else Failure(error, ErrorKind.USER)
        self._scheduler.note(self._address, State.FAILED, self._node.name, detail=failure.message())
        self._scheduler.post(self._owner, self._node.position, None, failure)

    def _stop(self) -> None:
        self._ended = True
        if self._timer is not None:
            self._timer[2] = None

    def abort(self) -> None:
        """Stop waiting."""
        if not self._ended:
            self._stop()
            self._scheduler.note(self._address, State.ABORTED, self._node.name)
            self._scheduler.post(self._owner, self._node.position, None, ABORTED)
