"""Values by name, as arguments and results are: the one way from Python values to literal bytes and back.

Whoever encodes the inputs or outputs of a task, workflow or launch plan does it here, so that a value of a wrong type is
told of in one form everywhere: the entity, `input` or `output` with its name, the path inside the value, expected and got.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, final

from literals import DrawloomError, pb
from typeengine.codec import Codec
from typeengine.errors import TypeTransformerFailedError

NamedSide = Literal["input", "output", "default input", "fixed input", "default of input"]


@final
class NamedCodecs:
    """The codecs of one side of an entity, by name in declared order.

    `owner`: the entity's name, for errors; empty where there is none. `side`: what the names are, for errors.
    """

    __slots__ = ("_decoders", "_encoders", "codecs", "owner", "side", "size")

    def __init__(self, codecs: Mapping[str, Codec], owner: str, side: NamedSide = "input") -> None:
        self.codecs = codecs
        self.size = len(codecs)
        self.owner = owner
        self.side: NamedSide = side
        self._encoders = {name: codec.encode for name, codec in codecs.items()}
        self._decoders = {name: codec.decode for name, codec in codecs.items()}

    def encode(self, values: Mapping[str, Any]) -> dict[str, bytes]:
        """The canonical bytes of a literal for each of these values, in their order.

        Raises:
            DrawloomError: there is no such name; a value is not of its type, or cannot be written.
        """
        encoders = self._encoders
        encoded: dict[str, bytes] = {}
        name = ""
        try:
            for name, value in values.items():
                encoded[name] = encoders[name](value)
        except DrawloomError as error:
            raise self.located(error, name) from error.__cause__
        except KeyError:
            self.check_names(values)
            raise
        return encoded

    def encode_one(self, name: str, value: Any) -> dict[str, bytes]:
        """`encode` of one value, without a mapping around it."""
        try:
            return {name: self._encoders[name](value)}
        except DrawloomError as error:
            raise self.located(error, name) from error.__cause__

    def decode(self, literals: Mapping[str, bytes]) -> dict[str, Any]:
        """The value of each of these literals, in their order.

        Raises:
            DrawloomError: there is no such name; a literal is not of its type, or what it refers to cannot be read.
        """
        decoders = self._decoders
        values: dict[str, Any] = {}
        name = ""
        try:
            for name, literal in literals.items():
                values[name] = decoders[name](literal)
        except DrawloomError as error:
            raise self.located(error, name) from error.__cause__
        except KeyError:
            self.check_names(literals)
            raise
        return values

    def decode_one(self, name: str, literal: bytes) -> Any:
        """`decode` of one literal, without a mapping around it."""
        try:
            return self._decoders[name](literal)
        except DrawloomError as error:
            raise self.located(error, name) from error.__cause__

    def encode_map(self, values: Mapping[str, Any]) -> pb.LiteralMap:
        """`encode` as a message."""
        return pb.LiteralMap(literals={name: pb.Literal.FromString(data) for name, data in self.encode(values).items()})

    def decode_map(self, message: pb.LiteralMap) -> dict[str, Any]:
        """The values of those literals of a message that have one of the names, in declared order."""
        literals = message.literals
        return self.decode(
            {name: literals[name].SerializeToString(deterministic=True) for name in self.codecs if name in literals}
        )

    def check_names(self, names: Iterable[str]) -> None:
        """Raise `TypeTransformerFailedError` if one of these names is not one of the codecs'."""
        for name in names:
            if name not in self.codecs:
                raise TypeTransformerFailedError(
                    f"there is no {self.side} `{name}`",
                    where=self.owner,
                    expected=f"one of {', '.join(self.codecs)}" if self.codecs else "none",
                    got=name,
                    fix="use one of these names",
                )

    def located(self, error: DrawloomError, name: str) -> DrawloomError:
        """The error, with entity and name put in front of where in the value it arose: ``m.t, input `xs`[2]["c"]``."""
        error.where = where_of(self.owner, self.side, name, error.where)
        return error


def where_of(owner: str, side: str, name: str, path: str = "") -> str:
    """Where an error about a value is: the entity, which of its values, and the path in it (`[2]`, `.field`, or words)."""
    variable = f"{owner}, {side} `{name}`" if owner else f"{side} `{name}`"
    return f"{variable}{path}" if not path or path.startswith(("[", ".", "<")) else f"{variable}, {path}"
