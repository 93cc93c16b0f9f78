"""Compiled files on their way to a platform: identifiers filled in, and entities in an order in which each finds what it needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from drawloom.ir import Key, all_references, key
from drawloom.remote.errors import RemoteError
from literals import pb

_BLANKS: Final = {
    "project": "{{ registration.project }}",
    "domain": "{{ registration.domain }}",
    "version": "{{ registration.version }}",
}
"""What flytekit writes for the parts of an identifier that are told when files are registered."""
_CODE: Final = ("{{ .remote_package_path }}", "{{ .dest_dir }}")
"""What a command has whose code `flytectl` is to bring along (`pyflyte package --fast`)."""
Spec = pb.TaskSpec | pb.WorkflowSpec | pb.LaunchPlan


def filled_in(bundle: pb.Bundle, given: Mapping[str, str | None], usual: Mapping[str, str]) -> pb.Bundle:
    """A copy whose identifiers have the parts that are given, or the usual ones, where theirs are empty or blanks of flytekit's.

    Raises:
        RemoteError: an identifier has another part than what is given, or a task's code was to be brought along by flytectl.
    """
    made = pb.Bundle()
    made.CopyFrom(bundle)
    for message in _messages(made):
        if isinstance(message, pb.Identifier) and message.name:
            for part, blank in _BLANKS.items():
                said, wanted = getattr(message, part), given.get(part)
                if said in {"", blank}:
                    setattr(message, part, wanted or usual.get(part, ""))
                elif wanted is not None and wanted != said:
                    raise RemoteError(
                        f"the file was compiled for another {part}",
                        where=message.name,
                        expected=said,
                        got=wanted,
                        fix=f"leave the {part} out, or compile again",
                    )
        elif isinstance(message, pb.Container) and any(blank in each for each in message.args for blank in _CODE):
            raise RemoteError(
                "the command of a task waits for the address of its code, which flytectl fills in",
                where=" ".join(message.args[:4]),
                expected="a command that names the address of its code",
                got="a blank of flytectl's",
                fix="register the Python file (`drawloom register FILE`), package without --fast, or use flytectl register files",
            )
    return made


def _messages(message: pb.Message) -> Iterator[pb.Message]:
    """A message and all that are in it."""
    waiting = [message]
    while waiting:
        each = waiting.pop()
        yield each
        for field, value in each.ListFields():
            if field.message_type is None:
                continue
            if field.message_type.GetOptions().map_entry:
                if field.message_type.fields_by_name["value"].message_type is not None:
                    waiting.extend(value.values())
            elif field.is_repeated:
                waiting.extend(value)
            else:
                waiting.append(value)


def in_order(bundle: pb.Bundle) -> list[tuple[int, Spec]]:
    """Each entity of a bundle once, with its kind (1 task, 2 workflow, 3 launch plan), behind all that it refers to."""
    found: dict[Key, tuple[int, Spec, list[Key]]] = {}
    for closure in bundle.workflows:
        for task in closure.tasks:
            found[key(task.template.id)] = 1, pb.TaskSpec(template=task.template), []
        others = [each.template for each in closure.sub_workflows]
        template = closure.primary.template
        needs = [key(each) for one in (template, *others) for each in all_references(one)]
        found[key(template.id)] = 2, pb.WorkflowSpec(template=template, sub_workflows=others), needs
    for task in bundle.tasks:
        found[key(task.template.id)] = 1, pb.TaskSpec(template=task.template), []
    for plan in bundle.launch_plans:
        found[key(plan.id)] = 3, plan, [key(plan.spec.workflow_id)]
    done: dict[Key, tuple[int, Spec]] = {}
    for name in found:
        waiting = [name]
        while waiting:
            top = waiting[-1]
            kind, spec, needs = found[top]
            missing = [each for each in needs if each in found and each not in done and each not in waiting]
            if missing:
                waiting.extend(missing)
            else:
                done.setdefault(top, (kind, spec))
                waiting.pop()
    return list(done.values())
