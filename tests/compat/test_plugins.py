"""Type plug-ins of flytekit's from PyPI, unchanged, with their real libraries: `make plugins`."""

from __future__ import annotations

import os
import pathlib
import subprocess

import pytest

HERE = pathlib.Path(__file__).parent
SRC = HERE.parents[1] / "src"
PYTHON = os.environ.get("DRAWLOOM_PLUGINS_PYTHON")
"""An interpreter whose environment has the plug-ins and their libraries, and no flytekit."""
START = "import runpy, sys, drawloom.flytekit; drawloom.flytekit.install(); runpy.run_path(sys.argv[1], run_name='__main__')"


@pytest.mark.skipif(PYTHON is None, reason="the plug-ins and their libraries are installed by `make plugins` only")
@pytest.mark.parametrize("path", sorted((HERE / "plugin_programs").glob("*.py")), ids=lambda path: path.stem)
def test_the_plug_in_works_unchanged(path, tmp_path):
    ran = subprocess.run(
        [str(PYTHON), "-c", START, str(path)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(SRC), "DRAWLOOM_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == path.with_suffix(".out").read_text(encoding="utf-8")
    assert "is not loaded" not in ran.stderr
