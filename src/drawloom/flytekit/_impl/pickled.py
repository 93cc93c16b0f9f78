"""`FlytePickle` and `FlytePickle[T]`: values that are pickled, under flytekit's name. Naming it is the opt-in."""

from __future__ import annotations

from typing import Annotated, Any, Final, final

from drawloom.context import FlyteContext
from literals import pb
from typeengine import Pickle, TypeEngine, TypeTransformer

_ANYTHING = Annotated[object, Pickle]


@final
class FlytePickle:
    """`FlytePickle[T]` is `Annotated[T, Pickle]`, and `FlytePickle` takes any value: unpickling them runs code."""

    def __class_getitem__(cls, python_type: object) -> Any:
        return Annotated[python_type, Pickle]


class FlytePickleTransformer(TypeTransformer[FlytePickle]):
    """Any value, pickled; for the bare name."""

    PYTHON_PICKLE_FORMAT: Final = "PythonPickle"

    def __init__(self) -> None:
        super().__init__("FlytePickle", FlytePickle, enable_type_assertions=False)

    def assert_type(self, t: object, v: Any) -> None:
        """Every value is taken."""

    def get_literal_type(self, t: object = None) -> pb.LiteralType:
        """That of pickles."""
        del t
        return TypeEngine.to_literal_type(_ANYTHING)

    def to_literal(
        self, ctx: FlyteContext, python_val: Any, python_type: object, expected: pb.LiteralType
    ) -> pb.Literal:
        """The value, pickled to where raw data goes."""
        del python_type
        return TypeEngine.to_literal(ctx, python_val, _ANYTHING, expected)

    def to_python_value(self, ctx: FlyteContext, lv: pb.Literal, expected_python_type: object) -> Any:
        """The value, unpickled."""
        del expected_python_type
        return TypeEngine.to_python_value(ctx, lv, _ANYTHING)


TypeEngine.register(FlytePickleTransformer())
