"""Decorators, callable objects, generators, builtins and entities made inside functions."""

from __future__ import annotations

from ways.way import Way

WAYS = {
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
