import pytest


@pytest.fixture(autouse=True)
def _own_home(tmp_path, monkeypatch):
    """Each test has a cache, a run root and a temporary folder of its own."""
    monkeypatch.setenv("WEFT_HOME", str(tmp_path / "weft-home"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
