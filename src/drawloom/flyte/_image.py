"""Images and their layers, under the path that programs written for Flyte 2 import them from."""

from __future__ import annotations

from pathlib import Path

from compiler import LayeredImage as Image
from compiler import PythonWheels

SOURCE_ROOT = Path(__file__).resolve().parent.parent.parent
DIST_FOLDER = SOURCE_ROOT / "dist"
"""Where wheels of this package lie after a build from source."""

__all__ = ["DIST_FOLDER", "SOURCE_ROOT", "Image", "PythonWheels"]
