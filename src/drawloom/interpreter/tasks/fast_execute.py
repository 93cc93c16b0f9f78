"""`drawloom-fast-execute`: fetch the code that was registered without an image, unpack it, and go on with the task's command.

`drawloom-fast-execute --additional-distribution ADDRESS --dest-dir FOLDER -- COMMAND...`: Flyte's fast registration. The
command is told where the code came from, so that the tasks of a graph that a dynamic task makes come by it too.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from drawloom.context import ArchiveError, file_access, unpack_archive
from drawloom.interpreter.errors import LoadError
from drawloom.interpreter.tasks import container
from drawloom.interpreter.tasks.entry_points import FAST, OURS

LARGEST = 4 * 1024**3
"""Bytes that the unpacked code may have; more is not code."""
_USAGE = f"usage: {FAST} --additional-distribution ADDRESS [--dest-dir FOLDER] -- COMMAND..."


def main(argv: Sequence[str] | None = None) -> int:
    """The console command. Gives the exit code."""
    given = list(sys.argv[1:] if argv is None else argv)
    cut = given.index("--") if "--" in given else len(given)
    options: dict[str, str] = {}
    rest = iter(given[:cut])
    for each in rest:
        name, equals, value = each.partition("=")
        options[name] = value if equals else next(rest, "")
    command = given[cut + 1 :]
    distribution = options.pop("--additional-distribution", "")
    folder = options.pop("--dest-dir", "")
    if options or not distribution or not command:
        sys.stderr.write(f"{_USAGE}\n")
        return 2
    if "{{" in folder:
        folder = ""
    target = Path(folder or ".").resolve()
    unpack_code(distribution, target)
    sys.path.insert(0, str(target))
    more = ["--dynamic-addl-distro", distribution, "--dynamic-dest-dir", str(target)]
    place = command.index("--resolver") if "--resolver" in command else len(command)
    command[place:place] = more
    if command[0] in OURS:
        return container.main(command[1:])
    paths = os.pathsep.join(filter(None, [str(target), os.environ.get("PYTHONPATH", "")]))
    return subprocess.run(command, env={**os.environ, "PYTHONPATH": paths}, check=False).returncode  # noqa: S603 - the task's


def unpack_code(distribution: str, target: Path) -> None:
    """Fetch an archive (`.tar.gz`) and unpack it into a folder.

    Raises:
        StorageError: it cannot be fetched.
        LoadError: it is damaged, larger than `LARGEST`, or holds something other than files and folders below its own.
    """
    try:
        unpack_archive(file_access().read_bytes(distribution), target, where=distribution, largest=LARGEST)
    except ArchiveError as error:
        raise LoadError(
            f"the code's archive: {error.what}",
            where=distribution,
            expected=error.expected,
            got=error.got,
            fix="register the code again",
        ) from error
