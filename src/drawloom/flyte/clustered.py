"""Tasks that several machines run together. Not here; every use says so."""

from __future__ import annotations

from drawloom.unsupported import absent

NAMES = [
    "ClusterFailurePolicy",
    "ClusteredTaskEnvironment",
    "ClusteredTaskTemplate",
    "JaxRun",
    "Runtime",
    "TorchRun",
    "jax_initialize",
]
__getattr__ = absent(
    __name__,
    NAMES,
    why="a cluster that starts several machines for one task",
    instead="write a task for one machine, and map it",
)
