"""Interpreters of the peers: made once below `benchmarks/.envs`, each with one peer and nothing of ours.

`--python NAME=PATH` on the command line names one that exists already. An environment whose pins have changed is made
anew; a peer that cannot be installed is left out, and the report says so.
"""

import pathlib
import shutil
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent
FOLDER = HERE / ".envs"
PACKAGES = {
    "flytekit": ["flytekit==1.16.31", "pydantic==2.14.3"],
    "flyte": ["flyte==2.12.1", "pydantic==2.14.3"],
    "hamilton": ["sf-hamilton==1.90.0"],
    "dask": ["dask==2026.8.0"],
    "msgspec": ["msgspec==0.22.0"],
    "pydantic": ["pydantic==2.14.3"],
    "kfp": ["kfp==2.17.0"],
}
FRAMES = ["pandas==3.1.1", "pyarrow==26.0.1"]
WITH_FRAMES = {name: [*PACKAGES[name], *FRAMES] for name in ("flytekit", "flyte")}
"""The peers that move files and frames, in environments of their own: what else is measured shall not load these libraries."""
OURS = ("drawloom", "upb", "raw")
"""Peers that live in this tree: drawloom itself, the plain closures of `plain.py`, and protobuf alone."""
PEERS = (*OURS, *PACKAGES)
SHOWN = 300


def interpreter(name, given, packages=PACKAGES):
    """(the Python of a peer, None), or (None, why there is none). Makes the environment if it is not there."""
    if name in OURS:
        return given.get("drawloom", sys.executable), None
    if name in given:
        return given[name], None
    folder = FOLDER / (name if packages is PACKAGES else f"{name}-frames")
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    ready, pins = folder / ".ready", "\n".join(packages[name])
    if ready.exists() and ready.read_text() == pins and python.exists():
        return str(python), None
    print(f"making the environment of {name} ({', '.join(packages[name])}) ...", file=sys.stderr, flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    try:
        venv.create(folder, with_pip=True)
        install = [str(python), "-m", "pip", "install", "--quiet", *packages[name]]
        done = subprocess.run(install, check=False, capture_output=True, text=True)
        reason = done.stderr.strip()[-SHOWN:] if done.returncode else None
    except (OSError, subprocess.SubprocessError) as error:
        reason = str(error)
    if reason is not None:
        print(f"{name} could not be installed and is left out: {reason}", file=sys.stderr)
        return None, "could not be installed"
    ready.write_text(pins)
    return str(python), None


def interpreters(names, given, packages=PACKAGES):
    """({peer: python}, {peer: why it is left out})."""
    found, missing = {}, {}
    for name in names:
        python, reason = interpreter(name, given, packages)
        if python:
            found[name] = python
        else:
            missing[name] = reason
    return found, missing


def version(name, python, packages=PACKAGES):
    """What is installed there, as `name==version`."""
    if name in OURS:
        return "this tree"
    wanted = [package.partition("==")[0] for package in packages[name]]
    code = "import sys, importlib.metadata as m; print(' '.join(f'{n}=={m.version(n)}' for n in sys.argv[1:]))"
    done = subprocess.run([python, "-c", code, *wanted], check=False, capture_output=True, text=True)
    return done.stdout.strip() or "of unknown version"


def search_path(name):
    """PYTHONPATH of a peer's worker: this package for all, our sources for ourselves."""
    return str(ROOT) if name not in OURS else f"{ROOT}:{ROOT / 'src'}"
