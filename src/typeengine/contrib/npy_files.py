"""What the files of numpy say of themselves, before numpy makes room for that much: headers of `.npy`, members of `.npz`.

numpy makes an array of the size that a header claims and then reads it, so a file of 100 bytes could ask for any memory. Here an array
has to be in its file, and an archive may not unpack to more than `MOST` times its size.
"""

from __future__ import annotations

import math
import zipfile
from typing import Any, BinaryIO, Final, cast

import numpy as np

from typeengine.errors import wrong_literal

MOST: Final = 50
"""Times its size that an archive may unpack to; what is compressed more is written without compression."""
_MAGIC: Final = b"\x93NUMPY"
_LENGTHS: Final[dict[tuple[int, ...], int]] = {(1, 0): 2, (2, 0): 4, (3, 0): 4}
"""Bytes of the header's length, by version."""
_format: Any = np.lib.format


def check_npy(stream: BinaryIO, size: int) -> None:
    """Refuse a file of `size` bytes that does not hold the array which its header describes; the stream is back at its start.

    Raises:
        TypeTransformerFailedError: it does not, or it is not a .npy file.
        ValueError: its header cannot be read.
    """
    start = stream.read(len(_MAGIC) + 2)
    version = tuple(start[len(_MAGIC) :])
    if start[: len(_MAGIC)] != _MAGIC or version not in _LENGTHS:
        raise wrong_literal("a .npy file", "a file that begins otherwise")
    length = stream.read(_LENGTHS[version])
    if int.from_bytes(length, "little") > size:
        raise wrong_literal("a .npy file that holds its header", f"{size:,} bytes")
    stream.seek(len(start))
    shape, _, dtype = (_format.read_array_header_1_0 if version == (1, 0) else _format.read_array_header_2_0)(stream)
    claimed = math.prod(cast("tuple[int, ...]", shape)) * int(dtype.itemsize)
    left = size - stream.tell()
    if not dtype.hasobject and not 0 <= claimed <= left:
        raise wrong_literal(f"an array of {claimed:,} bytes, as its header says", f"{left:,} bytes")
    stream.seek(0)


def check_npz(stream: BinaryIO) -> None:
    """Refuse an archive that unpacks to more than `MOST` times its size, or one of whose arrays is not whole.

    Raises:
        TypeTransformerFailedError: it is one.
        ValueError, zipfile.BadZipFile: it cannot be read.
    """
    size = stream.seek(0, 2)
    stream.seek(0)
    with zipfile.ZipFile(stream) as archive:
        unpacked = unpacked_size(archive)
        if unpacked > MOST * size:
            raise wrong_literal(
                f"an archive of at most {MOST * size:,} bytes when it is unpacked", f"{unpacked:,} bytes"
            )
        for member in archive.infolist():
            with archive.open(member) as part:
                check_npy(cast("BinaryIO", part), member.file_size)
    stream.seek(0)


def unpacked_size(archive: zipfile.ZipFile) -> int:
    """Bytes of all members."""
    return sum(each.file_size for each in archive.infolist())
