"""Kubeflow Pipelines: a pipeline compiled to the YAML of its intermediate representation. It runs nothing locally."""

import pathlib
import sys
import tempfile
import types

from kfp import compiler, dsl

from benchmarks.peers.calling import repeat

HEAD = """from kfp import dsl

@dsl.component
def inc(x: int) -> int:
    return x + 1

"""


class Kfp:
    def compile(self, shape, size):
        if shape != "chain":
            raise ValueError("only the chain is compared")
        folder = pathlib.Path(tempfile.mkdtemp(prefix="bench"))
        file, name = folder / "bench_kfp.py", "bench_kfp"
        body = "def pipeline(x: int):\n    t = inc(x=x)\n" + "    t = inc(x=t.output)\n" * (size - 1)
        file.write_text(HEAD + body)
        module = types.ModuleType(name)
        module.__file__ = str(file)
        sys.modules[name] = module
        exec(compile(HEAD + body, str(file), "exec"), vars(module))
        target = str(folder / "pipeline.yaml")
        return repeat(lambda: compiler.Compiler().compile(dsl.pipeline(module.pipeline), target))


PEERS = {"kfp": Kfp}
