"""Lists and dicts of files: copies to a remote store are on their way together, and an error says which one it was of."""

import contextlib
import datetime as dt
import threading
from pathlib import Path

import pytest

from drawloom import FlyteDirectory, FlyteFile
from drawloom.context import FileAccessProvider, FlyteContextManager
from drawloom.context.storage import S3
from drawloom.context.storage.budget import Budget
from s3_server import BUCKET, KEYS, Fault, Proxy, s3_server
from typeengine import Engine, TypeTransformerFailedError

MANY = 8


@pytest.fixture(scope="module")
def proxy():
    with s3_server() as address, contextlib.closing(Proxy(address)) as made:
        yield made


@pytest.fixture
def remote(proxy, tmp_path):
    proxy.faults.clear()
    settings = S3(endpoint=proxy.address, retries=0, backoff=dt.timedelta(), **KEYS)
    access = FileAccessProvider(tmp_path / "sandbox", f"s3://{BUCKET}/{tmp_path.name}", data_config=settings)
    with FlyteContextManager.with_context(FlyteContextManager.current_context().with_file_access(access)):
        yield proxy


def files(folder, count=MANY):
    for number in range(count):
        (folder / f"{number}.txt").write_text(str(number))
    return [FlyteFile(str(folder / f"{number}.txt")) for number in range(count)]


def all_together(count):
    """Holds each of `count` puts until all of them are on their way; a put that comes alone waits for ever."""
    barrier = threading.Barrier(count)

    def matches(method, path):
        if method == "PUT":
            barrier.wait(timeout=30)
        return False

    return Fault(matches)


@pytest.mark.parametrize("shape", ["list", "dict", "optional"])
def test_files_are_sent_together_and_come_back_in_their_order(remote, tmp_path, shape):
    hint, value = {
        "list": (list[FlyteFile], files(tmp_path)),
        "dict": (dict[str, FlyteFile], {file.path: file for file in files(tmp_path)}),
        "optional": (list[FlyteFile] | None, files(tmp_path)),
    }[shape]
    remote.faults[:] = [all_together(MANY)]
    codec = Engine().codec(hint)
    back = codec.decode(codec.encode(value))
    remote.faults.clear()
    found = back.values() if shape == "dict" else back
    assert [Path(file).read_text() for file in found] == [str(number) for number in range(MANY)]
    if shape == "dict":
        assert list(back) == list(value)


def test_folders_and_arrays_are_sent_together_too(remote, tmp_path):
    np = pytest.importorskip("numpy")
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / "only").write_text(name)
    for hint, value in (
        (list[FlyteDirectory], [FlyteDirectory(str(tmp_path / name)) for name in "ab"]),
        (list[np.ndarray], [np.arange(3), np.arange(4)]),
    ):
        remote.faults[:] = [all_together(2)]
        codec = Engine().codec(hint)
        data = codec.encode(value)
        remote.faults.clear()
        assert len(codec.decode(data)) == 2


@pytest.mark.parametrize(("hint", "where"), [(list[FlyteFile], "[2]"), (dict[str, FlyteFile], '["2"]')])
def test_an_error_says_which_of_them_it_was(remote, tmp_path, hint, where):
    given = files(tmp_path, 4)
    given[2] = FlyteFile(str(tmp_path / "missing"))
    value = given if hint == list[FlyteFile] else {str(number): file for number, file in enumerate(given)}
    with pytest.raises(TypeTransformerFailedError) as caught:
        Engine().codec(hint).encode(value)
    assert caught.value.where == where


def test_a_key_that_is_no_unicode_is_refused(remote, tmp_path):
    with pytest.raises(TypeTransformerFailedError, match="surrogates"):
        Engine().codec(dict[str, FlyteFile]).encode({"\udc80": files(tmp_path, 1)[0], "b": files(tmp_path, 1)[0]})


def test_a_budget_is_never_overdrawn_and_what_is_larger_has_it_alone():
    budget, held, most, guard = Budget(10), [], [], threading.Lock()

    def work(size):
        with budget.holding(size):
            with guard:
                held.append(size)
                most.append(list(held))
            with guard:
                held.remove(size)

    threads = [threading.Thread(target=work, args=(size,)) for size in [3, 4, 10, 99, 1, 7, 5, 2] * 20]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert held == []
    assert all(sum(min(size, 10) for size in each) <= 10 for each in most)
