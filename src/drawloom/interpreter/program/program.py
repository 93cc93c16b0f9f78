"""A program: the messages of a bundle behind a frozen index, from which runs are started.

Nothing here runs anything, and nothing changes after it is built: a graph is planned when it is first asked for, and two
threads that plan it at once make equal plans.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple, final

from drawloom.exports.lazy_exports import did_you_mean
from drawloom.interpreter.errors import EntityNotFoundError, ReferenceNotRegisteredError
from drawloom.interpreter.program.graph import Graph, seconds
from drawloom.interpreter.program.planning import plan_graph
from drawloom.interpreter.program.template_args import inline_template, is_inline_template, is_template_path
from drawloom.ir import Key, NodeTable, key
from literals import pb, preview

_FAIL_AFTER = 1
_MODULE = "task-module"
_SDK = ("_F_", "_U_", "FLYTE_INTERNAL_")  # environment variables that are between SDK and container
_SHOWN = 12  # names in an error, so that it fits a screen


class TaskPlan(NamedTuple):
    """One task: its template, and what a run asks it most."""

    key: Key
    template: pb.TaskTemplate
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    retries: int
    timeout: float
    loader: tuple[str, tuple[str, ...]] | None
    environment: Mapping[str, str]

    @property
    def modules(self) -> list[str]:
        """The modules that finding the task imports: the resolver's, and those that the loader arguments name."""
        if self.loader is None:
            return []
        resolver, args = self.loader
        named = [after for each, after in pairwise(args) if each == _MODULE]
        executors = [after.rpartition(".")[0] for each, after in pairwise(args) if is_inline_template(each)]
        return [resolver.rpartition(".")[0], *named, *executors]


def _loader(template: pb.TaskTemplate) -> tuple[str, tuple[str, ...]] | None:
    """Resolver and loader arguments out of a container's arguments: `--resolver R -- a b c`."""
    args = list(template.container.args)
    if "--resolver" not in args:
        return None
    # The last one counts: a fast-registration command wraps the task's own command.
    at = len(args) - 1 - args[::-1].index("--resolver")
    if at + 2 >= len(args) or args[at + 2] != "--":
        return None
    return args[at + 1], tuple(_inlined(arg, template) for arg in args[at + 3 :])


def _inlined(arg: str, template: pb.TaskTemplate) -> str:
    """The argument; where it asks for the path of the task's template, the template itself, which needs no file yet."""
    return inline_template(template.SerializeToString(deterministic=True)) if is_template_path(arg) else arg


def plan_task(template: pb.TaskTemplate) -> TaskPlan:
    """The index of one task."""
    meta = template.metadata
    return TaskPlan(
        key(template.id),
        template,
        tuple(template.interface.inputs.variables),
        tuple(template.interface.outputs.variables),
        meta.retries.retries,
        seconds(meta.timeout),
        _loader(template),
        {pair.key: pair.value for pair in template.container.env if not pair.key.startswith(_SDK)},
    )


