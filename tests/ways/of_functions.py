"""Functions, methods, lambdas, partials, entities and factories as tasks and workflows."""

from __future__ import annotations

from ways.way import Way

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
}
