"""The tour behind `make demo`: compile the wine pipeline to files, look inside, and run it from the files alone.

Each step is a command that you can type yourself; the demo only prints and runs them, each in a process of its own. The
last steps know nothing of the Python that built the graph: they have the protobuf file, and the task functions it names.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
DRAWLOOM = [sys.executable, "-m", "drawloom"]


def step(number: int, title: str, *arguments: str) -> None:
    """Say what comes, and do it; the demo ends at the first step that fails."""
    print(f"\n\033[1m{number}. {title}\033[0m" if sys.stdout.isatty() else f"\n{number}. {title}")
    print(f"   $ drawloom {' '.join(arguments)}\n", flush=True)
    done = subprocess.run([*DRAWLOOM, *arguments], cwd=HERE, env=os.environ, check=False)  # noqa: S603 - our own CLI
    if done.returncode != 0:
        sys.exit(f"the demo stopped: step {number} ended with exit code {done.returncode}")


def main() -> None:
    """The six steps."""
    with tempfile.TemporaryDirectory(prefix="drawloom-demo-") as folder:
        # Caches and records of the demo go away with it.
        os.environ["DRAWLOOM_HOME"] = str(Path(folder) / "home")
        bundle = str(Path(folder) / "wine.pb")
        specs = str(Path(folder) / "specs")
        step(1, "Compile the pipeline into one protobuf file", "compile", "wine.py", "-o", bundle)
        step(2, "Or into the folder of files that Flyte's tools take", "compile", "wine.py", "-o", specs)
        step(3, "Check it, from the bytes alone", "verify", bundle)
        step(4, "Look at what the functions became", "show", bundle, "wine.wine")
        step(5, "Run it from the file, in a fresh process", "run", bundle, "wine.wine", "--seed", "7")
        step(6, "Run the launch plan with its fixed threshold", "run", bundle, "strict")
    print("\nThat is all: Python in, protobuf in between, results out. Next: examples/wine.py, README.md.")


if __name__ == "__main__":
    main()
