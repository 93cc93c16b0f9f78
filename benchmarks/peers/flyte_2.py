"""The Flyte 2 SDK: its type engine and its local runs."""

import asyncio

from flyte.types import TypeEngine
from flyteidl2.core import literals_pb2

from benchmarks import model
from benchmarks.cases import millions
from benchmarks.peers.calling import late, list_memory
from benchmarks.programs import actions


class Flyte:
    def __init__(self):
        self.loop = asyncio.new_event_loop()

    def values(self, case):
        encode, decode = self.interface(case.type) if isinstance(case.type, dict) else self.one(case.type)
        wait = self.loop.run_until_complete
        if case.large:
            return late(lambda value: wait(encode(value)), lambda data: wait(decode(data)), case.value)
        data = wait(encode(case.value))
        assert wait(decode(data)) == case.value

        async def encode_n(count):
            for _ in range(count):
                await encode(case.value)

        async def decode_n(count):
            for _ in range(count):
                await decode(data)

        return lambda n: wait(encode_n(n)), lambda n: wait(decode_n(n))

    @staticmethod
    def one(hint):
        literal_type = TypeEngine.to_literal_type(hint)

        async def encode(value):
            return (await TypeEngine.to_literal(value, hint, literal_type)).SerializeToString()

        async def decode(data):
            return await TypeEngine.to_python_value(literals_pb2.Literal.FromString(data), hint)

        return encode, decode

    @staticmethod
    def interface(types):
        async def encode(values):
            return (await TypeEngine.dict_to_literal_map(values, types)).SerializeToString()

        async def decode(data):
            return await TypeEngine.literal_map_to_kwargs(literals_pb2.LiteralMap.FromString(data), types)

        return encode, decode

    def codec(self, kind):
        def typed(thing, _):
            return TypeEngine.to_literal_type(thing[0])

        async def first(hint, value, literal_type):
            data = (await TypeEngine.to_literal(value, hint, literal_type)).SerializeToString()
            return await TypeEngine.to_python_value(literals_pb2.Literal.FromString(data), hint)

        def converted(thing, literal_type):
            assert self.loop.run_until_complete(first(*thing, literal_type)) == thing[1]

        return lambda number: model.first(kind, number), {"type": typed, "first value": converted}

    def run(self, shape, size):
        return actions("flyte", shape, size)

    def subtasks(self, kind, size):
        return actions("flyte", kind, size)

    def sleepers(self, kind, size):
        return actions("flyte", kind, size)

    def memory(self, what, size):  # noqa: ARG002 - a peer's method
        encode, decode = self.one(list[int])
        wait = self.loop.run_until_complete
        assert wait(decode(wait(encode([1])))) == [1]
        return list_memory(lambda values: wait(encode(values)), lambda data: wait(decode(data)), millions(what))


PEERS = {"flyte": Flyte}
