"""Executors against what they stand on: `python -m benchmarks.executors [--tasks N] [--elements N]` prints one table.

On one Dask cluster of processes: drawloom's tasks against bare `Client.submit` calls of the same function, and elements of a map
against the same; then a container's cold start. Times are the best of `ROUNDS`, alternating, so that a busy machine burdens both
alike; CPU is that of this process (the client), where a run's own cost is.
"""

import argparse
import importlib
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import distributed

import drawloom
from drawloom import map_task, task, workflow
from drawloom.context import RawDataPath
from drawloom.interpreter import RunOptions, run
from drawloom.local.call import compiled_program
from literals import pb

ROOT = pathlib.Path(__file__).resolve().parents[1]
ROUNDS = 3


@task
def plus_one(x: int) -> int:
    return x + 1


@workflow
def mapped(xs: list[int]) -> list[int]:
    return map_task(plus_one)(x=xs)


def fan_out(count):
    """A workflow of `count` tasks that wait for nothing."""
    made = drawloom.Workflow(name=f"fan_out_{count}")
    for number in range(count):
        made.add_entity(plus_one, x=number)
    return made


def bare(number):
    """What a worker does in the bare calls."""
    return number + 1


def measured(call):
    """Seconds by the clock and of this process's CPU."""
    wall, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    call()
    after = resource.getrusage(resource.RUSAGE_SELF)
    return time.perf_counter() - wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def going(entity, cluster, raw, **inputs):
    program = compiled_program(entity)[1]
    codecs = entity.python_interface.input_codecs
    given = {name: codecs[name].encode(value) for name, value in inputs.items()}
    options = RunOptions(executor=cluster.address, state={"raw_data_path": RawDataPath(str(raw))})
    result = run(program, given, entity=entity.name, options=options)
    assert result.ok, result.error


def submitted(client, count, tag):
    futures = [client.submit(bare, number, key=f"bare-{tag}-{number}", pure=False) for number in range(count)]
    assert client.gather(futures)[-1] == count


def best(rows):
    return min(row[0] for row in rows), min(row[1] for row in rows)


def dask_rows(tasks, elements):
    with tempfile.TemporaryDirectory() as folder:
        cluster = importlib.import_module("dask_cluster").DaskCluster(folder, workers=2, threads=1).wait()
        try:
            raw = pathlib.Path(folder, "raw")
            wide = fan_out(tasks)
            with distributed.Client(cluster.scheduler_address(), set_as_default=False) as client:
                submitted(client, 100, "warm")
                going(mapped, cluster, raw, xs=[1, 2, 3])
                ours, theirs, maps = [], [], []
                for number in range(ROUNDS):
                    theirs.append(measured(lambda number=number: submitted(client, tasks, number)))
                    ours.append(measured(lambda: going(wide, cluster, raw)))
                    maps.append(measured(lambda: going(mapped, cluster, raw, xs=list(range(elements)))))
        finally:
            cluster.close()
    for name, rows, count in (
        ("bare Client.submit", theirs, tasks), ("drawloom, tasks", ours, tasks), ("drawloom, elements of a map", maps, elements),
    ):  # fmt: skip
        wall, cpu = best(rows)
        base_wall, base_cpu = best(theirs)
        each = (wall / count) / (base_wall / tasks), (cpu / count) / (base_cpu / tasks)
        print(
            f"| {name} | {count:,} | {wall:.2f} s | {cpu:.2f} s | {1e6 * wall / count:.0f} us | "
            f"{1e6 * cpu / count:.0f} us | {each[0]:.2f} | {each[1]:.2f} |",
            flush=True,
        )


COLD = """
from drawloom import task
@task
def double(n: int) -> int:
    return 2 * n
"""


def cpu_of(command, environment, folder):
    """The CPU seconds of a process and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stderr[-2000:]
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def cold_start(flytekit_python):
    """One task as a container runs it, from the process's start to its end: the median CPU of 7, alternating."""
    arguments = [
        "--inputs", "inputs.pb", "--output-prefix", "out", "--raw-output-data-prefix", "raw",
        "--checkpoint-path", "checkpoint", "--prev-checkpoint", "",
    ]  # fmt: skip
    rows = {"drawloom-execute": [], "pyflyte-execute": []}
    with tempfile.TemporaryDirectory() as folder:
        literal = pb.LiteralMap()
        literal.literals["n"].scalar.primitive.integer = 21
        pathlib.Path(folder, "inputs.pb").write_bytes(literal.SerializeToString())
        pathlib.Path(folder, "ours.py").write_text(COLD)
        pathlib.Path(folder, "theirs.py").write_text(COLD.replace("drawloom", "flytekit"))
        # As an installed package has it: bytecode that was written before. The first round, which writes it, does not count.
        environment = {
            **os.environ,
            "PYTHONPATH": f"{ROOT / 'src'}:{folder}",
            "PYTHONPYCACHEPREFIX": f"{folder}/bytecode",
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        start = "import sys; from {} import {} as main; sys.argv[0] = 'x'; sys.exit(main())"
        for _ in range(8):
            for name, python, code, resolver, module in (
                ("drawloom-execute", sys.executable, start.format("drawloom.interpreter.tasks.container", "main"),
                 "drawloom.flytekit.core.python_auto_container.default_task_resolver", "ours"),
                ("pyflyte-execute", flytekit_python, start.format("flytekit.bin.entrypoint", "execute_task_cmd"),
                 "flytekit.core.python_auto_container.default_task_resolver", "theirs"),
            ):  # fmt: skip
                loader = ["--resolver", resolver, "--", "task-module", module, "task-name", "double"]
                rows[name].append(cpu_of([python, "-c", code, *arguments, *loader], environment, folder))
    ours, theirs = (statistics.median(rows[name][1:]) for name in rows)
    print(
        f"| cold start, CPU | drawloom-execute {1000 * ours:.0f} ms | pyflyte-execute {1000 * theirs:.0f} ms | {ours / theirs:.2f} |"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=2000)
    parser.add_argument("--elements", type=int, default=10_000)
    parser.add_argument("--flytekit", default="", help="An interpreter whose environment has flytekit.")
    given = parser.parse_args()
    sys.path.append(str(ROOT / "tests"))  # for the cluster of the tests
    print("| | count | wall | CPU | wall each | CPU each | wall against bare | CPU against bare |")
    print("|---|---|---|---|---|---|---|---|")
    dask_rows(given.tasks, given.elements)
    if given.flytekit:
        cold_start(given.flytekit)


if __name__ == "__main__":
    main()
