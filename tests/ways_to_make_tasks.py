"""The ways to make a task that `compiler/source/test_finding_tasks_again.py` tries, and the program that tries them.

`python ways_to_make_tasks.py write FOLDER NAME...` imports `way_NAME` from the folder, runs its workflow `wf` on x=1, and writes it to
`way_NAME.pb`; `read` runs these files. Both print a JSON object of what each way gave.
"""

from __future__ import annotations

import importlib
import json
import sys
import textwrap
from pathlib import Path
from typing import Any, NamedTuple

import drawloom.interpreter
from compiler import compile_bundle
from literals import DrawloomError
from typeengine import default_engine

_HEAD = "from drawloom import LaunchPlan, dynamic, eager, map_task, task, workflow\n"
_TAIL = """
if "wf" not in globals():
    @workflow
    def wf(x: int) -> int:
        return t(x=x)
"""


class Way(NamedTuple):
    """A module that makes a task `t`, or a workflow `wf` that calls one.

    `live`: the result of a run here, and from the file. `written`, `declared`: part of the error, where it is refused.
    """

    body: str
    live: str = "2"
    written: str = ""
    declared: str = ""

    @property
    def source(self) -> str:
        """The module."""
        return _HEAD + textwrap.dedent(self.body) + _TAIL


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


