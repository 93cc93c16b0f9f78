"""What a run gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast, final

from drawloom.interpreter.errors import OutputError
from drawloom.interpreter.events import State
from drawloom.interpreter.failures import Failure
from drawloom.ir import Key
from drawloom.pictures.graph import seconds_text
from drawloom.pictures.notebook import table_html
from literals import pb, preview
from typeengine import TypeEngine, guess_python_type


@final
@dataclass(slots=True)
class NodeRun:
    """One node of a run, or one item of an array node.

    Attributes: `address`, `state`, `name`, `entity` (None for branches and gates), `attempts`, `started` and `ended` (seconds
    since the epoch; 0.0 if it did not), `detail` (an error's text), `key` (its cache key).
    """

    address: str
    state: State
    name: str = ""
    entity: Key | None = None
    attempts: int = 0
    started: float = 0.0
    ended: float = 0.0
    detail: str = ""

    @property
    def seconds(self) -> float:
        """How long it took; 0.0 if it has not ended."""
        return max(0.0, self.ended - self.started) if self.ended and self.started else 0.0


Passed = tuple[str, "Key | None", float, float]
"""A task that ran once and succeeded: its name and key, when it started and ended. Big runs are made of these."""


@final
@dataclass
class RunResult:
    """The end of a run.

    Attributes: `name`, `entity`, `state` (SUCCEEDED, FAILED or ABORTED), `outputs` (literal bytes by name; empty if it failed),
    `runs` (what `nodes` is made of), `failure` (the first one in declared order, with all others), `started`, `ended`, `run_dir`, `types` (declared
    literal types of the outputs).
    """

    name: str
    entity: Key
    state: State = State.QUEUED
    outputs: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    runs: dict[str, NodeRun | Passed] = field(default_factory=dict[str, "NodeRun | Passed"], repr=False)
    failure: Failure | None = None
    started: float = 0.0
    ended: float = 0.0
    run_dir: str = ""
    types: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)
    _whole: bool = field(default=False, init=False, repr=False)

    @property
    def nodes(self) -> dict[str, NodeRun]:
        """What happened, by address."""
        runs = self.runs
        if self._whole:
            return cast("dict[str, NodeRun]", runs)
        for address, run in runs.items():
            if isinstance(run, tuple):
                name, entity, started, ended = run
                runs[address] = NodeRun(address, State.SUCCEEDED, name, entity, 1, started, ended)
        self._whole = self.state is not State.RUNNING
        return cast("dict[str, NodeRun]", runs)

    @property
    def ok(self) -> bool:
        """Whether it succeeded."""
        return self.state is State.SUCCEEDED

    @property
    def error(self) -> BaseException | None:
        """The error of a failed run, with its trail; None if it succeeded."""
        return self.failure.raisable() if self.failure is not None else None

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Every failure that counted, the one that is raised first."""
        return (self.failure, *self.failure.others) if self.failure is not None else ()

    @property
    def seconds(self) -> float:
        """How long the run took."""
        return max(0.0, self.ended - self.started)

    def _repr_html_(self) -> str:
        """The run as a table of its nodes, for a notebook."""
        rows = [
            (run.address, run.name, run.state.value, seconds_text(max(0.0, run.ended - run.started)), run.detail)
            for run in self.nodes.values()
        ]
        title = f"{self.entity.name}: {self.state.value}, {seconds_text(self.seconds)}"
        return table_html(title, ("node", "name", "state", "time", "detail"), rows)

    def literal(self, name: str) -> Any:
        """One output as a `Literal` message."""
        if name not in self.outputs:
            raise OutputError(
                f"the run has no output {name!r}",
                where=self.entity.name,
                expected=preview(sorted(self.outputs)),
                got=name,
                fix="use one of these names",
            )
        return pb.Literal.FromString(self.outputs[name])

    def value(self, name: str, hint: object = None) -> Any:
        """One output as a Python value: of the given type, or of the type that its literal stands for."""
        literal = self.literal(name)
        kind = hint if hint is not None else guess_python_type(self.types[name]) if name in self.types else None
        if kind is None:
            raise OutputError(
                f"the type of output {name!r} is not known",
                where=self.entity.name,
                expected="an output with a known type",
                got="an output without one",
                fix="give a hint",
            )
        return TypeEngine.to_python_value(None, literal, kind)

    def values(self) -> dict[str, Any]:
        """All outputs as Python values, in declared order."""
        return {name: self.value(name) for name in self.outputs}

    def literal_map(self) -> Any:
        """All outputs as a `LiteralMap` message."""
        return pb.LiteralMap(literals={name: pb.Literal.FromString(data) for name, data in self.outputs.items()})

    def check(self) -> RunResult:
        """This result, if the run succeeded; else its error is raised, as the user's own class."""
        error = self.error
        if error is not None:
            raise error
        return self
