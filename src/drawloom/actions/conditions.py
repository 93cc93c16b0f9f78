"""Conditions: a task asks somebody outside and waits. Here the terminal is asked, or whoever answers from code."""

from __future__ import annotations

import sys
import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from drawloom.actions.policies import seconds
from drawloom.errors import ConditionFailedError, ConditionTimedoutError
from drawloom.local.sync_async import SyncAsync, with_aio
from drawloom.local.threads import in_thread
from literals import DrawloomError, preview

_TYPES = (bool, int, float, str)
_YES, _NO = frozenset({"y", "yes", "true", "1"}), frozenset({"n", "no", "false", "0"})


class ConditionSetupError(DrawloomError, TypeError, ValueError):
    """A condition cannot be made this way."""


@dataclass(frozen=True)
class ConditionWebhook:
    """Told that a condition waits; kept, never called from here."""

    url: str
    payload: dict[str, Any] | None = None


class Condition:
    """A question that waits for an answer of one type. `signal(value)` answers it from code."""

    def __init__(
        self, name: str, prompt: str, data_type: type, description: str, timeout: timedelta | float | None
    ) -> None:
        if data_type not in _TYPES:
            raise ConditionSetupError(
                "an answer is a bool, int, float or str",
                where=f"condition {name}",
                expected="bool, int, float or str",
                got=preview(data_type),
                fix="write data_type=str, and convert the answer in the task",
            )
        self.name = name
        self.prompt = prompt
        self.data_type = data_type
        self.description = description
        self._seconds = seconds(timeout, f"condition {name}")
        self._answered = threading.Event()
        self._answer: Any = None
        self._closed = False

    def signal(self, value: Any) -> None:
        """Answer.

        Raises:
            ConditionSetupError: the value is of another type.
        """
        if type(value) is not self.data_type:
            raise ConditionSetupError(
                "the answer is of another type",
                where=f"condition {self.name}",
                expected=self.data_type.__name__,
                got=preview(value),
                fix="give a value of that type",
            )
        self._answer = value
        self._answered.set()

    def _wait(self) -> Any:
        """The answer, when there is one.

        Raises:
            ConditionTimedoutError: nobody answered in time (also a TimeoutError).
            ConditionFailedError: nobody can answer: there is no terminal and no time limit.
        """
        if not self._answered.is_set() and sys.stdin is not None:
            threading.Thread(target=self._ask, name=f"drawloom-condition-{self.name}", daemon=True).start()
        if not self._answered.wait(self._seconds):
            raise ConditionTimedoutError(
                f"nobody answered in {self._seconds:g} s",
                where=f"condition {self.name}",
                expected=f"an answer within {self._seconds:g} s",
                got="none",
                fix="call signal(value), or give more time with timeout=",
            )
        if self._closed:
            raise ConditionFailedError(
                "nobody can answer: standard input is at its end",
                where=f"condition {self.name}",
                expected="an answer on standard input",
                got="the end of standard input",
                fix="run it in a terminal, pipe the answers in, or call signal(value)",
            )
        return self._answer

    async def _wait_aio(self) -> Any:
        return await in_thread(self._wait)

    wait = SyncAsync(_wait, _wait_aio)

    def _ask(self) -> None:
        while not self._answered.is_set():
            sys.stderr.write(f"{self.prompt} ({self.data_type.__name__}) ")
            sys.stderr.flush()
            try:
                text = sys.stdin.readline()
            except (OSError, ValueError):
                # Closed, or somebody's replacement that cannot be read: the same as its end.
                text = ""
            if not text:
                if self._seconds is None:
                    self._closed = True
                    self._answered.set()
                return
            value = self._read(text.strip())
            if value is not None and not self._answered.is_set():
                self.signal(value)

    def _read(self, text: str) -> Any:
        if self.data_type is bool:
            return True if text.lower() in _YES else False if text.lower() in _NO else None
        try:
            return self.data_type(text)
        except ValueError:
            return None


def _make(  # noqa: PLR0917 - flyte's signature
    name: str,
    /,
    prompt: str = "Approve?",
    prompt_type: Literal["text", "markdown"] = "text",
    data_type: type = bool,
    description: str = "",
    timeout: timedelta | float | None = None,
    webhook: ConditionWebhook | None = None,
) -> Condition:
    """A question for somebody outside; `.wait()` gives the answer.

    Raises:
        ConditionSetupError: a type that no answer can have.
        PolicyError: a time limit that is not a duration.
    """
    del prompt_type, webhook
    return Condition(name, prompt, data_type, description, timeout)


new_condition = with_aio(_make)
