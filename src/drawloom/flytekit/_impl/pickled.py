"""`FlytePickle[T]`: a type whose values are pickled, under flytekit's name. Naming it is the opt-in."""

from __future__ import annotations

from typing import Annotated, Any, final

from typeengine import Pickle


@final
class FlytePickle:
    """`FlytePickle[T]` is `Annotated[T, Pickle]`: values are pickled, and unpickling them runs code."""

    def __class_getitem__(cls, python_type: object) -> Any:
        return Annotated[python_type, Pickle]
