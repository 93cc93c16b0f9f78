"""Temporary folders go with their process, however it ends, and nobody else's go with them."""

import os
import signal
import subprocess
import sys

import pytest

from drawloom.context.temporary import remove_left

HOLDS = """
import sys
from drawloom.context import temporary_folder
print(temporary_folder("x"), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holding(tmp_path):
    """A process that has a folder below `tmp_path`, and the folder's own root."""
    around = {**os.environ, "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS], env=around, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        process.stdout.readline()
        (root,) = tmp_path.iterdir()
        yield process, root
        process.kill()


def test_a_process_that_ends_leaves_nothing(holding, tmp_path):
    process, root = holding
    process.stdin.close()
    assert process.wait(60) == 0
    assert not root.exists()


@pytest.mark.skipif(os.name != "posix", reason="elsewhere no lock tells")
def test_what_a_killed_process_left_goes_when_the_next_one_needs_a_folder(holding, tmp_path):
    process, root = holding
    remove_left(tmp_path)
    assert root.exists()  # it is in use
    process.send_signal(signal.SIGKILL)
    process.wait(60)
    assert root.exists()
    done = subprocess.run(
        [sys.executable, "-c", HOLDS],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    assert done.stdout
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_ours_stays(tmp_path):
    (tmp_path / "drawloom-by-hand").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / ".in-use").touch()
    (tmp_path / "drawloom-file").touch()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / ".in-use").touch()
    (tmp_path / "drawloom-link").symlink_to(tmp_path / "elsewhere")
    remove_left(tmp_path)
    names = {"drawloom-by-hand", "other", "drawloom-file", "elsewhere", "drawloom-link"}
    assert {path.name for path in tmp_path.iterdir()} == names
    assert (tmp_path / "elsewhere" / ".in-use").exists()
