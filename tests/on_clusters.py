"""What a run does on a cluster of processes, whichever kind it is."""

from __future__ import annotations

import os

import executor_program as program
from drawloom.context import RawDataPath
from drawloom.interpreter import RunOptions, load, run
from running import compiled, value


def going(entity, executor, folder, inputs=None, **options):
    made = compiled(entity)
    codecs = entity.python_interface.input_codecs
    given = {name: codecs[name].encode(each) for name, each in (inputs or {}).items()}
    state = {"raw_data_path": RawDataPath(str(folder / "raw"))}
    chosen = RunOptions(**{"executor": executor, "raise_errors": False, "state": state, **options})
    return run(load(made.bundle.SerializeToString()), given, entity=entity.name, options=chosen)


def does_what_threads_do(address, folder):
    """Assert that attempts on the cluster at an address give, keep and raise what they do in threads of the run."""

    def result(entity, inputs=None, **options):
        given = going(entity, address, folder, inputs, **options)
        assert given.ok, given.error
        return value(entity, given)

    assert len(set(result(program.draws))) == 4
    assert result(program.recovers_wf, {"folder": str(folder)}) == 3
    assert result(program.grows_wf, {"n": 3}) == [0, 10, 20]
    assert result(program.checkpoints_wf) == "1 2"
    assert result(program.mapped_wf, {"xs": [1, 2, 3]}) == [2, 3, 4]
    assert result(program.many_wf, {"n": 200}) == list(range(200))
    state = {"raw_data_path": RawDataPath(str(folder / "raw")), "custom_context": {"k": "v"}}
    assert result(program.looks_wf, state=state) == f"on {folder / 'raw'}/ v"
    assert "DRAWLOOM_TEST_EXECUTOR" not in os.environ
    assert going(program.decked_wf, address, folder, run_dir=folder / "run").ok
    assert "<b>shown</b>" in (folder / "run" / "decks" / "n0" / "1" / "deck.html").read_text()
    late = going(program.slow_wf, address, folder)
    assert type(late.error).__name__ == "MaxRuntimeExceededError"
    failed = going(program.fails_wf, address, folder)
    assert type(failed.error) is program.OwnError
    assert [step.task for step in failed.error.drawloom_trail] == [program.fails.name]
