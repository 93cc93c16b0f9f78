"""flytekit 1: its type engine, translator and local execution."""

import collections
import os

from flyteidl.core import literals_pb2
from flytekit.configuration import Image, ImageConfig, SerializationSettings
from flytekit.core.context_manager import FlyteContextManager
from flytekit.core.type_engine import TypeEngine
from flytekit.models.literals import Literal, LiteralMap
from flytekit.tools.translator import get_serializable

from benchmarks import model
from benchmarks.cases import millions
from benchmarks.peers.calling import late, list_memory, peak_over, repeat
from benchmarks.shapes import Source

IMAGE = ImageConfig(default_image=Image(name="img", fqn="img", tag="v"))
SETTINGS = SerializationSettings(project="p", domain="d", version="v", image_config=IMAGE)
FAR = 10_000_000


def serialized(source):
    spec = get_serializable(collections.OrderedDict(), SETTINGS, source.make())
    return spec.to_flyte_idl().SerializeToString(deterministic=True)


class Flytekit:
    def __init__(self):
        self.context = FlyteContextManager.current_context()

    def values(self, case):
        encode, decode = self.interface(case.type) if isinstance(case.type, dict) else self.one(case.type)
        if case.large:
            return late(encode, decode, case.value)
        data = encode(case.value)
        assert decode(data) == case.value
        if isinstance(case.type, dict):
            return repeat(encode, case.value), repeat(decode, data)
        warm = self.one(case.type, forget=lambda: None)[0]
        return repeat(encode, case.value), repeat(decode, data), repeat(warm, case.value)

    def one(self, hint, forget=TypeEngine._LITERAL_CACHE.clear):  # noqa: SLF001 - a loop over one value would time the cache
        context, literal_type = self.context, TypeEngine.to_literal_type(hint)

        def encode(value):
            forget()
            return TypeEngine.to_literal(context, value, hint, literal_type).to_flyte_idl().SerializeToString()

        def decode(data):
            literal = Literal.from_flyte_idl(literals_pb2.Literal.FromString(data))
            return TypeEngine.to_python_value(context, literal, hint)

        return encode, decode

    def interface(self, types):
        context = self.context

        def encode(values):
            TypeEngine._LITERAL_CACHE.clear()  # noqa: SLF001 - as above
            return TypeEngine.dict_to_literal_map(context, values, types).to_flyte_idl().SerializeToString()

        def decode(data):
            found = LiteralMap.from_flyte_idl(literals_pb2.LiteralMap.FromString(data))
            return TypeEngine.literal_map_to_kwargs(context, found, types)

        return encode, decode

    def codec(self, kind):
        def typed(thing, _):
            return TypeEngine.to_literal_type(thing[0])

        def converted(thing, literal_type):
            hint, value = thing
            TypeEngine._LITERAL_CACHE.clear()  # noqa: SLF001 - as above
            literal = TypeEngine.to_literal(self.context, value, hint, literal_type)
            data = literal.to_flyte_idl().SerializeToString()
            literal = Literal.from_flyte_idl(literals_pb2.Literal.FromString(data))
            assert TypeEngine.to_python_value(self.context, literal, hint) == value

        return lambda number: model.first(kind, number), {"type": typed, "first value": converted}

    def compile(self, shape, size):
        return repeat(serialized, Source("flytekit", shape, size))

    def run(self, shape, size):
        shape, _, way = shape.partition("+")
        made, seen = Source("flytekit", shape, size, cached=way.startswith("cache")).make(), [1]
        if way.startswith("cache"):
            os.environ["FLYTE_LOCAL_CACHE_ENABLED"] = "true"

        def once():
            if way == "cache-miss":
                seen.append(seen.pop() + FAR)
            assert made(x=seen[0]) > 1

        return repeat(once)

    def sleepers(self, kind, size):
        made = Source("flytekit", f"sleep_{kind}", size).make()
        return repeat(lambda: made(x=size))

    def memory(self, what, size):
        if what.startswith("compile"):
            source = Source("flytekit", what.partition("_")[2], size)
            serialized(Source("flytekit", "chain", 10))
            return {"node": peak_over(lambda: serialized(source))[1] / size}
        encode, decode = self.one(list[int])
        assert decode(encode([1])) == [1]
        return list_memory(encode, decode, millions(what))


PEERS = {"flytekit": Flytekit}
