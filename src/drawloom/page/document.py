"""What a page is made from: a run or a bundle as plain values, ready for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from drawloom.context import DECK_FILE, DECKS, opened_page
from drawloom.interpreter import Program, RecordedRun, RunInfo, State, load, read_run
from drawloom.ir import EntityIndex, Key
from drawloom.page.scopes import NodeValues
from drawloom.page.standings import NodeHistory, histories, standings
from drawloom.page.values import shown_values
from drawloom.pictures.graph import Picture, picture_of, short_name
from literals import type_text

LARGEST_DECK = 2_000_000
_DAMAGED = "<p>This deck is not what was written.</p>"
VALUES_IN_PAGE = 2_000
"""Nodes of a run whose values one file holds; `drawloom ui` shows those of every node."""

Document = dict[str, Any]


def summary(info: RunInfo) -> Document:
    """A run as the list of runs shows it."""
    return {
        "name": info.name, "kind": info.kind, "entity": info.entity.name, "state": info.state.value, "started": info.started,
        "ended": info.ended or None, "finished": info.finished, "resumed": info.resumed, "detail": info.detail,
    }  # fmt: skip


def entities_of(program: Program) -> EntityIndex:
    """The entities of a program, as pictures read them."""
    return EntityIndex(dict(program.tasks), dict(program.workflows), dict(program.plans))


def main_of(program: Program) -> Key | None:
    """The entity that is meant when none is named: the main one, or the last workflow, which calls the others."""
    workflows = [name for name in program.mains if name in program.workflows] or [*program.workflows]
    return workflows[-1] if workflows else None


def bundle_document(program: Program, name: str | None = None) -> Document:
    """A bundle: a picture of each workflow, the main one first. Raises `EntityNotFoundError`."""
    entities = entities_of(program)
    main = program.find(name or main_of(program))
    others = [each for each in program.workflows if each != main]
    pictures = [picture_of(each, entities, depth=0) for each in (main, *others)]
    return {"kind": "bundle", "name": str(main), "pictures": [picture.document() for picture in pictures]}


class RunReader:
    """A recorded run, read once: its nodes, its pictures, and the values of each node."""

    def __init__(self, folder: Path) -> None:
        """Raises `RunDirectoryError` where the record cannot be read."""
        self.folder = folder
        self.recorded: RecordedRun = read_run(folder)
        self.histories = histories(self.recorded.frames)
        self._program = load(self.recorded.bundle) if self.recorded.bundle else None
        self._values = NodeValues(self.recorded, folder, self._program)

    def document(self) -> Document:
        """The run without the values of its nodes."""
        info = self.recorded.info
        ends = [frame for frame in self.recorded.frames if frame["k"] == "end"]
        inputs, outputs = self._types(info.entity)
        pictures = self._pictures()
        labels = {box.address: box.label for picture in pictures for box in picture.boxes}
        return {
            **summary(info),
            "kind": "run",
            "nodes": [_node(node, labels.get(address, "")) for address, node in self.histories.items() if address],
            "pictures": [picture.document() for picture in pictures],
            "inputs": shown_values(self.recorded.inputs, inputs),
            "outputs": shown_values(self._values.outputs_of(""), outputs),
            "trail": list(ends[-1].get("tr", [])) if ends and info.ended else [],
            "resume": self._resume(info),
            "decks": self._decks(),
        }

    def whole(self) -> Document:
        """The run with the values of its nodes, for one file."""
        nodes = [address for address in self.histories if address][:VALUES_IN_PAGE]
        return {**self.document(), "values": {address: self.values(address) for address in nodes}}

    def values(self, address: str) -> Document:
        """The inputs and outputs of one node, so far as the record has them."""
        return {
            "inputs": shown_values(self._values.inputs_of(address), {}),
            "outputs": shown_values(self._values.outputs_of(address), {}),
        }

    def _types(self, entity: Key) -> tuple[dict[str, str], dict[str, str]]:
        """The types of an entity's inputs and outputs in words; empty where the record has no program."""
        program = self._program
        known = {**program.workflows, **program.tasks} if program is not None else {}
        if entity not in known:
            return {}, {}
        sides = (known[entity].interface.inputs.variables, known[entity].interface.outputs.variables)
        inputs, outputs = ({name: type_text(side[name].type) for name in side} for side in sides)
        return inputs, outputs

    def _pictures(self) -> list[Picture]:
        if self._program is None:
            return []
        stand = standings(self.histories)
        name = self._program.find(self.recorded.info.entity)
        return [picture_of(name, entities_of(self._program), depth=1, standings=stand)]

    def _resume(self, info: RunInfo) -> Document:
        kept = [address for address in self.histories if address and address in self._values.recorded]
        again = [
            address
            for address, node in self.histories.items()
            if address
            and address not in self._values.recorded
            and State(node.state) not in {State.SKIPPED, State.SUCCEEDED}
        ]
        return {
            "needed": info.state is not State.SUCCEEDED,
            "kept": len(kept),
            "again": again[:200],
            "command": f"drawloom resume {info.name}",
        }

    def _decks(self) -> list[Mapping[str, str]]:
        found = sorted((self.folder / DECKS).rglob(DECK_FILE))
        return [
            {"name": str(path.parent.relative_to(self.folder)), "html": opened_page(path.read_bytes()) or _DAMAGED}
            for path in found
            if path.stat().st_size <= LARGEST_DECK
        ]


def _node(node: NodeHistory, label: str) -> Document:
    return {
        "address": node.address, "entity": node.entity, "name": label or short_name(node.entity), "state": node.state,
        "started": node.started, "ended": node.ended or None, "detail": node.detail, "caller": node.caller, "group": node.group,
        "attempts": [each._asdict() for each in node.attempts],
    }  # fmt: skip
