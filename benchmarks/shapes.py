"""Workflows of many nodes, as source for drawloom and for flytekit (only the import differs), made anew for each timing."""

import pathlib
import sys
import tempfile
import types

HEAD = """import asyncio
import time
import typing

from {library} import map_task, task, workflow

@task{options}
def inc(x: int) -> int:
    return x + 1

@task
def total(xs: typing.List[int]) -> int:
    return sum(xs)

@task
def numbers(x: int) -> typing.List[int]:
    return list(range(x, x + {size}))

@task
def nap(x: int) -> int:
    time.sleep({seconds})
    return x + 1

@task
async def async_nap(x: int) -> int:
    await asyncio.sleep({seconds})
    return x + 1

"""
CACHED = '(cache=True, cache_version="1")'
NAP = 0.25
"""Seconds that each of the sleepers sleeps."""


def chain(size):
    """Each node takes what the one before gave."""
    return "@workflow\ndef wf(x: int) -> int:\n" + "    x = inc(x=x)\n" * size + "    return x\n"


def fan_out(size, name="inc"):
    """Every node takes the workflow's input; the last one takes them all."""
    calls = ", ".join(f"{name}(x=x)" for _ in range(size - 1))
    return f"@workflow\ndef wf(x: int) -> int:\n    return total(xs=[{calls}])\n"


def nested(size):
    """Sub-workflows of ten nodes each."""
    inner = "@workflow\ndef sub(x: int) -> int:\n" + "    x = inc(x=x)\n" * 10 + "    return x\n"
    outer = "@workflow\ndef wf(x: int) -> int:\n" + "    x = sub(x=x)\n" * (size // 10) + "    return x\n"
    return inner + outer


def mapped(size, name="inc"):  # noqa: ARG001 - the size is in the head
    """One task over a list of that many items."""
    return f"@workflow\ndef wf(x: int) -> int:\n    return total(xs=map_task({name})(x=numbers(x=x)))\n"


SHAPES = {
    "chain": chain,
    "fan_out": fan_out,
    "nested": nested,
    "map": mapped,
    "sleep_fan_out": lambda size: fan_out(size + 1, "nap"),
    "sleep_map": lambda size: mapped(size, "nap"),
    "sleep_async": lambda size: fan_out(size + 1, "async_nap"),
}


class Source:
    """A module in a file: the tasks once, and the workflow as often as it is asked for; `make()` decorates it anew."""

    def __init__(self, library, shape, size, *, cached=False):
        name = f"bench_{shape}_{size}"
        self.entity = f"{name}.wf"
        file = pathlib.Path(tempfile.mkdtemp(prefix="bench")) / f"{name}.py"
        path = str(file)
        head = HEAD.format(library=library, options=CACHED if cached else "", size=size, seconds=NAP)
        body = SHAPES[shape](size)
        file.write_text(head + body)
        self.module = types.ModuleType(name)
        self.module.__file__ = path
        sys.modules[name] = self.module
        exec(compile(head, path, "exec"), vars(self.module))
        self.body = compile("\n" * head.count("\n") + body, path, "exec")  # on the lines that it has in the file

    def make(self):
        exec(self.body, vars(self.module))
        return self.module.wf
