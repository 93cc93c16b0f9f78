"""Errors that the author of a workflow can mend."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "compiler": """
            FlyteAssertion FlyteCompilationException=CompileError
            FlyteFailureNodeInputMismatchException FlyteMissingReturnValueException
            FlyteMissingTypeException FlyteValidationException FlyteValueException
        """,
        "drawloom.interpreter": """
            FlyteDisapprovalException FlytePromiseAttributeResolveException
            FlyteRecoverableException
        """,
        "literals": "FlyteUserException=DrawloomError",
        "typeengine": "FlyteTypeException=TypeTransformerFailedError",
        "drawloom.flytekit.exceptions._named": """
            FlyteAuthenticationException FlyteDataNotFoundException
            FlyteEntityAlreadyExistsException FlyteEntityNotExistException
            FlyteEntityNotFoundException FlyteInvalidInputException FlyteTimeout
            FlyteUserRuntimeException
        """,
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)