WAYS = {
    "variable": Way(
        """
        def gen(x: int) -> int:
            return x + 1

        t = task(gen)
        """,
    ),
    "decorated": Way(
        """
        @task
        def t(x: int) -> int:
            return x + 1
        """,
    ),
    "other_name": Way(
        """
        def gen(x: int) -> int:
            return x + 1

        gen_task = task(gen)
        t = gen_task
        """,
    ),
    "two_of_one_function": Way(
        """
        def gen(x: int) -> int:
            return x + 1

        t = task(gen)
        u = task(gen, retries=2)
        """,
    ),
    "hidden_by_function": Way(
        """
        @task
        def t(x: int) -> int:
            return x + 1

        keep = [t]
        def t(x: int) -> int:
            return x
        t2 = keep
        @workflow
        def wf(x: int) -> int:
            return keep[0](x=x)
        """,
        written="to fix: assign it to a variable of its own",
    ),
    "in_a_dict": Way(
        """
        def gen(x: int) -> int:
            return x + 1

        tasks = {'gen': task(gen)}
        @workflow
        def wf(x: int) -> int:
            return tasks['gen'](x=x)
        """,
        written="gen_task = task(gen)",
    ),
    "staticmethod_only": Way(
        """
        class C:
            @staticmethod
            @task
            def f(x: int) -> int:
                return x + 1
        @workflow
        def wf(x: int) -> int:
            return C.f(x=x)
        """,
        written="to fix: move `f` out of class `C`",
    ),
    "task_of_staticmethod": Way(
        """
        class C:
            @task
            @staticmethod
            def f(x: int) -> int:
                return x + 1
        @workflow
        def wf(x: int) -> int:
            return C.f(x=x)
        """,
        written="to fix: move `f` out of class `C`",
    ),
    "class_attr": Way(
        """
        class C:
            @task
            def f(x: int) -> int:
                return x + 1
        @workflow
        def wf(x: int) -> int:
            return C.f(x=x)
        """,
        written="to fix: move `f` out of class `C`",
    ),
    "method": Way(
        """
        class C:
            @task
            def f(self, x: int) -> int:
                return x + 1
        @workflow
        def wf(x: int) -> int:
            return C().f(x=x)
        """,
        declared="to fix: move `f` out of its class",
    ),
    "bound_method": Way(
        """
        class C:
            def f(self, x: int) -> int:
                return x + 1
        t = task(C().f)
        """,
    ),
    "task_of_classmethod": Way(
        """
        class C:
            @task
            @classmethod
            def f(cls, x: int) -> int:
                return x + 1
        """,
        declared="not class methods",
    ),
    "classmethod_of_task": Way(
        """
        class C:
            @classmethod
            @task
            def f(cls, x: int) -> int:
                return x + 1
        """,
        declared="to fix: move `f` out of its class",
    ),
    "bound_classmethod": Way(
        """
        class C:
            @classmethod
            def f(cls, x: int) -> int:
                return x + 1
        t = task(C.f)
        """,
    ),
    "factory_here": Way(
        """
        def make(n: int):
            def inner(x: int) -> int:
                return x + n
            return task(inner)
        t = make(1)
        """,
        declared="to fix: move `inner` to the top level",
    ),
    "factory_elsewhere": Way(
        """
        from factory_of_tasks import make_nested
        t = make_nested(1)
        """,
        declared="to fix: move `inner` to the top level of `factory_of_tasks`",
    ),
    "factory_elsewhere_of_fn": Way(
        """
        from factory_of_tasks import make
        def gen(x: int) -> int:
            return x + 1
        t = make(gen)
        """,
    ),
    "factory_decorator": Way(
        """
        from factory_of_tasks import make
        @make
        def t(x: int) -> int:
            return x + 1
        """,
    ),
    "factory_elsewhere_top": Way(
        """
        from factory_of_tasks import make_top
        t = make_top()
        """,
    ),
    "lambda": Way(
        """
        t = task(lambda: 5)
        @workflow
        def wf(x: int) -> int:
            return t()
        """,
        declared="its result has no type and would be dropped",
    ),
    "lambda_arg": Way(
        """
        t = task(lambda x: x + 1)
        """,
        declared="a lambda has no annotations",
    ),
    "lambda_annotated": Way(
        """
        f = lambda x: x + 1
        f.__annotations__ = {'x': int, 'return': int}
        t = task(f)
        """,
    ),
    "partial": Way(
        """
        import functools
        def add(a: int, x: int) -> int:
            return a + x
        t = task(functools.partial(add, a=1))
        """,
        declared="a functools.partial has no signature",
    ),
    "partial_positional": Way(
        """
        import functools
        def add(a: int, x: int) -> int:
            return a + x
        t = task(functools.partial(add, 1))
        """,
        declared="a functools.partial has no signature",
    ),
    "partial_wrapped": Way(
        """
        import functools
        def add(a: int, x: int) -> int:
            return a + x
        p = functools.update_wrapper(functools.partial(add, a=1), add)
        t = task(p)
        """,
        declared="a functools.partial has no signature",
    ),
    "task_of_workflow": Way(
        """
        @workflow
        def w(x: int) -> int:
            return x
        t = task(w)
        """,
        declared="this is a workflow already",
    ),
    "task_of_task": Way(
        """
        @task
        def w(x: int) -> int:
            return x
        t = task(w)
        """,
        declared="this is a task already",
    ),
    "task_of_plan": Way(
        """
        @workflow
        def w(x: int) -> int:
            return x
        t = task(LaunchPlan.get_or_create(w, 'planx'))
        """,
        declared="this is a launch plan already",
    ),
    "workflow_of_task": Way(
        """
        @task
        def t1(x: int) -> int:
            return x
        wf = workflow(t1)
        """,
        declared="this is a task already",
    ),
    "workflow_of_workflow": Way(
        """
        @workflow
        def w(x: int) -> int:
            return x
        wf = workflow(w)
        """,
        declared="this is a workflow already",
    ),
    "workflow_of_lambda": Way(
        """
        wf = workflow(lambda: 5)
        """,
        declared="a lambda has no annotations",
    ),
    "workflow_of_partial": Way(
        """
        import functools
        @task
        def t1(x: int) -> int:
            return x + 1
        def body(x: int, y: int) -> int:
            return t1(x=x)
        wf = workflow(functools.partial(body, y=2))
        """,
        declared="a functools.partial has no signature",
    ),
    "workflow_of_class": Way(
        """
        class W:
            pass
        wf = workflow(W)
        """,
        declared="@workflow decorates functions",
    ),
    "workflow_of_number": Way(
        """
        wf = workflow(3)
        """,
        declared="@workflow decorates functions",
    ),
    "workflow_async": Way(
        """
        @task
        def t1(x: int) -> int:
            return x + 1
        @workflow
        async def wf(x: int) -> int:
            return t1(x=x)
        """,
        declared="it cannot be async",
    ),
    "workflow_generator": Way(
        """
        @task
        def t1(x: int) -> int:
            return x + 1
        @workflow
        def wf(x: int) -> int:
            yield t1(x=x)
        """,
        declared="it cannot yield",
    ),
    "workflow_method": Way(
        """
        @task
        def t1(x: int) -> int:
            return x + 1
        class W:
            @workflow
            def wf(self, x: int) -> int:
                return t1(x=x)
        """,
        declared="to fix: move `wf` out of its class",
    ),
    "dynamic_of_task": Way(
        """
        @task
        def t1(x: int) -> int:
            return x
        t = dynamic(t1)
        """,
        declared="this is a task already",
    ),
    "eager_of_task": Way(
        """
        @task
        async def t1(x: int) -> int:
            return x
        t = eager(t1)
        """,
        declared="this is a task already",
    ),
    "deco_without_wraps": Way(
        """
        def deco(fn):
            def wrapper(x: int) -> int:
                return fn(x)
            return wrapper
        @task
        @deco
        def t(x: int) -> int:
            return x + 1
        """,
        declared="if `deco` is a decorator, put @functools.wraps on `wrapper`",
    ),
    "deco_with_wraps": Way(
        """
        import functools
        def deco(fn):
            @functools.wraps(fn)
            def wrapper(*a, **k):
                return fn(*a, **k)
            return wrapper
        @task
        @deco
        def t(x: int) -> int:
            return x + 1
        """,
    ),
    "deco_outside": Way(
        """
        import functools
        def deco(fn):
            @functools.wraps(fn)
            def wrapper(*a, **k):
                return fn(*a, **k)
            return wrapper
        @deco
        @task
        def t(x: int) -> int:
            return x + 1
        """,
        written="put @task above the other decorators",
    ),
    "deco_outside_bare": Way(
        """
        def deco(fn):
            def wrapper(*a, **k):
                return fn(*a, **k)
            return wrapper
        @deco
        @task
        def t(x: int) -> int:
            return x + 1
        """,
        written="put @task above the other decorators",
    ),
    "deco_class": Way(
        """
        class Deco:
            def __init__(self, fn):
                self.fn = fn
            def __call__(self, x: int) -> int:
                return self.fn(x)
        @task
        @Deco
        def t(x: int) -> int:
            return x + 1
        """,
        declared="functools.update_wrapper(self, fn)",
    ),
    "deco_class_wrapped": Way(
        """
        import functools
        class Deco:
            def __init__(self, fn):
                functools.update_wrapper(self, fn)
                self.fn = fn
            def __call__(self, x: int) -> int:
                return self.fn(x)
        @task
        @Deco
        def t(x: int) -> int:
            return x + 1
        """,
    ),
    "callable_instance": Way(
        """
        class Adder:
            def __call__(self, x: int) -> int:
                return x + 1
        t = task(Adder())
        """,
        declared="an object of class `Adder`",
    ),
    "async": Way(
        """
        @task
        async def t(x: int) -> int:
            return x + 1
        """,
    ),
    "generator": Way(
        """
        from typing import Iterator
        @task
        def t(x: int) -> Iterator[int]:
            yield x + 1
        @workflow
        def wf(x: int) -> Iterator[int]:
            return t(x=x)
        """,
        live="[2]",
    ),
    "generator_int": Way(
        """
        @task
        def t(x: int) -> int:
            yield x + 1
        """,
        declared="annotate Iterator",
    ),
    "async_generator": Way(
        """
        from typing import AsyncIterator
        @task
        async def t(x: int) -> AsyncIterator[int]:
            yield x + 1
        @workflow
        def wf(x: int) -> AsyncIterator[int]:
            return t(x=x)
        """,
        declared="no transformer takes the type AsyncIterator",
    ),
    "async_generator_int": Way(
        """
        @task
        async def t(x: int) -> int:
            yield x + 1
        """,
        declared="an async generator cannot be a task",
    ),
    "builtin_len": Way(
        """
        t = task(len)
        """,
        declared="functions written in Python",
    ),
    "builtin_max": Way(
        """
        t = task(max)
        """,
        declared="functions written in Python",
    ),
    "builtin_type": Way(
        """
        t = task(int)
        """,
        declared="@task decorates functions",
    ),
    "builtin_sin": Way(
        """
        import math
        t = task(math.sin)
        """,
        declared="functions written in Python",
    ),
    "numpy_ufunc": Way(
        """
        import numpy
        t = task(numpy.add)
        """,
        declared="functions written in Python",
    ),
    "not_callable": Way(
        """
        t = task(3)
        """,
        declared="@task decorates functions",
    ),
    "operator": Way(
        """
        import operator
        t = task(operator.itemgetter(1))
        """,
        declared="functions written in Python",
    ),
    "cached_fn": Way(
        """
        import functools
        @task
        @functools.lru_cache
        def t(x: int) -> int:
            return x + 1
        """,
    ),
    "contextmanager": Way(
        """
        import contextlib
        @task
        @contextlib.contextmanager
        def t(x: int) -> int:
            yield x + 1
        """,
        declared="annotate Iterator",
    ),
    "imported": Way(
        """
        from factory_of_tasks import top as t
        """,
    ),
    "imported_task_of": Way(
        """
        from factory_of_tasks import plain
        t = task(plain)
        """,
    ),
    "rebound_global": Way(
        """
        def gen(x: int) -> int:
            return x + 1
        def setup():
            global t
            t = task(gen)
        setup()
        """,
    ),
    "dataclass_field": Way(
        """
        import dataclasses
        @dataclasses.dataclass
        class Box:
            t: object
        def gen(x: int) -> int:
            return x + 1
        box = Box(task(gen))
        @workflow
        def wf(x: int) -> int:
            return box.t(x=x)
        """,
        written="gen_task = task(gen)",
    ),
    "wf_factory_here": Way(
        """
        @task
        def t1(x: int) -> int:
            return x + 1
        def make():
            @workflow
            def inner(x: int) -> int:
                return t1(x=x)
            return inner
        wf = make()
        """,
    ),
    "wf_with_task_inside": Way(
        """
        @workflow
        def wf(x: int) -> int:
            @task
            def inner(x: int) -> int:
                return x + 1
            return inner(x=x)
        """,
    ),
    "wf_factory_with_task_inside": Way(
        """
        def make():
            @workflow
            def inner_wf(x: int) -> int:
                @task
                def inner(x: int) -> int:
                    return x + 1
                return inner(x=x)
            return inner_wf
        wf = make()
        """,
    ),
    "wf_factory_with_dynamic_inside": Way(
        """
        def make():
            @workflow
            def inner_wf(x: int) -> int:
                @task
                def inner(x: int) -> int:
                    return x + 1
                @dynamic
                def dyn(x: int) -> int:
                    return inner(x=x)
                return dyn(x=x)
            return inner_wf
        wf = make()
        """,
    ),
    "wf_unheld_with_task_inside": Way(
        """
        def make():
            @workflow
            def inner_wf(x: int) -> int:
                @task
                def inner(x: int) -> int:
                    return x + 1
                return inner(x=x)
            return inner_wf
        hold = [make()]
        @workflow
        def wf(x: int) -> int:
            return hold[0](x=x)
        """,
        written="to fix: assign it to a variable",
    ),
    "wf_renamed_with_task_inside": Way(
        """
        @workflow
        def first(x: int) -> int:
            @task
            def inner(x: int) -> int:
                return x + 1
            return inner(x=x)
        wf = first
        del first
        """,
    ),
    "map_of_unheld": Way(
        """
        def gen(x: int) -> int:
            return x + 1
        hold = [task(gen)]
        @workflow
        def wf(x: int) -> list[int]:
            return map_task(hold[0])(x=[x])
        """,
        written="gen_task = task(gen)",
        live="[2]",
    ),
    "map_of_other_name": Way(
        """
        def gen(x: int) -> int:
            return x + 1
        g = task(gen)
        @workflow
        def wf(x: int) -> list[int]:
            return map_task(g)(x=[x])
        """,
        live="[2]",
    ),
    "dynamic_of_unheld": Way(
        """
        def gen(x: int) -> int:
            return x + 1
        hold = [task(gen)]
        @dynamic
        def t(x: int) -> int:
            return hold[0](x=x)
        """,
    ),
    "dynamic_makes": Way(
        """
        def gen(x: int) -> int:
            return x + 1
        @dynamic
        def t(x: int) -> int:
            return task(gen)(x=x)
        """,
    ),
    "dynamic_other_name": Way(
        """
        def gen(x: int) -> int:
            return x + 1
        @task
        def t1(x: int) -> int:
            return x + 1
        def body(x: int) -> int:
            return t1(x=x)
        t = dynamic(body)
        """,
    ),
    "shell": Way(
        """
        from drawloom import ShellTask, kwtypes
        t = ShellTask(name='sh', script='true {inputs.x}', inputs=kwtypes(x=int))
        @workflow
        def wf(x: int) -> None:
            t(x=x)
        """,
        live="None",
    ),
    "shell_unheld": Way(
        """
        from drawloom import ShellTask, kwtypes
        hold = [ShellTask(name='sh', script='true {inputs.x}', inputs=kwtypes(x=int))]
        @workflow
        def wf(x: int) -> None:
            hold[0](x=x)
        """,
        written="to fix: assign it to a variable",
        live="None",
    ),
    "factory_elsewhere_shell": Way(
        """
        from factory_of_tasks import shell
        t = shell()
        @workflow
        def wf(x: int) -> None:
            t(x=x)
        """,
        live="None",
    ),
    "deco_without_wraps_elsewhere": Way(
        """
        from factory_of_tasks import bare
        @task
        @bare
        def t(x: int) -> int:
            return x + 1
        """,
        declared="if `bare` is a decorator, put @functools.wraps on `wrapper`",
    ),
}

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
