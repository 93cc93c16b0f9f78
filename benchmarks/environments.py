"""Interpreters of the peers: made once below `benchmarks/.envs`, each with one peer and nothing of ours.

`--python NAME=PATH` on the command line names one that exists already.
"""

import pathlib
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent
PACKAGES = {
    "flytekit": ["flytekit==1.16.31", "pydantic>=2"],
    "flyte": ["flyte==2.12.1", "pydantic>=2"],
    "hamilton": ["sf-hamilton==1.89.0"],
    "dask": ["dask==2025.1.0"],
    "msgspec": ["msgspec==0.22.0"],
    "pydantic": ["pydantic>=2"],
}
OURS = ("weft", "upb")


def interpreter(name, given):
    """The interpreter of a peer, made if it is not there; None if it cannot be made, which is said."""
    if name in OURS:
        return given.get("weft", sys.executable)
    if name in given:
        return given[name]
    folder = HERE / ".envs" / name
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    ready = folder / ".ready"
    if ready.exists():
        return str(python)
    print(f"making {folder.relative_to(ROOT)} ...", file=sys.stderr)
    venv.create(folder, with_pip=True, clear=True)
    done = subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PACKAGES[name]], check=False)
    if done.returncode:
        print(f"{name} could not be installed and is left out", file=sys.stderr)
        return None
    ready.touch()
    return str(python)


def search_path(name):
    """PYTHONPATH of a peer's worker: this package for all, our sources for ourselves."""
    return str(ROOT) if name not in OURS else f"{ROOT}:{ROOT / 'src'}"