@final
@dataclass(eq=False)
class Program:
    """Everything that can be run from one file, one folder or one message.

    Attributes:
        workflows, tasks, plans: the messages by key.
        mains: the entities that were asked for when it was compiled, in that order.
        rows: what verification read of the workflows' nodes; a workflow that is not in it is planned from its message.
        message: the bundle that it was loaded from; None for the programs that a run makes. Of one that was lowered for a
            platform, as it was before.
        as_read: that bundle with the form that it has in its file.
    """

    workflows: Mapping[Key, pb.WorkflowTemplate] = field(default_factory=dict[Key, Any])
    tasks: Mapping[Key, pb.TaskTemplate] = field(default_factory=dict[Key, Any])
    plans: Mapping[Key, pb.LaunchPlan] = field(default_factory=dict[Key, Any])
    mains: tuple[Key, ...] = ()
    rows: Mapping[Key | None, NodeTable] = field(default_factory=dict["Key | None", NodeTable], repr=False)
    message: pb.Bundle | None = field(default=None, repr=False)
    as_read: pb.Bundle | None = field(default=None, repr=False)
    parent: Program | None = field(default=None, repr=False)
    _graphs: dict[Key, Graph] = field(default_factory=dict[Key, Graph], repr=False)
    _tasks: dict[Key, TaskPlan] = field(default_factory=dict[Key, TaskPlan], repr=False)
    _places: dict[tuple[Key, str], str] | None = field(default=None, repr=False)

    @property
    def bundle(self) -> bytes:
        """The bytes of the bundle, for a run's record."""
        return self.message.SerializeToString(deterministic=True) if self.message is not None else b""

    def graph(self, name: Key) -> Graph | None:
        """The planned graph of a workflow; None if the program does not hold it."""
        found = self._graphs.get(name)
        if found is None:
            template = self.workflows.get(name)
            if template is None:
                return self.parent.graph(name) if self.parent else None
            found = plan_graph(
                name,
                template.nodes,
                template.outputs,
                rows=self.rows.get(name),
                failure=template.failure_node if template.HasField("failure_node") else None,
                fail_after=template.metadata.on_failure == _FAIL_AFTER,
                interface=template.interface,
            )
            self._graphs[name] = found
        return found

    def task(self, name: Key) -> TaskPlan | None:
        """The planned task; None if the program does not hold it."""
        found = self._tasks.get(name)
        if found is None:
            template = self.tasks.get(name)
            if template is None:
                return self.parent.task(name) if self.parent else None
            found = self._tasks[name] = plan_task(template)
        return found

    def plan(self, name: Key) -> pb.LaunchPlan | None:
        """A launch plan; None if the program does not hold it."""
        return self.plans.get(name) or (self.parent.plan(name) if self.parent else None)

    def source_line(self, owner: Key, node_id: str = "") -> str:
        """`file:line` where a node or an entity was written; empty if unknown."""
        places = self._places
        if places is None:  # only failures ask, so most programs never read their source map
            places = self._places = {
                (key(each.entity), each.node_id): f"{each.file}:{each.line}" if each.line else each.file
                for each in (self.message.source_map if self.message is not None else ())
            }
        return places.get((owner, node_id)) or (self.parent.source_line(owner, node_id) if self.parent else "")

    def keys(self) -> tuple[Key, ...]:
        """All that can be run: workflows, launch plans, tasks."""
        return (*self.workflows, *self.plans, *self.tasks)

    def find(self, name: str | Key | None = None) -> Key:
        """The key for a name: the full one, or its last part where only one entity ends so.

        Without a name: the only entity that was asked for, or the only workflow. A workflow comes before its launch plan
        of the same name. Raises `EntityNotFoundError`.
        """
        known = self.keys()
        if isinstance(name, Key):
            if name in known:
                return name
            name = name.name
        if not known:
            raise ReferenceNotRegisteredError(
                f"{name or 'the entity'!r} is a reference to what is not in this program",
                expected="an entity of this program",
                got="a reference",
                fix="run it where it is registered, or give an entity that stands for it",
            )
        if name is None:
            mains = self.mains or tuple(self.workflows) or tuple(self.tasks)
            if len(mains) == 1:
                return mains[0]
            raise self._unknown("which entity to run is not said", "", mains)
        exact = [each for each in known if each.name == name]
        if exact:
            return exact[0]
        short = [each for each in known if each.name.rpartition(".")[2] == name]
        if len({each.name for each in short}) == 1:
            return short[0]
        problem = f"{len(short)} entities are called {name!r}" if short else f"there is no entity {name!r}"
        raise self._unknown(problem, name, tuple(short) or known)

    @staticmethod
    def _unknown(what: str, got: str, known: tuple[Key, ...]) -> EntityNotFoundError:
        names = sorted({each.name for each in known})
        return EntityNotFoundError(
            what,
            expected=f"one of {', '.join(names[:_SHOWN])}{', …' if len(names) > _SHOWN else ''}"
            if names
            else "a program with entities",
            got=preview(got) if got else "",
            fix=f"give the entity's full name{did_you_mean(got, [*names, *(n.rpartition('.')[2] for n in names)])}",
        )
