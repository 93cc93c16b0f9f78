"""`CodePolicy`: what ends a cached result, and what does not."""

import os
import pathlib
import subprocess
import sys
import textwrap

import pytest

import drawloom
from drawloom.actions.code_policy import UndigestibleError

SOURCES = str(pathlib.Path(drawloom.__file__).parent.parent)
HELPERS = """
    LIMIT = 3
    WORDS = {"b", "a", "c"}

    def clean(x):
        return x + LIMIT

    class Shape:
        side = 2
        def area(self):
            return self.side * scale()

    def scale():
        return 1
"""
TASKS = """
    import logging
    import math
    import functools
    from dataclasses import dataclass
    import drawloom
    import helpers_of_mine
    from helpers_of_mine import Shape

    log = logging.getLogger(__name__)
    RATES = {"a": 1.5, "b": (1, 2)}
    env = drawloom.TaskEnvironment("of-code")

    @dataclass
    class Settings:
        depth: int = 2

    SETTINGS = Settings()

    @functools.lru_cache
    def kept(x):
        return x * 2

    def even(x):
        return x == 0 or odd(x - 1)

    def odd(x):
        return x != 0 and even(x - 1)

    @env.task(cache=drawloom.Cache(behavior="auto", policies=[drawloom.CodePolicy()]))
    def work(x: int) -> float:
        log.info("working")
        known = x in {"p", "q", "r"}
        parts = [helpers_of_mine.clean(each) for each in range(x)]
        return math.sqrt(sum(parts)) + RATES["a"] + kept(x) + SETTINGS.depth + Shape().area() + even(x) + known
"""
VERSION = "import sys; sys.path.insert(0, '.'); import tasks_of_mine as t; print(t.work.cache_version())"


def version(folder, *, tasks=TASKS, helpers=HELPERS, seed="1"):
    folder.mkdir(exist_ok=True, parents=True)
    (folder / "tasks_of_mine.py").write_text(textwrap.dedent(tasks))
    (folder / "helpers_of_mine.py").write_text(textwrap.dedent(helpers))
    env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": SOURCES}
    done = subprocess.run(
        [sys.executable, "-c", VERSION], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_version_is_one_for_processes_hash_seeds_folders_lines_and_comments(tmp_path):
    first = version(tmp_path / "a")
    assert len(first) == 64
    assert version(tmp_path / "a" / "deeper", seed="77") == first
    moved = TASKS.replace("    def even", "    # a comment\n\n\n    def even").replace(
        "        log.info", "\n        log.info"
    )
    assert version(tmp_path / "c", tasks=moved, helpers="\n\n# moved\n" + textwrap.dedent(HELPERS)) == first


@pytest.mark.parametrize(
    ("what", "tasks", "helpers"),
    [
        ("the body", ("math.sqrt", "math.cbrt" if sys.version_info >= (3, 11) else "math.exp"), None),
        ("a constant of the body", ('"r"}', '"s"}'), None),
        ("a global", ('"a": 1.5', '"a": 2.5'), None),
        ("an item within a global", ("(1, 2)", "(1, 3)"), None),
        ("a settings object", ("Settings()", "Settings(depth=3)"), None),
        ("a cached helper", ("x * 2", "x * 3"), None),
        ("a helper of a helper", ("x != 0", "x != 1"), None),
        ("a function of another module", None, ("x + LIMIT", "x - LIMIT")),
        ("a global of another module", None, ("LIMIT = 3", "LIMIT = 4")),
        ("a method of a class", None, ("self.side *", "self.side +")),
        ("what a method calls", None, ("return 1", "return 2")),
    ],
)
def test_a_change_of_what_the_function_uses_ends_the_result(tmp_path, what, tasks, helpers):
    before = version(tmp_path)
    after = version(
        tmp_path / "other",
        tasks=TASKS.replace(*tasks) if tasks else TASKS,
        helpers=HELPERS.replace(*helpers) if helpers else HELPERS,
    )
    assert after != before, what


def test_what_the_function_does_not_use_does_not_count(tmp_path):
    more = textwrap.dedent(HELPERS) + "\ndef unused():\n    return 5\n"
    assert version(tmp_path / "a", helpers=more) == version(tmp_path / "b")


def made(fn, salt=""):
    return drawloom.CodePolicy().get_version(salt, drawloom.VersionParameters(fn))


def test_closures_defaults_and_the_salt_count():
    def around(n):
        def inner(x, y=(n, 1)):
            return x + n + y[0]

        return inner

    def with_default(d):
        def inner(x, *, y=d):
            return x + y

        return inner

    assert made(around(1)) == made(around(1)) != made(around(2))
    assert made(with_default(1)) != made(with_default([1]))
    assert made(around(1), "a") != made(around(1), "b")


MARK = object()


def uses_mark(x: int) -> int:
    return x if MARK else 0


def test_names_of_keyword_arguments_count(tmp_path):
    calls = [TASKS.replace("return x * 2", f"return dict({name}=x)['{name}'] * 2") for name in ("first", "other")]
    versions = {version(tmp_path / str(at), tasks=tasks) for at, tasks in enumerate([TASKS, *calls])}
    assert len(versions) == 3


def test_a_global_that_cannot_be_digested_is_named():
    with pytest.raises(UndigestibleError, match="global `MARK` of .*uses_mark"):
        made(uses_mark)
    with pytest.raises(ValueError, match="global `MARK` of"):
        drawloom.task(uses_mark, cache=drawloom.Cache(policies=[drawloom.CodePolicy()]))


def test_a_global_that_does_not_exist_yet_is_named():
    def early():
        return not_there_yet()  # noqa: F821 - the point

    with pytest.raises(UndigestibleError, match="global `not_there_yet` of .*early"):
        made(early)


STEP = 1


def next_of(x):
    return x + STEP


def test_a_task_of_flyte_1_takes_the_policy():
    def one(x: int) -> int:
        return next_of(x)

    global STEP  # noqa: PLW0603 - the change of a global is the point
    cache = drawloom.Cache(policies=[drawloom.CodePolicy()])
    before = drawloom.task(one, cache=cache).metadata
    again = drawloom.task(one, cache=cache).metadata
    STEP = 2
    try:
        after = drawloom.task(one, cache=cache).metadata
    finally:
        STEP = 1
    assert before.cache_version == again.cache_version != after.cache_version


def test_a_run_uses_the_kept_result_until_a_helper_changes(tmp_path):
    env = drawloom.TaskEnvironment("kept-by-code", cache=drawloom.Cache("auto", policies=[drawloom.CodePolicy()]))
    where = str(tmp_path / "ran")

    def declared(factor):
        def helper(x):
            return x * factor

        @env.task
        def kept_by_code(x: int) -> int:
            with open(where, "a") as file:
                file.write("x")
            return helper(x)

        return kept_by_code

    results = [drawloom.run(declared(factor), x=4).outputs()[0] for factor in (2, 2, 3)]
    assert results == [8, 8, 12]
    assert len((tmp_path / "ran").read_text()) == 2
