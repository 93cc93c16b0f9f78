"""Whether the fuzzers would have found what they are for: fixes are taken out of a copy of the tree, one at a time.

`python tools/reverted.py [--count N] [NAME ...]` prints for each fix which promise `tests/fuzz.py` saw broken without it, or that
it saw nothing. What never comes to an end is found, too.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 900
"""After so long a fuzzer counts as hanging."""


class Fix(NamedTuple):
    """A fix: where it is, the text that it has there, the text without it, and the reader that ought to notice."""

    file: str
    fixed: str
    broken: str
    reader: str


FIXES = {
    "fractions with long exponents": Fix(
        "typeengine/builtin/text_types.py", "if exponent is not None and (", "if False and (", "literals"
    ),
    "unions in unions": Fix(
        "typeengine/builtin/union_trials.py", "if type(part) in _LEAVES:", "if True:", "literals"
    ),
    "bundles of code that unpack to very much": Fix(
        "drawloom/actions/code_bundle.py", "unpack_archive(data, folder", "unpack_archive(__import__('gzip').decompress(data), folder", "bundles of code"
    ),
    "frames that are no msgpack": Fix(
        "drawloom/interpreter/record/journal.py", "except (ValueError, _msgpack.UnpackException, RecursionError):", "except KeyError:", "journals"
    ),
    "two values in an element of a list": Fix(
        "literals/list_decoding.py", "    if zeros and zeros != values.count(0):\n        return None\n", "", "literals"
    ),
    "what is left over in a list": Fix(
        "literals/list_decoding.py", "    return values if root.ByteSize() == _PRIMITIVE_REST else None\n", "    return values\n", "literals"
    ),
    "texts that are no UTF-8": Fix("typeengine/wire/scalar_decoders.py", '_NEVER: Final = cast("bytes", ())', '_NEVER: Final = b""', "literals"),
    "nanoseconds out of range": Fix(
        "typeengine/wire/scalar_decoders.py", "        if not -_SECOND < nanos < _SECOND:", "        if False:", "literals"
    ),
    "overlong keys and lengths": Fix("literals/list_decoding.py", " and start <= _HEAD else None", " else None", "literals"),
    "protobuf's errors": Fix(
        "literals/limits.py", "except (DecodeError, ValueError, RuntimeError, RecursionError) as error:", "except LimitError as error:", "error.pb"
    ),
    "msgpack's errors in attributes": Fix(
        "drawloom/interpreter/program/bindings.py", "except (ValueError, TypeError, OverflowError, RecursionError, _msgpack.UnpackException)", "except KeyError", "attributes of literals"
    ),
    "msgpack's errors in grown specifications": Fix(
        "drawloom/interpreter/program/dynamic_job.py", "except (TypeError, ValueError, _msgpack.UnpackException, RecursionError)", "except KeyError", "dynamic jobs"
    ),
    "configuration that is not UTF-8": Fix("drawloom/local/config.py", "except (OSError, UnicodeDecodeError) as error:", "except OSError as error:", "configuration"),
    "an archive of arrays for an array": Fix(
        "typeengine/contrib/numpy.py", "        check_npy(stream, size)\n", "", ".npy"
    ),
    "what libraries of archives raise": Fix(
        "drawloom/context/archives.py", "if made.error is None or isinstance(made.error, (ArchiveError, FileExistsError)):", "if True:", "zip archives"
    ),
    "arrow's errors": Fix(
        "typeengine/contrib/arrow.py", "_read(attempt(whole, parts, columns), uri, self.supported_format)", "whole(parts, columns)", "Parquet by pyarrow"
    ),
    "polars' panics": Fix(
        "typeengine/contrib/polars.py", "made = attempt(read, parts, columns)", "made = type('Made', (), {'error': None, 'value': read(parts, columns)})", "Parquet by polars"
    ),
    "numbers and dates in YAML that are none": Fix(
        "drawloom/cli/inputs/typed_text.py", "except (yaml.YAMLError, RecursionError, ValueError) as error:", "except yaml.YAMLError as error:", "inputs of the command line"
    ),
}  # fmt: skip


def found_without(fix: Fix, count: int) -> str:
    """What the fuzzer saw in a copy of the tree without a fix; empty for nothing."""
    with tempfile.TemporaryDirectory(prefix="reverted-") as folder:
        copy = Path(folder)
        for part in ("src", "tests"):
            shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
        file = copy / "src" / fix.file
        text = file.read_text(encoding="utf-8")
        if fix.fixed not in text:
            raise SystemExit(f"{fix.file} does not have the text {fix.fixed!r}: bring the table up to date")
        file.write_text(text.replace(fix.fixed, fix.broken), encoding="utf-8")
        command = [sys.executable, "-W", "ignore", "tests/fuzz.py", "--count", str(count), "--first", fix.reader]
        try:
            done = subprocess.run(command, cwd=copy, capture_output=True, text=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return "hangs"
        shown = [
            line.strip() for line in done.stdout.splitlines() if line.startswith("    ") and "build/fuzz" not in line
        ]
        return shown[0] if shown else done.stderr.strip().rpartition("\n")[2] if done.returncode not in {0, 1} else ""


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="only these")
    parser.add_argument("--count", type=int, default=20_000, help="inputs at most")
    given = parser.parse_args()
    missed = 0
    for name in given.names or FIXES:
        found = found_without(FIXES[name], given.count)
        missed += not found
        print(f"{name}: {FIXES[name].reader}: {found or 'NOT FOUND'}", flush=True)
    print(f"fixes whose absence was not found: {missed} of {len(given.names or FIXES)}")
    return missed > 0


if __name__ == "__main__":
    sys.exit(main())
