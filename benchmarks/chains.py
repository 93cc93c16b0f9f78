"""Workflows of many nodes, as source for weft and for flytekit (only the import differs), made anew for each timing."""

import pathlib
import sys
import tempfile
import types

HEAD = """import typing

from {library} import task, workflow

@task
def inc(x: int) -> int:
    return x + 1

@task
def total(xs: typing.List[int]) -> int:
    return sum(xs)
"""


def chain(size):
    """Each node takes what the one before gave."""
    return "@workflow\ndef wf(x: int) -> int:\n" + "    x = inc(x=x)\n" * size + "    return x\n"


def fan_out(size):
    """Every node takes the workflow's input; the last one takes them all."""
    calls = ", ".join("inc(x=x)" for _ in range(size - 1))
    return f"@workflow\ndef wf(x: int) -> int:\n    return total(xs=[{calls}])\n"


def nested(size):
    """Sub-workflows of ten nodes each."""
    inner = "@workflow\ndef sub(x: int) -> int:\n" + "    x = inc(x=x)\n" * 10 + "    return x\n"
    outer = "@workflow\ndef wf(x: int) -> int:\n" + "    x = sub(x=x)\n" * (size // 10) + "    return x\n"
    return inner + outer


SHAPES = {"chain": chain, "fan_out": fan_out, "nested": nested}


class Source:
    """A module in a file: the tasks once, and the workflow as often as it is asked for; `make()` decorates it anew."""

    def __init__(self, library, shape, size):
        name = f"bench_{shape}_{size}"
        file = pathlib.Path(tempfile.mkdtemp(prefix="bench")) / f"{name}.py"
        path = str(file)
        head, body = HEAD.format(library=library), SHAPES[shape](size)
        file.write_text(head + body)
        self.module = types.ModuleType(name)
        self.module.__file__ = path
        sys.modules[name] = self.module
        exec(compile(head, path, "exec"), vars(self.module))
        self.body = compile("\n" * head.count("\n") + body, path, "exec")  # on the lines that it has in the file

    def make(self):
        exec(self.body, vars(self.module))
        return self.module.wf
