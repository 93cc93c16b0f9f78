"""msgspec and pydantic: formats without types on the wire, as a yardstick. They write no literals, so no ratio counts them."""

from benchmarks.peers.calling import repeat

try:
    import msgspec
except ImportError:
    msgspec = None
try:
    import pydantic
except ImportError:
    pydantic = None


class Msgspec:
    def values(self, case):
        encoder, decoder = msgspec.msgpack.Encoder(), msgspec.msgpack.Decoder(case.type)
        data = encoder.encode(case.value)
        assert decoder.decode(data) == case.value
        return repeat(encoder.encode, case.value), repeat(decoder.decode, data)


class Pydantic:
    def values(self, case):
        adapter = pydantic.TypeAdapter(case.type)
        data = adapter.dump_json(case.value)
        assert adapter.validate_json(data) == case.value
        return repeat(adapter.dump_json, case.value), repeat(adapter.validate_json, data)


PEERS = {"msgspec": Msgspec, "pydantic": Pydantic}
