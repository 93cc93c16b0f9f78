"""protobuf alone: serialising and parsing the finished message, with no Python value made or read. A yardstick, not a peer."""

from benchmarks import plain
from benchmarks.peers.calling import repeat
from literals import pb


class Raw:
    def values(self, case):
        message = pb.LiteralMap if isinstance(case.type, dict) else pb.Literal
        data = plain.codec(case.type)[0](case.value)
        return repeat(message.FromString(data).SerializeToString), repeat(message.FromString, data)


PEERS = {"raw": Raw}
