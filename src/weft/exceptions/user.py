"""Errors that the author of a workflow can mend."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "compiler": """
            FlyteAssertion FlyteFailureNodeInputMismatchException FlyteMissingReturnValueException
            FlyteMissingTypeException FlyteValidationException FlyteValueException
        """,
        "interpreter": "FlyteDisapprovalException FlytePromiseAttributeResolveException FlyteRecoverableException",
        "literals": "FlyteUserException=WeftError",
        "typeengine": "FlyteTypeException=TypeTransformerFailedError",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)
