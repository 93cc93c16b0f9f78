"""A plug-in package registers itself: installed, found, and asked only when nothing else takes a type."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PLUGIN = """
    class Money:
        def __init__(self, cents):
            self.cents = cents

        def __eq__(self, other):
            return isinstance(other, Money) and other.cents == self.cents


    def register(engine):
        engine.register_via(Money, int, encode=lambda money: money.cents, decode=Money)
"""
PROJECT = """
    [build-system]
    requires = ["setuptools"]
    build-backend = "setuptools.build_meta"

    [project]
    name = "drawloom-money"
    version = "1.0"

    [project.entry-points."drawloom.transformers"]
    money = "drawloom_money:register"

    [tool.setuptools]
    py-modules = ["drawloom_money"]
"""
PROGRAM = """
    import sys
    from typeengine import Engine
    engine = Engine()
    engine.codec(list[int])
    assert "drawloom_money" not in sys.modules, "a plug-in was loaded for a type that drawloom has"
    from drawloom_money import Money
    codec = engine.codec(list[Money])
    assert codec.decode(codec.encode([Money(5)])) == [Money(5)]
    print("ok")
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder with the plug-in installed in it, by pip."""
    pytest.importorskip("setuptools")
    home = tmp_path_factory.mktemp("plugin")
    (home / "source").mkdir()
    (home / "source" / "drawloom_money.py").write_text(textwrap.dedent(PLUGIN))
    (home / "source" / "pyproject.toml").write_text(textwrap.dedent(PROJECT))
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run(
        [*command, "--disable-pip-version-check", "--target", str(home / "site"), str(home / "source")],
        check=True, capture_output=True, cwd=home,
    )  # fmt: skip
    return home / "site"


def run(site, program):
    paths = f"{site}:{ROOT / 'src'}"
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True, text=True, cwd=site, env={"PYTHONPATH": paths, "PATH": ""}, check=False,
    )  # fmt: skip


def test_an_installed_plug_in_is_found_when_its_type_is_met(site):
    result = run(site, PROGRAM)
    assert result.stdout.strip() == "ok", result.stderr


def test_without_the_plug_in_the_type_is_refused(site):
    program = """
        from typeengine import Engine, UnsupportedTypeError
        class Money: pass
        try:
            Engine().codec(Money)
        except UnsupportedTypeError:
            print("refused")
    """
    result = run(site, program)
    assert result.stdout.strip() == "refused", result.stderr
