"""Errors that the author of a workflow can mend."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "compiler": """
            FlyteAssertion FlyteCompilationException=CompileError
            FlyteFailureNodeInputMismatchException FlyteMissingReturnValueException
            FlyteMissingTypeException FlyteValidationException FlyteValueException
        """,
        "interpreter": """
            FlyteDisapprovalException FlytePromiseAttributeResolveException
            FlyteRecoverableException
        """,
        "literals": "FlyteUserException=WeftError",
        "typeengine": "FlyteTypeException=TypeTransformerFailedError",
        "weft.exceptions._named": """
            FlyteAuthenticationException FlyteDataNotFoundException
            FlyteEntityAlreadyExistsException FlyteEntityNotExistException
            FlyteEntityNotFoundException FlyteInvalidInputException FlyteTimeout
            FlyteUserRuntimeException
        """,
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)
