"""What of the loaded modules is the user's code, and travels to the workers of a cluster."""

import importlib
import sys

from drawloom.interpreter.executors.code import users_files


def test_what_was_installed_into_a_folder_of_its_own_is_no_users_code(tmp_path, monkeypatch):
    """As `pip install --target` does: its names are in the records of what is installed there."""
    (tmp_path / "shipping_library-1.dist-info").mkdir()
    record = "shipping_library/__init__.py,,\nshipping_single.py,,\nshipping_library-1.dist-info/RECORD,,\n"
    (tmp_path / "shipping_library-1.dist-info" / "RECORD").write_text(record)
    (tmp_path / "shipping_library").mkdir()
    for name in ("shipping_library/__init__.py", "shipping_single.py", "shipping_mine.py"):
        (tmp_path / name).write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    names = ("shipping_library", "shipping_single", "shipping_mine")
    for name in names:
        importlib.import_module(name)
    try:
        found = {name for name, _ in users_files() if name.startswith("shipping_")}
    finally:
        for name in names:
            del sys.modules[name]
    assert found == {"shipping_mine.py"}
