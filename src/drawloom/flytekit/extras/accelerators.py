"""Accelerators."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "compiler": """
            A100 A100_80GB A10G BaseAccelerator GPUAccelerator H100 H200 K80 L4 L40S L4_VWS M60
            MultiInstanceGPUAccelerator P100 P4 RTX_PRO_6000 T4 V100 V5E V5P V6E
        """,
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)
