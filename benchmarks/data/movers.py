"""How each peer is asked to move the same thing. Calls are those that a task's inputs and outputs make, or the library's own.

A mover has `put_file`, `get_file`, `put_folder`, `get_folder`, `put_many` (a list of files), `get_few` (downloads that are gathered),
and for frames `write`, which gives what `read` takes, and `read` with all columns or one. Addresses are fresh for each call.
"""

import asyncio
import functools
import os
import pathlib

from benchmarks.data import cases


def address(*parts):
    return "/".join([f"s3://{cases.BUCKET}", *parts])


class Drawloom:
    def __init__(self, endpoint, folder):
        from drawloom import FlyteDirectory, FlyteFile
        from drawloom.context import FileAccessProvider, FlyteContextManager
        from drawloom.io import File
        from typeengine import TypeEngine

        del endpoint  # it and the keys are in the environment
        self.file, self.folder, self.async_file, self.engine = FlyteFile, FlyteDirectory, File, TypeEngine
        self.manager = FlyteContextManager
        self.remote = FileAccessProvider(str(folder / "sandbox"), address("drawloom"))
        self.local = FileAccessProvider(str(folder / "sandbox"), str(folder / "raw"))

    def literal(self, value, hint, access):
        with self.manager.with_context(self.manager.current_context().with_file_access(access)) as context:
            return self.engine.to_literal(context, value, hint, self.engine.to_literal_type(hint))

    def value(self, literal, hint, access):
        with self.manager.with_context(self.manager.current_context().with_file_access(access)) as context:
            return self.engine.to_python_value(context, literal, hint)

    def put_file(self, path):
        return self.literal(self.file(str(path)), self.file, self.remote).scalar.blob.uri

    def get_file(self, source):
        return self.file.from_source(source).download()

    def put_folder(self, path):
        return self.literal(self.folder(str(path)), self.folder, self.remote).scalar.blob.uri

    def get_folder(self, source):
        return self.folder.from_source(source).download()

    def put_many(self, paths):
        self.literal([self.file(str(path)) for path in paths], list[self.file], self.remote)

    def get_few(self, sources):
        async def gathered():
            return await asyncio.gather(*(self.async_file(path=source).download() for source in sources))

        return asyncio.run(gathered())

    def write(self, frame):
        return self.literal(frame, type(frame), self.local), type(frame)

    @staticmethod
    @functools.cache
    def hint(kind, column):
        """As a task's signature has it: made once."""
        from typing import Annotated

        from drawloom import kwtypes

        return Annotated[kind, kwtypes(**{column: int})] if column else kind

    def read(self, written, column=None):
        literal, kind = written
        return self.value(literal, self.hint(kind, column), self.local)


class Flytekit:
    def __init__(self, endpoint, folder):
        from flytekit import FlyteDirectory, FlyteFile
        from flytekit.core.context_manager import FlyteContextManager
        from flytekit.core.data_persistence import FileAccessProvider
        from flytekit.core.type_engine import TypeEngine

        del endpoint  # it and the keys are in the environment
        self.file, self.folder, self.engine, self.manager = FlyteFile, FlyteDirectory, TypeEngine, FlyteContextManager
        self.remote = FileAccessProvider(str(folder / "sandbox"), address("flytekit"))
        self.local = FileAccessProvider(str(folder / "sandbox"), str(folder / "raw"))

    def context(self, access):
        return self.manager.current_context().with_file_access(access).build()

    def literal(self, value, hint, access):
        self.engine._LITERAL_CACHE.clear()  # noqa: SLF001 - a second call would time the cache
        with self.manager.with_context(self.context(access).new_builder()) as context:
            return self.engine.to_literal(context, value, hint, self.engine.to_literal_type(hint))

    def fresh(self, path):
        return self.remote.join(self.remote.raw_output_prefix, self.remote.get_random_string(), path.name)

    def placed(self, path):
        """A file with a target: without one a local execution of flytekit's copies nothing."""
        return self.file(str(path), remote_path=self.fresh(path))

    def put_file(self, path):
        return self.literal(self.placed(path), self.file, self.remote).scalar.blob.uri

    def get_file(self, source):
        return self.file.from_source(source).download()

    def put_folder(self, path):
        return self.literal(
            self.folder(str(path), remote_directory=self.fresh(path)), self.folder, self.remote
        ).scalar.blob.uri

    def get_folder(self, source):
        return self.folder.from_source(source).download()

    def put_many(self, paths):
        self.literal([self.placed(path) for path in paths], list[self.file], self.remote)

    def get_few(self, sources):
        async def gathered():  # its own coroutine works on one loop, that of its blocking calls; so in threads
            return await asyncio.gather(*(asyncio.to_thread(self.get_file, source) for source in sources))

        return asyncio.run(gathered())

    def write(self, frame):
        return self.literal(frame, type(frame), self.local), type(frame)

    @staticmethod
    @functools.cache
    def hint(kind, column):
        from typing import Annotated

        from flytekit import kwtypes

        return Annotated[kind, kwtypes(**{column: int})] if column else kind

    def read(self, written, column=None):
        literal, kind = written
        hint = self.hint(kind, column)
        with self.manager.with_context(self.context(self.local).new_builder()) as context:
            return self.engine.to_python_value(context, literal, hint)


