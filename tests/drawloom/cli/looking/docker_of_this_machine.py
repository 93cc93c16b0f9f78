#!/usr/bin/env python3
"""Runs a container's command on this machine: `run --rm [-v FROM:TO[:ro]]... [-e KEY=VALUE]... IMAGE COMMAND...`."""

import os
import subprocess
import sys

words = sys.argv[3:]
mounts, variables = {}, {}
while words[0] in {"-v", "-e"}:
    key, _, value = words[1].partition(":" if words[0] == "-v" else "=")
    (mounts if words[0] == "-v" else variables)[key] = value
    words = words[2:]
command = words[1:]
for here, there in mounts.items():
    command = [word.replace(there.partition(":")[0], here) for word in command]
sys.exit(subprocess.run(command, env={**os.environ, **variables}, check=False).returncode)
