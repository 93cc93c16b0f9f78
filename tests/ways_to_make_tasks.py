"""The ways to make a task that `compiler/source/test_finding_tasks_again.py` tries, and the program that tries them.

`python ways_to_make_tasks.py write FOLDER NAME...` imports `way_NAME` from the folder, runs its workflow `wf` on x=1, and writes it to
`way_NAME.pb`; `read` runs these files. Both print a JSON object of what each way gave.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

import drawloom.interpreter
from compiler import compile_bundle
from literals import DrawloomError
from typeengine import default_engine
from ways import of_functions, of_other_things


def write(name: str, folder: Path) -> dict[str, str]:
    """Import, run and write the workflow of a way."""
    try:
        module = importlib.import_module(f"way_{name}")
    except DrawloomError as error:
        return {"declared": str(error)}
    result = module.wf(x=1)
    found = {"declared": "ok", "live": repr(list(result) if name == "generator" else result), "written": "ok"}
    try:
        (folder / f"way_{name}.pb").write_bytes(compile_bundle([module.wf]).data)
    except DrawloomError as error:
        found["written"] = str(error)
    return found


def read(name: str, folder: Path) -> dict[str, str]:
    """Run what was written."""
    path = folder / f"way_{name}.pb"
    if not path.exists():
        return {}
    one = default_engine().codec(int).encode(1)
    done = drawloom.interpreter.run(drawloom.interpreter.load(path), {"x": one})
    hint: Any = list[int] if name in {"generator", "map_of_other_name"} else int
    values = [default_engine().codec(hint).decode(data) for data in done.outputs.values()]
    return {"file": repr(values[0] if values else None)}


WAYS = {**of_functions.WAYS, **of_other_things.WAYS}

FACTORY = """
from drawloom import ShellTask, kwtypes, task


def make_nested(n):
    def inner(x: int) -> int:
        return x + n

    return task(inner)


def make(fn):
    return task(fn)


def shell():
    return ShellTask(name="made", script="true {inputs.x}", inputs=kwtypes(x=int))


def plain(x: int) -> int:
    return x + 1


def make_top():
    return task(plain)


@task
def top(x: int) -> int:
    return x + 1


def bare(fn):
    def wrapper(x: int) -> int:
        return fn(x)

    return wrapper
"""


if __name__ == "__main__":
    step, folder_path, *names = sys.argv[1:]
    sys.path.insert(0, folder_path)
    act = {"write": write, "read": read}[step]
    print(json.dumps({name: act(name, Path(folder_path)) for name in names}))  # noqa: T201 - what it is for
