"""Answers to gates as files: `<folder>/<signal id>.pb` holds the literal of a signal, or a boolean one for an approval.

A run with a directory looks into its `signals` folder; `send_signal` puts an answer there, from any process.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any, final

from drawloom.interpreter.errors import InputError
from drawloom.interpreter.options import GateRequest
from drawloom.interpreter.record.files import recording, write_atomic
from literals import canonical_bytes, parse, pb

FOLDER = "signals"


def _file(folder: Path, signal: str) -> Path:
    plain = signal.replace("-", "").replace("_", "").isalnum()
    return folder / f"{signal if plain else hashlib.sha256(signal.encode()).hexdigest()}.pb"


@final
class FolderSignals:
    """A source of answers that looks for files."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._folder = Path(folder)

    def poll(self, request: GateRequest) -> bytes | bool | None:
        """The answer to a gate; None as long as there is no file. Raises `MalformedError` for one that is no literal."""
        path = _file(self._folder, request.signal)
        if not path.exists():
            return None
        data = path.read_bytes()
        if request.kind == "approve":
            return parse(pb.Literal, data).scalar.primitive.boolean
        return data


def send_signal(run_dir: str | os.PathLike[str], signal: str, answer: Any) -> None:
    """Answer a gate of a recorded run: True or False for an approval; else the literal, as a message or its bytes.

    Raises:
        InputError: the answer is neither.
        RunDirectoryError: it cannot be written.
    """
    if isinstance(answer, bool):
        data = canonical_bytes(pb.Literal(scalar=pb.Scalar(primitive=pb.Primitive(boolean=answer))))
    elif isinstance(answer, bytes):
        data = answer
    elif hasattr(answer, "SerializeToString"):
        data = canonical_bytes(answer)
    else:
        raise InputError("an answer to a gate is True, False, or a literal", where=signal, got=type(answer).__name__)
    with recording(Path(run_dir)):
        write_atomic(_file(Path(run_dir) / FOLDER, signal), data)
