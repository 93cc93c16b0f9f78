"""The cache: keys by value, entries that are checked, many processes."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

import drawloom
from drawloom.interpreter import CacheError, cache_key, list_runs, open_cache
from literals import pb
from running import outcome, quiet, value


def msgpack_literal(value):
    import msgpack

    return pb.Literal(scalar=pb.Scalar(binary=pb.Binary(value=msgpack.packb(value), tag="msgpack"))).SerializeToString()


def test_equal_values_have_equal_keys_whatever_their_order():
    one = cache_key("t", b"", "1", {"a": msgpack_literal({"x": 1, "y": 2})})
    two = cache_key("t", b"", "1", {"a": msgpack_literal({"y": 2, "x": 1})})
    assert one == two


def test_parts_of_a_key_do_not_run_into_each_other():
    empty = pb.Literal(scalar=pb.Scalar(none_type=pb.Void())).SerializeToString()
    keys = {
        cache_key("ta", b"", "1", {}),
        cache_key("t", b"a", "1", {}),
        cache_key("t", b"", "a1", {}),
        cache_key("t", b"", "1", {"a": empty}),
        cache_key("t", b"", "1", {"b": empty}),
    }
    assert len(keys) == 5


def test_tasks_of_one_name_and_version_with_other_interfaces_do_not_share_results(tmp_path):
    """Held where keys are made of a task: of a template, and of a task of an environment."""
    ran = []

    def program(kind):
        env = drawloom.TaskEnvironment("shared")

        def work(n: int) -> kind:
            ran.append(kind)
            return kind(n)

        work.__annotations__ = {"n": int, "return": kind}
        plain = drawloom.task(cache=True, cache_version="1")(work)
        return plain, env.task(cache=drawloom.Cache("override", "1"))(work)

    cache = open_cache(tmp_path / "c.db")
    for kind in (int, float, int, float):
        plain, action = program(kind)
        assert type(value(plain, outcome(plain, quiet(cache=cache), n=3))) is kind
        assert type(drawloom.run(action, n=3).outputs()[0]) is kind
    assert ran == [int, int, float, float]
    cache.close()


def test_the_hash_of_a_literal_stands_for_its_value():
    def hashed(n):
        return pb.Literal(hash="h", scalar=pb.Scalar(primitive=pb.Primitive(integer=n))).SerializeToString()

    assert cache_key("t", b"", "1", {"a": hashed(1)}) == cache_key("t", b"", "1", {"a": hashed(2)})


def test_ignored_inputs_do_not_count():
    assert cache_key("t", b"", "1", {"a": msgpack_literal(1)}, ["a"]) == cache_key("t", b"", "1", {})


def test_an_input_that_cannot_be_hashed_is_named_once_and_gives_no_key():
    with pytest.warns(UserWarning, match="'broken' cannot be hashed"):
        assert cache_key("t", b"", "1", {"broken": b"\xff\xff"}) is None


def test_entries_that_are_damaged_old_or_of_another_format_are_misses(tmp_path):
    cache = open_cache(tmp_path / "c.db")
    for name in ("good", "bad", "other"):
        cache.put(name, b"value", name)
    cache.close()
    with sqlite3.connect(tmp_path / "c.db") as connection:
        connection.execute("UPDATE entries SET value = 'x' WHERE key = 'bad'")
        connection.execute("UPDATE entries SET format = 99 WHERE key = 'other'")
    connection.close()
    assert cache.get("good") == b"value"
    assert cache.get("good", 1000) == b"value"
    assert cache.get("good", -1) is None
    assert cache.get("bad") is None
    assert cache.get("other") is None
    assert cache.get("never") is None
    assert {entry.name: entry.good for entry in cache.entries()} == {"good": True, "bad": False, "other": False}
    assert cache.clear("bad") == 1
    assert cache.clear() == 2
    assert cache.entries() == ()
    cache.close()


def test_a_store_that_is_no_database_is_a_miss_with_a_warning(tmp_path):
    (tmp_path / "c.db").write_bytes(b"this is not a database at all" * 100)
    cache = open_cache(tmp_path / "c.db")
    with pytest.warns(UserWarning, match="cannot be used"):
        assert cache.get("k") is None
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # it was said once
        cache.put("k", b"v")
        assert cache.get("k") is None


@pytest.mark.parametrize("ask", ["entries", "clear", "verify"])
@pytest.mark.parametrize("damage", ["no database", "no table of ours", "pages"])
def test_a_damaged_store_is_put_aside_by_the_commands_and_works_again(tmp_path, ask, damage):
    path = tmp_path / "c.db"
    cache = open_cache(path)
    for number in range(200):
        cache.put(str(number), os.urandom(500), "t")
    cache.close()
    if damage == "no database":
        path.write_bytes(b"this is not a database at all" * 100)
    elif damage == "no table of ours":
        path.unlink()
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE entries (other TEXT)")
        connection.close()
    else:
        data = bytearray(path.read_bytes())
        data[4096:] = os.urandom(len(data) - 4096)
        path.write_bytes(data)
    again = open_cache(path)
    getattr(again, ask)()
    if ask == "verify" or again.mended is not None:
        assert again.mended is not None
        assert again.mended.exists()
        assert again.entries() == again.verify() == ()
    again.put("k", b"v")
    assert again.get("k") == b"v"
    again.close()


def test_columns_that_hold_something_else_are_misses_and_are_shown(tmp_path):
    cache = open_cache(tmp_path / "c.db")
    for name in ("created", "value", "digest", "name"):
        cache.put(name, b"value", name)
    cache.close()
    with sqlite3.connect(tmp_path / "c.db") as connection:
        connection.execute("UPDATE entries SET created = 'noon' WHERE key = 'created'")
        connection.execute("UPDATE entries SET value = 7 WHERE key = 'value'")
        connection.execute("UPDATE entries SET digest = 1.5 WHERE key = 'digest'")
        connection.execute("UPDATE entries SET name = CAST(x'ff' AS TEXT) WHERE key = 'name'")
    connection.close()
    assert {name: cache.get(name, 1000) for name in ("created", "value", "digest", "name")} == {
        "created": None, "value": None, "digest": None, "name": b"value",
    }  # fmt: skip
    assert {entry.key: entry.good for entry in cache.entries()} == {
        "created": False, "value": False, "digest": False, "name": True,
    }  # fmt: skip
    cache.close()


def test_a_store_that_cannot_be_made_is_a_miss_with_one_warning_and_an_error_of_the_commands(tmp_path):
    (tmp_path / "file").write_text("in the way")
    cache = open_cache(tmp_path / "file" / "c.db")
    with pytest.warns(UserWarning, match="tasks run without it"):
        assert cache.get("k") is None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with cache.lock("k"):
            cache.put("k", b"v")
    (tmp_path / "c.db").mkdir()
    with pytest.raises(CacheError, match="DRAWLOOM_HOME"):
        open_cache(tmp_path / "c.db").entries()


def test_nobody_else_can_read_a_cache(tmp_path):
    path = tmp_path / "home" / "c.db"
    cache = open_cache(path)
    with cache.lock("k"):
        cache.put("k", b"v")
        modes = {each.name: each.stat().st_mode & 0o777 for each in [path.parent, *path.parent.rglob("*")]}
    assert modes == {"home": 0o700, "c.db": 0o600, "c.db-wal": 0o600, "c.db-shm": 0o600, "c.db.locks": 0o700, "k": 0o600,
                     "opening": 0o600}  # fmt: skip
    cache.close()


def test_a_cache_is_not_opened_through_a_link(tmp_path):
    (tmp_path / "elsewhere").write_bytes(b"")
    (tmp_path / "c.db").symlink_to(tmp_path / "elsewhere")
    cache = open_cache(tmp_path / "c.db")
    with pytest.warns(UserWarning, match="cannot be used"):
        cache.put("k", b"v")
    assert (tmp_path / "elsewhere").read_bytes() == b""


def test_an_entry_that_points_to_a_file_that_is_gone_is_found_by_verify(tmp_path):
    from literals import pack_map

    there = tmp_path / "there.txt"
    there.write_text("x")
    cache = open_cache(tmp_path / "c.db")
    for name, path in (("kept", there), ("gone", tmp_path / "gone.txt")):
        blob = pb.Literal(scalar=pb.Scalar(blob=pb.Blob(uri=str(path)))).SerializeToString()
        cache.put(name, pack_map({"o0": blob}), name)
    assert [entry.name for entry in cache.verify()] == ["gone"]
    cache.close()


def test_many_processes_share_one_cache_and_one_root_of_runs(tmp_path):
    count = 16 if os.environ.get("DRAWLOOM_LAWS") == "nightly" else 6
    child = Path(__file__).with_name("cache_child.py")
    paths = os.pathsep.join(p for p in sys.path if p.endswith("src"))
    running = [
        subprocess.Popen(
            [sys.executable, str(child), str(tmp_path), str(number)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": paths},
        )
        for number in range(count)
    ]  # fmt: skip
    for each in running:
        out, err = each.communicate(timeout=100)
        assert each.returncode == 0, err
        assert out.strip() == str(sum(n * n for n in range(20)))
    # Identical concurrent calls ran once among all the processes, and nothing was lost.
    assert sorted((tmp_path / "calls.log").read_text().split(), key=int) == [str(n) for n in range(20)]
    assert len(list_runs(tmp_path / "runs")) == count
    assert len(open_cache(tmp_path / "cache.db").entries()) == 20


def test_many_threads_may_open_a_new_cache_at_once(tmp_path):
    import threading

    cache = open_cache(tmp_path / "c.db")
    start, failed = threading.Barrier(12), []

    def use(n):
        start.wait()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                cache.put(str(n), b"x")
        except Warning as warning:
            failed.append(warning)
        cache.close()

    threads = [threading.Thread(target=use, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert len(cache.entries()) == 12
    cache.close()


def test_sixteen_processes_may_open_a_new_cache_at_once(tmp_path):
    child = Path(__file__).with_name("open_child.py")
    paths = os.pathsep.join(p for p in sys.path if p.endswith("src"))
    running = [
        subprocess.Popen(
            [sys.executable, str(child), str(tmp_path / "c.db"), str(number)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": paths},
        )
        for number in range(16)
    ]  # fmt: skip
    for each in running:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in running:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    for each in running:
        out, err = each.communicate(timeout=100)
        assert (each.returncode, out) == (0, "there\n"), err
    cache = open_cache(tmp_path / "c.db")
    assert len(cache.entries()) == 16
    cache.close()


def test_a_new_cache_waits_for_whoever_holds_its_file(tmp_path):
    import threading

    other = sqlite3.connect(tmp_path / "c.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")
    cache = open_cache(tmp_path / "c.db")
    letting_go = threading.Timer(0.2, lambda: other.execute("COMMIT"))
    letting_go.start()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cache.put("k", b"x")
    letting_go.join()
    other.close()
    assert cache.get("k") == b"x"
    cache.close()
