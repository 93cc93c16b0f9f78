"""Compile and run an entity from its bytes, with literals made and read by the entity's own codecs."""

from __future__ import annotations

from compiler import compile_bundle
from drawloom.interpreter import RunOptions, load, run


def compiled(entity):
    return compile_bundle([entity])


def outcome(entity, options=None, made=None, **inputs):
    """The run's result; failures are in it."""
    made = made or compiled(entity)
    codecs = entity.python_interface.input_codecs
    program = load(made.bundle.SerializeToString())
    given = {name: codecs[name].encode(value) for name, value in inputs.items()}
    options = options or RunOptions(raise_errors=False)
    return run(program, given, entity=entity.name, entities=made.entities, options=options)


def value(entity, result):
    """The Python value of a run's result."""
    codecs = entity.python_interface.output_codecs
    return entity.python_interface.join_outputs({n: codecs[n].decode(data) for n, data in result.outputs.items()})


def quiet(**options):
    return RunOptions(raise_errors=False, **options)
