"""How each peer is asked for the same thing. Imported only in that peer's own interpreter.

`convert(case)` gives `(encode_n, decode_n)`: functions that convert n times; encoding ends and decoding starts with bytes.
`compiled(shape, size)` and `running(shape, size)` give a function that compiles, or runs, n times. A peer that cannot do a
case raises; the worker notes it.
"""

import asyncio
import typing

from benchmarks.chains import Source


def repeat(function, *arguments):
    """`function(*arguments)` n times."""

    def run(count):
        for _ in range(count):
            function(*arguments)

    return run


class Weft:
    def __init__(self):
        import weft  # noqa: F401 - as its users do
        from typeengine import default_engine

        self.codec = default_engine().codec

    def convert(self, case):
        codec = self.codec(case.type)
        data = codec.encode(case.value)
        assert codec.decode(data) == case.value
        return repeat(codec.encode, case.value), repeat(codec.decode, data)

    def compiled(self, shape, size):
        from compiler import SerializationSettings, compile_bundle

        source = Source("weft", shape, size)
        settings = SerializationSettings(project="p", domain="d", version="v")
        return repeat(lambda: compile_bundle([source.make()], settings).bundle.SerializeToString(deterministic=True))

    def running(self, shape, size):
        import interpreter
        from compiler import SerializationSettings, compile_bundle

        source = Source("weft", shape, size)
        compiled = compile_bundle([source.make()], SerializationSettings(project="p", domain="d", version="v"))
        data = compiled.bundle.SerializeToString()
        integer = self.codec(int)

        def once():  # from the bytes: parsed, verified, planned and run
            inputs = {"x": integer.encode(1)}
            found = interpreter.run(data, inputs, entity=f"bench_{shape}_{size}.wf", entities=compiled.entities)
            assert integer.decode(found.outputs["o0"]) > 1

        return repeat(once)


class Plain:
    def __init__(self):
        from benchmarks import plain

        self.codec = plain.codec

    def convert(self, case):
        encode, decode = self.codec(case.type)
        data = encode(case.value)
        assert decode(data) == case.value
        return repeat(encode, case.value), repeat(decode, data)


class Flytekit:
    def __init__(self):
        from flyteidl.core import literals_pb2
        from flytekit.core.context_manager import FlyteContextManager
        from flytekit.core.type_engine import TypeEngine
        from flytekit.models.literals import Literal

        self.engine, self.context = TypeEngine, FlyteContextManager.current_context()
        self.model, self.message = Literal, literals_pb2.Literal

    def convert(self, case):
        engine, context, kind = self.engine, self.context, case.type
        literal_type = engine.to_literal_type(kind)

        def encode(value):
            engine._LITERAL_CACHE.clear()  # noqa: SLF001 - otherwise a loop over one value times the cache
            return engine.to_literal(context, value, kind, literal_type).to_flyte_idl().SerializeToString()

        def decode(data):
            literal = self.model.from_flyte_idl(self.message.FromString(data))
            return engine.to_python_value(context, literal, kind)

        data = encode(case.value)
        assert decode(data) == case.value
        return repeat(encode, case.value), repeat(decode, data)

    def compiled(self, shape, size):
        from collections import OrderedDict

        from flytekit.configuration import Image, ImageConfig, SerializationSettings
        from flytekit.tools.translator import get_serializable

        source = Source("flytekit", shape, size)
        image = ImageConfig(default_image=Image(name="img", fqn="img", tag="v"))
        settings = SerializationSettings(project="p", domain="d", version="v", image_config=image)

        def once():
            spec = get_serializable(OrderedDict(), settings, source.make())
            return spec.to_flyte_idl().SerializeToString(deterministic=True)

        return repeat(once)

    def running(self, shape, size):
        wf = Source("flytekit", shape, size).make()
        return repeat(lambda: wf(x=1))


class Flyte:
    def __init__(self):
        from flyte.types import TypeEngine
        from flyteidl2.core import literals_pb2

        self.engine, self.message = TypeEngine, literals_pb2.Literal
        self.loop = asyncio.new_event_loop()

    def convert(self, case):
        engine, kind, message = self.engine, case.type, self.message
        literal_type = engine.to_literal_type(kind)

        async def encode(count):
            for _ in range(count):
                data = (await engine.to_literal(case.value, kind, literal_type)).SerializeToString()
            return data

        async def decode(count):
            for _ in range(count):
                value = await engine.to_python_value(message.FromString(data), kind)
            return value

        data = self.loop.run_until_complete(encode(1))
        assert self.loop.run_until_complete(decode(1)) == case.value
        return lambda n: self.loop.run_until_complete(encode(n)), lambda n: self.loop.run_until_complete(decode(n))

    def running(self, shape, size):
        import flyte

        if shape != "chain":
            raise NotImplementedError("a chain of calls is what it has in common with the others")
        environment = flyte.TaskEnvironment(name="bench")

        @environment.task
        async def inc(x: int) -> int:
            return x + 1

        @environment.task
        async def main(x: int) -> int:
            for _ in range(size):
                x = await inc(x)
            return x

        flyte.init()

        def once():
            run = flyte.with_runcontext(mode="local").run(main, x=1)
            assert run.outputs()[0] > size

        return repeat(once)


class Hamilton:
    def running(self, shape, size):
        import types

        from hamilton import driver

        lines = ["def n0(x: int) -> int:\n    return x + 1\n"]
        if shape == "chain":
            lines += [f"def n{i}(n{i - 1}: int) -> int:\n    return n{i - 1} + 1\n" for i in range(1, size)]
        else:
            raise NotImplementedError("only the chain is compared")
        module = types.ModuleType("bench_hamilton")
        import sys

        sys.modules["bench_hamilton"] = module
        exec("\n".join(lines), vars(module))
        dag = driver.Builder().with_modules(module).build()
        sys.setrecursionlimit(max(10_000, size * 20))
        return repeat(lambda: dag.execute([f"n{size - 1}"], inputs={"x": 1}))


class Dask:
    def running(self, shape, size):
        import dask

        if shape != "chain":
            raise NotImplementedError("only the chain is compared")

        def inc(x):
            return x + 1

        def once():
            value = 1
            step = dask.delayed(inc)
            for _ in range(size):
                value = step(value)
            return value.compute(scheduler="sync", optimize_graph=False)

        return repeat(once)


class Msgspec:
    def __init__(self):
        import msgspec

        self.msgspec = msgspec

    def convert(self, case):
        encoder, decoder = self.msgspec.msgpack.Encoder(), self.msgspec.msgpack.Decoder(case.type)
        data = encoder.encode(case.value)
        return repeat(encoder.encode, case.value), repeat(decoder.decode, data)


class Pydantic:
    def __init__(self):
        import pydantic

        self.adapter = pydantic.TypeAdapter

    def convert(self, case):
        adapter = self.adapter(case.type)
        data = adapter.dump_json(case.value)
        return repeat(adapter.dump_json, case.value), repeat(adapter.validate_json, data)


PEERS: dict[str, typing.Any] = {
    "weft": Weft,
    "upb": Plain,
    "flytekit": Flytekit,
    "flyte": Flyte,
    "hamilton": Hamilton,
    "dask": Dask,
    "msgspec": Msgspec,
    "pydantic": Pydantic,
}
