"""Answers to gates as files: `<folder>/<signal id>.answer` holds the literal of a signal, or a boolean one for an approval.

Before the literal are the 32 bytes of its sha256. A run with a directory looks into its `signals` folder; `send_signal` puts an answer
there, from any process.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any, final

from drawloom.interpreter.errors import InputError, RunDirectoryError
from drawloom.interpreter.options import GateRequest
from drawloom.interpreter.record.files import recording, write_atomic
from literals import canonical_bytes, parse, pb

FOLDER = "signals"
_DIGEST = hashlib.sha256().digest_size


def _file(folder: Path, signal: str) -> Path:
    plain = signal.replace("-", "").replace("_", "").isalnum()
    return folder / f"{signal if plain else hashlib.sha256(signal.encode()).hexdigest()}.answer"


@final
class FolderSignals:
    """A source of answers that looks for files."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._folder = Path(folder)

    def poll(self, request: GateRequest) -> bytes | bool | None:
        """The answer to a gate; None as long as there is no file.

        Raises:
            RunDirectoryError: the file cannot be read, or is not what was written.
            MalformedError: what was written is not a literal.
        """
        path = _file(self._folder, request.signal)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise RunDirectoryError(
                "the answer to a gate cannot be read",
                where=str(path),
                expected="a file that can be read",
                got=str(error.strerror or error),
                fix="check its permissions, or answer again",
            ) from error
        data = content[_DIGEST:]
        if hashlib.sha256(data).digest() != content[:_DIGEST]:
            raise RunDirectoryError(
                "the answer to a gate is damaged",
                where=str(path),
                expected=f"sha256 {content[:8].hex()}…",
                got=f"sha256 {hashlib.sha256(data).hexdigest()[:16]}…",
                fix=f"answer it again: drawloom signal {self._folder.parent.name} {request.signal} VALUE",
            )
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
        raise InputError(
            "an answer to a gate is True, False, or a literal",
            where=signal,
            expected="True, False or a pb.Literal",
            got=type(answer).__name__,
            fix="encode the value: to_literal(value, type)",
        )
    with recording(Path(run_dir)):
        write_atomic(_file(Path(run_dir) / FOLDER, signal), hashlib.sha256(data).digest() + data)
