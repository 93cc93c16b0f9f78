import pytest

from weft import _config


@pytest.fixture(autouse=True)
def _own_home(tmp_path, monkeypatch):
    """Each test has a cache, a run root, a temporary folder and a configuration of its own."""
    monkeypatch.setenv("WEFT_HOME", str(tmp_path / "weft-home"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(_config, "_in_force", [])
