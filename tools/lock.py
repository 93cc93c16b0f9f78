"""Pin what `make` installs: `requirements/{run,dev,mutants,release}.lock`, for every supported Python, with hashes."""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# The build backend is pinned too, since the editable install runs without build isolation.
LOCKS = {
    "run": ["--extra", "build-backend"],
    "dev": ["--extra", "dev"],
    # Installed on top of the development environment, so with its versions.
    "mutants": ["--extra", "mutants", "--constraint", "requirements/dev.lock"],
    "release": ["--extra", "release", "--constraint", "requirements/dev.lock"],
}


def main() -> None:
    """Resolve with uv and write each lock, or those that are named, without index addresses."""
    for name, extras in LOCKS.items() if len(sys.argv) == 1 else [(each, LOCKS[each]) for each in sys.argv[1:]]:
        command = [
            sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", *extras,
            "--universal", "--python-version", "3.10", "--generate-hashes", "--no-header", "--no-annotate",
            "--no-emit-index-url", "--no-emit-find-links", "--quiet", "--output-file", f"requirements/{name}.lock",
        ]  # fmt: skip
        subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
