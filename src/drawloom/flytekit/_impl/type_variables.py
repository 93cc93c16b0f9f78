"""Type variables that flytekit's modules show by name. Each is one variable for all of them."""

from __future__ import annotations

from typing import Any, ParamSpec, TypeVar

T = TypeVar("T")
TC = TypeVar("TC")
P = ParamSpec("P")
FuncOut = TypeVar("FuncOut")
MIG = TypeVar("MIG", bound=Any)