class Flyte:
    def __init__(self, endpoint, folder):
        import flyte
        from flyte.io import Dir, File
        from flyte.storage import S3
        from flyte.types import TypeEngine

        storage = S3(endpoint=endpoint, access_key_id=cases.KEY, secret_access_key=cases.SECRET, region="us-east-1")
        flyte.init(storage=storage)
        self.file, self.folder, self.engine = File, Dir, TypeEngine
        self.place, self.count = folder, 0

    def fresh(self):
        self.count += 1
        return f"{os.getpid()}-{self.count}"

    def within(self, prefix, make):
        """What a coroutine gives where raw data go below a prefix, as in a task."""
        from flyte._context import internal_ctx
        from flyte.models import RawDataPath

        async def run():
            with internal_ctx().new_raw_data_path(RawDataPath(path=prefix)):
                return await make()

        return asyncio.run(run())

    def put_file(self, path):
        return asyncio.run(self.file.from_local(str(path), address("flyte", self.fresh(), "file"))).path

    def get_file(self, source):
        target = self.place / f"got-{self.fresh()}"
        return asyncio.run(self.file(path=source).download(str(target)))

    def put_folder(self, path):
        return asyncio.run(self.folder.from_local(str(path), address("flyte", self.fresh()))).path

    def get_folder(self, source):
        target = self.place / f"got-{self.fresh()}"
        return asyncio.run(self.folder(path=source).download(str(target)))

    def put_many(self, paths):
        async def gathered():
            targets = [address("flyte", self.fresh(), "file") for _ in paths]
            pairs = zip(paths, targets, strict=True)
            await asyncio.gather(*(self.file.from_local(str(path), target) for path, target in pairs))

        asyncio.run(gathered())

    def get_few(self, sources):
        async def gathered():
            targets = [str(self.place / f"got-{self.fresh()}") for _ in sources]
            pairs = zip(sources, targets, strict=True)
            return await asyncio.gather(*(self.file(path=source).download(target) for source, target in pairs))

        return asyncio.run(gathered())

    def write(self, frame):
        kind = type(frame)

        async def make():
            return await self.engine.to_literal(frame, kind, self.engine.to_literal_type(kind))

        return self.within(str(self.place / "raw"), make), kind

    @staticmethod
    @functools.cache
    def hint(kind, column):
        from collections import OrderedDict
        from typing import Annotated

        return Annotated[kind, OrderedDict({column: int})] if column else kind

    def read(self, written, column=None):
        literal, kind = written
        hint = self.hint(kind, column)
        return self.within(str(self.place / "raw"), lambda: self.engine.to_python_value(literal, hint))


class Obstore:
    """The library that moves the bytes, with nothing around it: files side by side, as many as drawloom has on their way."""

    TOGETHER = 64

    def __init__(self, endpoint, folder):
        import obstore
        from obstore.store import S3Store

        options = {"allow_http": True}
        self.library, self.place, self.count = obstore, folder, 0
        self.store = S3Store(
            cases.BUCKET, endpoint=endpoint, access_key_id=cases.KEY, secret_access_key=cases.SECRET, region="us-east-1",
            virtual_hosted_style_request=False, client_options=options,
        )  # fmt: skip

    def fresh(self):
        self.count += 1
        return f"{os.getpid()}-{self.count}"

    def put_file(self, path):
        key = f"obstore/{self.fresh()}"
        self.library.put(self.store, key, path)
        return address(key)

    def get_file(self, source):
        target = self.place / f"got-{self.fresh()}"
        with target.open("wb") as stream:
            for chunk in self.library.get(self.store, self.key(source)).stream():
                stream.write(chunk)
        return target

    @staticmethod
    def key(source):
        return source.removeprefix(address() + "/")

    async def side_by_side(self, calls):
        places = asyncio.Semaphore(self.TOGETHER)

        async def one(call):
            async with places:
                return await call()

        return await asyncio.gather(*map(one, calls))

    async def fetched(self, key, target):
        content = await (await self.library.get_async(self.store, key)).bytes_async()
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        return target

    def put_folder(self, path):
        root = f"obstore/{self.fresh()}"
        files = [(pathlib.Path(here) / name) for here, _, names in os.walk(path) for name in names]

        def put(file):
            return lambda: self.library.put_async(self.store, f"{root}/{file.relative_to(path)}", file)

        asyncio.run(self.side_by_side(map(put, files)))
        return address(root)

    def get_folder(self, source):
        root, target = self.key(source), self.place / f"got-{self.fresh()}"
        keys = [row["path"] for rows in self.library.list(self.store, root) for row in rows]

        def get(key):
            return lambda: self.fetched(key, target / key.removeprefix(f"{root}/"))

        asyncio.run(self.side_by_side(map(get, keys)))
        return target

    def put_many(self, paths):
        def put(path):
            return lambda: self.library.put_async(self.store, f"obstore/{self.fresh()}", path)

        asyncio.run(self.side_by_side(map(put, paths)))

    def get_few(self, sources):
        def get(source):
            return lambda: self.fetched(self.key(source), self.place / f"got-{self.fresh()}")

        return asyncio.run(self.side_by_side(map(get, sources)))


class Library:
    """What the frame's own library writes and reads, as it does unless it is told otherwise."""

    def __init__(self, name, folder):
        self.name, self.place, self.count = name, folder, 0

    def write(self, frame):
        self.count += 1
        path = str(self.place / f"{self.count}.parquet")
        if self.name == "pandas":
            frame.to_parquet(path)
        elif self.name == "polars":
            frame.write_parquet(path)
        else:
            import pyarrow.parquet

            pyarrow.parquet.write_table(frame, path)
        return path

    def read(self, written, column=None):
        columns = [column] if column else None
        if self.name == "pandas":
            import pandas as pd

            return pd.read_parquet(written, columns=columns)
        if self.name == "polars":
            import polars as pl

            return pl.read_parquet(written, columns=columns)
        import pyarrow.parquet

        return pyarrow.parquet.read_table(written, columns=columns)


def mover(peer, endpoint, folder):
    if peer in cases.LIBRARIES:
        return Library(peer, folder)
    return {"drawloom": Drawloom, "flytekit": Flytekit, "flyte": Flyte, "obstore": Obstore}[peer](endpoint, folder)
