"""The first use of everything that is loaded late, from many threads at once in a fresh process."""

import os
import subprocess
import sys
import textwrap

import pytest

THREADS = 16
SETTING = """
    import sys, threading, time, types
    sys.setswitchinterval(1e-6)
    import drawloom


    class Slow:
        # Every module that is loaded from now on takes a while, in which the other threads go on.

        @staticmethod
        def find_spec(name, path=None, target=None):
            time.sleep(0.0005)


    sys.meta_path.insert(0, Slow)

    env = drawloom.TaskEnvironment("first")


    @env.task
    def double(n: int) -> int:
        return n * 2


    @env.task
    async def adouble(n: int) -> int:
        return n * 2


    @env.task
    def mapped(n: int) -> int:
        return sum(drawloom.map(double, [n, n]))


    @env.task(cache=drawloom.Cache("override", "v1"))
    def kept(n: int) -> int:
        return n * 2


    @drawloom.task
    def plus(n: int) -> int:
        return n + 1


    @drawloom.workflow
    def wf(n: int) -> int:
        return plus(n=n)
"""
AT_ONCE = """
    start, wrong = threading.Barrier({threads}), []


    def work(n):
        start.wait()
        try:
            first(n)
        except BaseException as error:
            wrong.append(repr(error))


    threads = [threading.Thread(target=work, args=(n,)) for n in range({threads})]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(sorted(set(wrong)))
"""
USES = {
    "a run": "assert drawloom.run(double, n).outputs()[0] == n * 2",
    "an asynchronous run": "assert drawloom.run(adouble, n).outputs()[0] == n * 2",
    "a mapped run": "assert drawloom.run(mapped, n).outputs()[0] == n * 4",
    "a cached run": "assert drawloom.run(kept, n).outputs()[0] == n * 2",
    "a workflow": "assert wf(n=n) == n + 1",
    "a program": "from drawloom.interpreter import load, run",
    "compiling": "import compiler; assert compiler.compile_bundle([wf], compiler.LiveSettings()).data",
    "storage by fsspec": "drawloom.context.file_access().write_bytes(f'memory://first/{n}', b'x')",
    "typed inputs": "from drawloom.cli.inputs.typed_text import read_tree; assert read_tree('a: 1', 'x.yaml') == {'a': 1}",
    "a picture": "from drawloom.pictures.text import mermaid",
    "a record": "from drawloom.interpreter import read_run, SqliteCache, resume",
    "a deck": "from drawloom import Deck; assert Deck('a', 'b').html",
    "a failed run": "assert type(drawloom.with_runcontext().start(double, {'n': n}).error) is type(None)",
}
HINTS = {
    "msgpack": "dict[str, dict[int, str]]",
    "dataclasses": "Point",
    "pydantic": "Model",
    "numpy": "__import__('numpy').ndarray",
    "pandas": "__import__('pandas').DataFrame",
    "pyarrow": "__import__('pyarrow').Table",
    "polars": "__import__('polars').DataFrame",
    "google.protobuf": "__import__('google.protobuf.timestamp_pb2').protobuf.timestamp_pb2.Timestamp",
    "cloudpickle": "complex",
    "datetime": "__import__('datetime').datetime",
    "files": "drawloom.FlyteFile",
    "datasets": "drawloom.StructuredDataset",
    "attrs": "__import__('attrs').make_class('A', ['x'])",
    "msgspec": "__import__('msgspec').defstruct('S', [('x', int)])",
    "PIL": "__import__('PIL.Image').Image.Image",
    "scipy": "__import__('scipy.sparse').sparse.csr_matrix",
    "duckdb": "__import__('duckdb').DuckDBPyRelation",
}


def child(tmp_path, text):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(
        [sys.executable, "-W", "error::RuntimeWarning", "-c", textwrap.dedent(SETTING) + textwrap.dedent(text)],
        capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path,
        env={**environment, "DRAWLOOM_HOME": str(tmp_path / "home")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("use", USES)
def test_many_threads_may_be_the_first_to_use_it(tmp_path, use):
    text = f"\ndef first(n):\n    {USES[use]}\n\n" + textwrap.dedent(AT_ONCE.format(threads=THREADS))
    assert child(tmp_path, text)[-1] == "[]"


@pytest.mark.parametrize("library", HINTS)
def test_many_threads_may_be_the_first_to_convert_a_librarys_type(tmp_path, library):
    if library in {"pydantic", "numpy", "pandas", "pyarrow", "polars", "attrs", "msgspec", "PIL", "scipy", "duckdb"}:
        pytest.importorskip(library, reason="the library is an extra")
    text = f"""
    import dataclasses
    from typeengine import default_engine


    @dataclasses.dataclass
    class Point:
        x: int


    def first(n):
        if {library!r} == "pydantic":
            import pydantic
            hint = type("Model", (pydantic.BaseModel,), {{"__annotations__": {{"x": int}}, "__module__": "__main__"}})
        else:
            hint = {HINTS[library] if library != "pydantic" else None}
        assert default_engine().codec(hint).literal_type is not None


    """
    assert child(tmp_path, textwrap.dedent(text) + textwrap.dedent(AT_ONCE.format(threads=THREADS)))[-1] == "[]"


def test_a_module_that_another_thread_is_importing_is_not_looked_into(tmp_path):
    """Half a module is in `sys.modules` for as long as its import takes: here for good, for all that these uses do not need."""
    text = """
    for name in ("asyncio", "IPython", "numpy", "pandas", "pyarrow", "polars", "pydantic", "torch", "fsspec", "cloudpickle"):
        sys.modules[name] = types.ModuleType(name)


    @env.task(retries=1)
    def fails(n: int) -> int:
        raise ValueError("no")


    assert drawloom.run(double, 2).outputs()[0] == 4
    assert drawloom.run(mapped, 2).outputs()[0] == 8
    assert drawloom.run(kept, 2).outputs()[0] == 4
    assert wf(n=1) == 2
    assert str(drawloom.with_runcontext().start(fails, {"n": 1}).error)
    from typeengine import default_engine
    import datetime, decimal, typing
    for hint, value in ((int, 1), (str, "a"), (list[int], [1]), (dict[str, float], {"a": 1.0}), (typing.Optional[int], None),
                        (datetime.timedelta, datetime.timedelta(1)), (bool, True)):
        codec = default_engine().codec(hint)
        assert codec.decode(codec.encode(value)) == value
    print("done")
    """
    assert child(tmp_path, text)[-1] == "done"
