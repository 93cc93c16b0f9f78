"""How many bytes are read and written for what is kept and given: counted by the system, so that no clock is needed."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from drawloom import kwtypes
from drawloom.context import FileAccessProvider, FlyteContextManager, check_snapshot
from drawloom.context.storage import S3
from s3_server import BUCKET, KEYS, s3_server
from typeengine import Engine

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the system counts the bytes of a process in /proc")
SIZE = 12 << 20
SLACK = 200_000
"""Bytes that anything else in the process may move meanwhile."""


def moved(call):
    """(bytes read from files, bytes written to them, what the call gives)."""

    def counted():
        rows = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
        return int(rows["rchar"]), int(rows["wchar"])

    before = counted()
    given = call()
    after = counted()
    return after[0] - before[0], after[1] - before[1], given


@pytest.fixture
def access(tmp_path):
    return FileAccessProvider(tmp_path / "sandbox", str(tmp_path / "raw"))


@pytest.fixture
def big(tmp_path):
    path = tmp_path / "big"
    path.write_bytes(os.urandom(SIZE))
    return path


def test_a_file_that_is_kept_is_read_once_and_written_once(access, big):
    read, written, _ = moved(lambda: access.keep(big))
    assert read <= SIZE + SLACK
    assert written <= SIZE + SLACK


def test_a_folder_that_is_kept_is_read_once_and_written_once(access, big):
    folder = big.parent / "folder"
    folder.mkdir()
    big.rename(folder / "big")
    read, written, _ = moved(lambda: access.keep(folder, is_multipart=True))
    assert read <= SIZE + SLACK
    assert written <= SIZE + SLACK


def test_what_is_made_is_written_once_and_read_for_its_digest(access):
    read, written, _ = moved(lambda: access.keep_made(lambda path: path.write_bytes(bytes(SIZE)), "made"))
    assert read <= SIZE + SLACK
    assert written <= SIZE + SLACK


def test_a_snapshot_that_nobody_touched_is_given_unread(access, big):
    kept = access.keep(big)
    read, _, _ = moved(lambda: check_snapshot(kept))
    assert read <= SLACK
    with access.at_hand(kept) as path:
        assert path.stat().st_size == SIZE


def test_a_file_that_is_sent_is_read_once_and_nothing_is_written(tmp_path, big):
    with s3_server() as address:
        settings = S3(endpoint=address, **KEYS)
        access = FileAccessProvider(tmp_path / "sandbox", f"s3://{BUCKET}/x", data_config=settings)
        access.write_bytes(f"s3://{BUCKET}/first", b"the library is loaded")
        read, written, kept = moved(lambda: access.keep(big))
        assert access.read_bytes(kept) == big.read_bytes()
    assert read <= SIZE + SLACK
    assert written <= SIZE + SLACK  # to the socket
    assert not (tmp_path / "sandbox").exists()


@pytest.mark.parametrize("kind", [pd.DataFrame, pa.Table])
def test_of_a_frame_only_the_wanted_column_is_read(access, kind):
    draw = np.random.default_rng(3)
    columns = {f"c{number}": draw.random(200_000) for number in range(4)}
    frame = pd.DataFrame(columns) if kind is pd.DataFrame else pa.table(columns)
    engine = Engine()
    whole, one = engine.codec(kind), engine.codec(Annotated[kind, kwtypes(c1=float)])
    with FlyteContextManager.with_context(FlyteContextManager.current_context().with_file_access(access)):
        one.decode(whole.encode(frame.head(3) if kind is pd.DataFrame else frame.slice(0, 3)))
        read, written, data = moved(lambda: whole.encode(frame))
        size = sum(path.stat().st_size for path in Path(access.raw_output_prefix).rglob("*") if path.is_file())
        assert written <= size + SLACK
        assert read <= size + SLACK
        read, _, back = moved(lambda: one.decode(data))
    assert back.shape == (200_000, 1)
    assert read <= size / 4 + SLACK
