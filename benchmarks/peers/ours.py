"""drawloom: asked at the doors that its layers have for each other, and for the sub-tasks at its users' door."""

import pathlib
import shutil
import tempfile

import drawloom  # noqa: F401 - as its users do
from benchmarks import model
from benchmarks.cases import millions
from benchmarks.peers.calling import list_memory, peak_over, repeat
from benchmarks.programs import actions
from benchmarks.shapes import Source
from compiler import SerializationSettings, compile_bundle
from drawloom.interpreter import RunOptions, open_cache, run
from literals import pack_map, unpack_map
from typeengine import default_engine

SETTINGS = SerializationSettings(project="p", domain="d", version="v")
FAR = 10_000_000
"""Further than any chain counts, so that no input comes twice."""


class Drawloom:
    def __init__(self):
        self.engine = default_engine()

    def values(self, case):
        encode, decode = self.converters(case.type)
        data = encode(case.value)
        assert decode(data) == case.value
        return repeat(encode, case.value), repeat(decode, data)

    def converters(self, hint):
        """(encode, decode) of a type, or of an interface: types by name."""
        return self.interface(hint) if isinstance(hint, dict) else self.one(hint)

    def one(self, hint):
        codec = self.engine.codec(hint)
        return codec.encode, codec.decode

    def interface(self, types):
        codecs = {name: self.engine.codec(hint) for name, hint in types.items()}

        def encode(values):
            return pack_map({name: codecs[name].encode(value) for name, value in values.items()})

        def decode(data):
            return {name: codecs[name].decode(literal) for name, literal in unpack_map(data).items()}

        return encode, decode

    def codec(self, kind):
        def make(number):  # a new class, or else an engine that has seen no type yet
            engine = self.engine if kind in model.NEW else self.engine.clone()
            return (engine, *model.first(kind, number))

        def typed(thing, _):
            engine, hint, _ = thing
            codec = engine.codec(hint)
            assert codec.literal_type is not None
            return codec

        def converted(thing, codec):
            assert codec.decode(codec.encode(thing[2])) == thing[2]

        return make, {"type": typed, "first value": converted}

    def compile(self, shape, size):
        source = Source("drawloom", shape, size)
        return repeat(lambda: compile_bundle([source.make()], SETTINGS).data)

    def run(self, shape, size):
        shape, _, way = shape.partition("+")
        source = Source("drawloom", shape, size, cached=way.startswith("cache"))
        if way == "called":
            made = source.make()
            return repeat(lambda: made(x=1))
        compiled = compile_bundle([source.make()], SETTINGS)
        data, codec, entity = compiled.data, self.engine.codec(int), source.entity
        options, argument = self.options(way)

        def once():  # from the bytes: parsed, verified, planned and run
            inputs = {"x": codec.encode(argument())}
            found = run(data, inputs, entity=entity, entities=compiled.entities, options=options())
            assert codec.decode(found.outputs["o0"]) > 1

        return repeat(once)

    @staticmethod
    def options(way):
        """(what makes the options of a run, what gives its argument) of a way to run."""
        folder = pathlib.Path(tempfile.mkdtemp(prefix="bench"))
        if way in ("disk", "fsync"):
            record = folder / "record"

            def recorded():
                shutil.rmtree(record, ignore_errors=True)
                return RunOptions(run_dir=record, durability="outputs" if way == "disk" else "fsync")

            return recorded, lambda: 1
        if way in ("cache-miss", "cache-hit"):
            kept, seen = RunOptions(cache=open_cache(folder / "cache.db")), [1]

            def argument():
                if way == "cache-miss":
                    seen.append(seen.pop() + FAR)
                return seen[0]

            return lambda: kept, argument
        chosen = RunOptions(max_parallelism=1) if way == "sequential" else RunOptions()
        return lambda: chosen, lambda: 1

    def subtasks(self, kind, size):
        return actions("drawloom", kind, size)

    def sleepers(self, kind, size):
        if kind.startswith("action"):
            return actions("drawloom", kind, size)
        made = Source("drawloom", f"sleep_{kind}", size).make()
        return repeat(lambda: made(x=size))

    def memory(self, what, size):
        if what.startswith("compile"):
            source = Source("drawloom", what.partition("_")[2], size)
            Source("drawloom", "chain", 10).make()
            assert compile_bundle([Source("drawloom", "chain", 10).make()], SETTINGS).data
            work = lambda: compile_bundle([source.make()], SETTINGS).data  # noqa: E731 - as measured
            return {"node": peak_over(work)[1] / size}
        encode, decode = self.one(list[int])
        assert decode(encode([1, 2**35])) == [1, 2**35]
        return list_memory(encode, decode, millions(what))


PEERS = {"drawloom": Drawloom}
