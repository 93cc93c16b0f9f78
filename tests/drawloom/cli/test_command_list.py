"""The list of commands: said without loading them, and saying what they say of themselves."""

import os
import pathlib
import subprocess
import sys

import pytest
from click.testing import CliRunner

from drawloom.cli import COMMANDS, app

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(pathlib.Path(__file__).resolve().parents[3] / "src")}
HEAVY = ("compiler", "interpreter", "typeengine", "google.protobuf", "msgpack", "rich", "asyncio")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_line_of_the_list_is_how_the_commands_own_help_begins(name):
    whole = CliRunner().invoke(app, [name, "--help"], prog_name="drawloom")
    assert whole.exit_code == 0, whole.output
    assert " ".join(whole.output.split()).startswith(f"Usage: drawloom {name} ")
    assert COMMANDS[name][1].rstrip(".") in " ".join(whole.output.split())


def test_the_list_names_every_command_in_order():
    shown = CliRunner().invoke(app, ["--help"]).output
    listed = [
        line.split()[0]
        for line in shown.partition("Running:")[2].splitlines()
        if line.startswith("  ") and line[2] != " "
    ]
    assert listed == list(COMMANDS)


def test_help_loads_no_command_and_nothing_heavy():
    code = f"import sys\nfrom drawloom.cli import main\ntry: main(['--help'])\nfinally: print([m for m in {HEAVY} if m in sys.modules], file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=ENVIRONMENT)
    assert done.returncode == 0
    assert done.stderr.strip() == "[]"
    assert "compile" in done.stdout


def test_a_command_that_does_not_exist_is_a_usage_error():
    done = subprocess.run(
        [sys.executable, "-m", "drawloom", "compil"], capture_output=True, text=True, check=False, env=ENVIRONMENT
    )
    assert done.returncode == 2
    assert "No such command 'compil'" in done.stderr
