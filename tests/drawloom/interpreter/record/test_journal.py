"""The journal's frames: what was changed on the disk is not believed."""

from __future__ import annotations

import pytest

from drawloom.interpreter.record import journal

FRAMES = [
    {"k": "out", "a": "n0", "n": 1, "t": 1.5, "v": b"first-value"},
    {"k": "out", "a": "n1", "n": 1, "t": 2.5, "v": b"second-value"},
    {"k": "out", "a": "n2", "n": 1, "t": 3.5, "v": b"third-value"},
]


def written(folder):
    log = journal.Journal(folder, "outputs")
    log.append(*FRAMES, durable=True)
    return log


def test_frames_are_read_as_they_were_written(tmp_path):
    log = written(tmp_path)
    found = log.take_over()
    assert [frame for _, _, frame in found] == FRAMES
    assert [log.read_frame(position, size) for position, size, _ in found] == FRAMES


@pytest.mark.parametrize("word", [b"second-value", b"n1"])
def test_a_frame_with_one_byte_changed_ends_the_journal_though_it_unpacks(tmp_path, word):
    log = written(tmp_path)
    data = log.path.read_bytes()
    where = data.index(word) + len(word) - 1
    log.path.write_bytes(data[:where] + bytes([data[where] ^ 1]) + data[where + 1 :])
    [(position, size, frame)] = log.take_over()
    assert frame == FRAMES[0]
    assert log.path.stat().st_size == position + size


def test_a_frame_that_was_changed_since_it_was_found_is_not_given(tmp_path):
    log = written(tmp_path)
    _, (position, size, _), _ = log.take_over()
    data = log.path.read_bytes()
    where = data.index(b"second-value")
    log.path.write_bytes(data[:where] + b"S" + data[where + 1 :])
    assert log.read_frame(position, size) is None
