"""A call is run whichever of drawloom's packages a program imports: that of a user, the compiler's alone, or a bare `import drawloom`."""

import os
import subprocess
import sys

import pytest

IMPORTS = {
    "names of drawloom": "from drawloom import task, workflow",
    "drawloom, and names of the compiler": "import drawloom\nfrom compiler import task, workflow",
    "the compiler alone": "from compiler import task, workflow",
    "flytekit's names": "from drawloom.flytekit import task, workflow",
}
PROGRAM = """
{imports}

@task
def double(n: int) -> int:
    return 2 * n

@workflow
def wf(n: int) -> int:
    return double(n=n)

print(double(n=1), wf(n=2))
"""


@pytest.mark.parametrize("imports", IMPORTS)
def test_a_call_is_run_whatever_is_imported(imports, tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM.format(imports=IMPORTS[imports]))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "DRAWLOOM_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "program.py"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "2 4\n"), done.stderr
