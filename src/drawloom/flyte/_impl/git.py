"""The configuration at the root of a git checkout."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

CONFIG = ".flyte/config.yaml"


def config_from_root(path: Path | str = CONFIG) -> Path | None:
    """The configuration file below the checkout's root, for `init_from_config`; None without checkout or file."""
    git = shutil.which("git")
    if git is None:
        return None
    found = subprocess.run([git, "rev-parse", "--show-toplevel"], check=False, capture_output=True, text=True)  # noqa: S603 - no part of it is given
    file = Path(found.stdout.strip()) / path
    return file if found.returncode == 0 and file.exists() else None
