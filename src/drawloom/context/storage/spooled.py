"""What a stream holds, as a local file, piece by piece: only one piece is in memory at a time."""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any, Final

from drawloom.context.storage.addresses import StorageError
from drawloom.context.storage.local import complaining
from literals import preview

READ_AT_ONCE: Final = 1 << 20


@contextlib.contextmanager
def spooled(
    stream: io.IOBase, target: str, read_at_once: int, encoding: str, block_size: int | None
) -> Generator[Path]:
    """A file of the stream's content from where it stands, gone when the block ends; `target` is for messages.

    Raises:
        StorageError: a size is not positive, or a text has characters that the encoding lacks or there is no such encoding.
    """
    for name, size in (("read_chunk_size_bytes", read_at_once), ("block_size", block_size)):
        if size is not None and size < 1:
            raise StorageError(
                f"{name} is not positive",
                where=target,
                expected="bytes, at least 1",
                got=preview(size),
                fix=f"leave {name} out, or give the number of bytes",
            )
    any_stream: Any = stream
    with tempfile.TemporaryDirectory(prefix="drawloom-") as folder:
        part = Path(folder) / "part"
        with (
            complaining("what the stream holds could not be kept", target),
            part.open("wb", buffering=-1 if block_size is None else max(block_size, 2)) as out,
        ):
            while piece := any_stream.read(read_at_once):
                out.write(_encoded(piece, encoding, target) if isinstance(piece, str) else bytes(piece))
        yield part


def _encoded(text: str, encoding: str, target: str) -> bytes:
    try:
        return text.encode(encoding)
    except (UnicodeEncodeError, LookupError) as error:
        raise StorageError(
            f"a text cannot be written as {encoding}",
            where=target,
            expected=f"text that {encoding} has characters for",
            got=str(error),
            fix="give another encoding",
        ) from error
