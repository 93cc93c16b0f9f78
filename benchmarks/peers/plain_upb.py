"""The plain closures of `benchmarks.plain`: the design to beat without installing anything."""

from benchmarks import plain
from benchmarks.cases import millions
from benchmarks.peers.calling import list_memory, repeat


class Plain:
    def values(self, case):
        encode, decode = plain.codec(case.type)
        data = encode(case.value)
        assert decode(data) == case.value
        return repeat(encode, case.value), repeat(decode, data)

    def memory(self, what, size):  # noqa: ARG002 - a peer's method
        encode, decode = plain.codec(list[int])
        assert decode(encode([1])) == [1]
        return list_memory(encode, decode, millions(what))


PEERS = {"upb": Plain}
