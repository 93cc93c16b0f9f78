"""Where wheels of a source checkout lie, and what building an image gives."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

SOURCE_ROOT = Path(__file__).resolve().parents[4]
DIST_FOLDER = SOURCE_ROOT / "dist"
"""Where wheels of this package lie after a build from source."""


@dataclass(frozen=True)
class ImageBuild:
    """What building an image gave, for those who build images."""

    uri: str | None
    remote_run: Any = None
