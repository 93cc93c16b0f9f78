import pytest

from drawloom.local import config as _config


@pytest.fixture(autouse=True)
def _own_home(tmp_path, monkeypatch):
    """Each test has a cache, a run root, a temporary folder and a configuration of its own."""
    monkeypatch.setenv("DRAWLOOM_HOME", str(tmp_path / "drawloom-home"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(_config, "_in_force", [])
