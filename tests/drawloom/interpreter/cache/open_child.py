"""One of many processes that open one new cache at the same moment: `open_child.py CACHE NUMBER`."""

from __future__ import annotations

import sys
import warnings

from drawloom.interpreter import open_cache

if __name__ == "__main__":
    warnings.simplefilter("error")
    cache = open_cache(sys.argv[1])
    print("ready", flush=True)
    sys.stdin.readline()  # all start when the parent says so
    cache.put(sys.argv[2], b"value", "task")
    print("there" if cache.get(sys.argv[2]) == b"value" else "missing")
