"""What a dynamic task became: its job specification, and what a server would have registered beside it.

`DynamicJobSpec` has no place for launch plans and for the workflows behind them. In a run's record all of it is one
msgpack list of byte strings, so that a resumed run needs the task's code only for the tasks that have not ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, final

import msgpack

from drawloom.interpreter.program.program import Program
from drawloom.ir import Key, NodeTable, key
from literals import DrawloomError, MalformedError, parse, pb, preview


@final
@dataclass(frozen=True, slots=True)
class DynamicJob:
    """A `DynamicJobSpec`, the `WorkflowSpec`s and the `LaunchPlan`s that its nodes refer to."""

    spec: Any
    workflows: tuple[Any, ...] = ()
    plans: tuple[Any, ...] = ()

    entities: Mapping[Key, Any] = field(default_factory=dict[Key, Any], compare=False)
    """Live entities that the body used; empty where only the specification travelled."""

    @staticmethod
    def of(expansion: Any) -> DynamicJob:
        """What an entity's `expand` gave."""
        if isinstance(expansion, DynamicJob):
            return expansion
        return DynamicJob(
            expansion.spec,
            tuple(getattr(expansion, "workflows", ())),
            tuple(getattr(expansion, "launch_plans", ())),
            expansion.entities,
        )

    def program(self, parent: Program, rows: Mapping[Key | None, NodeTable]) -> Program:
        """What the graph's nodes refer to: this, then what the program around it has. `rows`: of the checked spec."""
        templates = [*self.spec.subworkflows]
        for each in self.workflows:
            templates += [each.template, *each.sub_workflows] if hasattr(each, "template") else [each]
        return Program(
            {key(each.id): each for each in templates},
            {key(each.id): each for each in self.spec.tasks},
            {key(each.id): each for each in self.plans},
            parent=parent,
            rows=rows,
        )

    def pack(self) -> bytes:
        """All of it as bytes."""
        parts = ([self.spec], self.workflows, self.plans)
        return msgpack.packb([[each.SerializeToString(deterministic=True) for each in part] for part in parts])

    @staticmethod
    def unpack(data: bytes) -> DynamicJob:
        """The inverse of `pack`.

        Raises:
            MalformedError: these are not the bytes of one.
        """
        try:
            (spec,), workflows, plans = msgpack.unpackb(data)
            return DynamicJob(
                parse(pb.DynamicJobSpec, spec),
                tuple(parse(pb.WorkflowSpec, each) for each in workflows),
                tuple(parse(pb.LaunchPlan, each) for each in plans),
            )
        except (TypeError, ValueError, msgpack.UnpackException, RecursionError) as error:
            if isinstance(error, DrawloomError):
                raise
            raise MalformedError(
                "these bytes are not what a dynamic task became",
                expected="a list of specifications",
                got=preview(data),
                fix="delete the run's folder and run it again",
            ) from error
