"""Work as a count, so that a regression fails without a clock: `python -m benchmarks.work [values] [nodes]` prints JSON.

What is counted while a function runs in one thread: bytecode instructions, calls of C functions, reads and writes of a protobuf
message's fields, and calls on messages (making, parsing, serializing). One unit is one instruction; the others weigh what
they took beside it, by least squares over 100 halves of the benchmark's cases, where the sum explains the time of
most to within a third. What a C function does inside is not seen: a `join` over a list counts as one call, on both sides.
The same source on the same Python gives the same count; another minor version of Python gives another one.
"""

import dis
import functools
import gc
import json
import sys
import types

from benchmarks import plain, shapes
from benchmarks.cases import cases
from benchmarks.peers.ours import Drawloom
from benchmarks.results import geometric
from compiler import SerializationSettings, compile_bundle
from drawloom.interpreter import RunOptions, run
from literals import pb
from typeengine import default_engine

CALL, FIELD, MESSAGE = 6, 10, 80
"""Units of a call of a C function, of an access to a message's field, of a call on a message."""
MONITORING, TOOL = (3, 12), 4
BUILTIN = (types.BuiltinFunctionType, types.MethodDescriptorType, types.WrapperDescriptorType, types.MethodWrapperType)
SEED = 7
WARM, OFTEN, SHORT = 3, 1000, 5_000
"""Calls that fill caches before one is counted; and for those of fewer units than the last, which make tables when called often."""
SMALL, BIG = 100, 200
"""Nodes of the two sizes whose difference is the work of a node."""
SHAPES = ("chain", "fan_out", "nested")
CLASSES = frozenset({"Literal", "LiteralMap", "LiteralType"})
ALLOWED = {
    "dict_int_6": (0.7, "a subscript of a message's map counts as one instruction; in time drawloom is quicker"),
    "dict_int_1k": (0.8, "the same; in time drawloom is twice as quick"),
    "interface_40": (0.6, "subscripts of a message's map again; in time drawloom is level with the closures"),
}
"""Cases in which drawloom may do more than the plain closures: the least ratio of theirs to ours, and why."""
CASE, MEAN, NODE = 1.2, 1.05, 1.05
"""How much more than the stored count is let through: of one case, of the geometric mean of all, of a node."""


def fields(descriptor, seen):
    """The names of the fields of a message and of those inside it."""
    if descriptor.full_name not in seen:
        seen.add(descriptor.full_name)
        for field in descriptor.fields:
            yield field.name
            if field.message_type is not None:
                yield from fields(field.message_type, seen)


FIELDS = frozenset(fields(pb.LiteralMap.DESCRIPTOR, set()))


@functools.cache
def units(code):
    """{offset: units} of a function's instructions."""
    found = {}
    for instruction in dis.get_instructions(code):
        attribute = instruction.opname in {"LOAD_ATTR", "LOAD_METHOD", "STORE_ATTR"}
        name = instruction.argval if attribute else None
        found[instruction.offset] = MESSAGE if name in CLASSES else FIELD if name in FIELDS else 1
    return found


def call_units(function, owner):
    """The units of a call of a C function; `owner`: what it is a method of."""
    kind = owner if isinstance(owner, type) else type(owner)
    message = hasattr(kind, "DESCRIPTOR") or kind.__module__.startswith("google.")
    return MESSAGE if message or hasattr(function, "DESCRIPTOR") else CALL


def count(function):
    """The units of one call, in this thread. The garbage collector is off, so that nobody's finalizers are in it."""
    gc.collect()
    gc.disable()
    try:
        return (monitored if sys.version_info >= MONITORING else traced)(function)
    finally:
        gc.enable()


def traced(function):
    """The units, by `sys.settrace` and `sys.setprofile`."""
    spent = 0

    def instruction(frame, event, _):
        nonlocal spent
        if event == "opcode":
            spent += units(frame.f_code)[frame.f_lasti]
        return instruction

    def entered(frame, _, __):
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return instruction

    def called(_, event, function):
        nonlocal spent
        if event == "c_call":
            spent += call_units(function, getattr(function, "__self__", None))

    before = sys.gettrace(), sys.getprofile()
    sys.settrace(entered)
    sys.setprofile(called)
    try:
        function()
    finally:
        sys.setprofile(before[1])
        sys.settrace(before[0])
    return spent


def monitored(function):
    """The units, by `sys.monitoring`: tracing no longer sees every instruction."""
    spent, watch = 0, sys.monitoring

    def instruction(code, offset):
        nonlocal spent
        spent += units(code)[offset]

    def called(_, __, function, first):
        nonlocal spent
        if isinstance(function, BUILTIN):
            owner = getattr(function, "__self__", None)
            spent += call_units(function, first if owner is None else owner)

    watch.use_tool_id(TOOL, "work")
    watch.register_callback(TOOL, watch.events.INSTRUCTION, instruction)
    watch.register_callback(TOOL, watch.events.CALL, called)
    watch.set_events(TOOL, watch.events.INSTRUCTION | watch.events.CALL)
    try:
        function()
    finally:
        watch.set_events(TOOL, 0)
        watch.free_tool_id(TOOL)
    return spent


def warm(function):
    """The units of a call after some that fill caches; the fewer of two counts, for a cache may fill during the first."""
    for _ in range(WARM):
        function()
    found = count(function)
    for _ in range(OFTEN if found < SHORT else 0):
        function()
    return min(found, count(function))


def round_trip(converters, case):
    """The units of writing a case's value and reading it back."""
    encode, decode = converters
    data = encode(case.value)
    return warm(lambda: encode(case.value)) + warm(lambda: decode(data))


def values():
    """{case: [units of drawloom's round trip, units of the plain closures']}."""
    found, drawloom = {}, Drawloom()
    drawn = cases(SEED)
    gc.collect()
    gc.freeze()  # so that collecting before each count does not walk the cases
    for case in drawn:
        if not case.large:
            found[case.name] = [
                round_trip(drawloom.converters(case.type), case),
                round_trip(plain.codec(case.type), case),
            ]
    return found


def nodes():
    """{`compile SHAPE` or `run SHAPE`: units a node}. Runs are sequential, so that all of it is in this thread."""
    found = {}
    settings = SerializationSettings(project="p", domain="d", version="v")
    options, integer = RunOptions(max_parallelism=1), default_engine().codec(int)
    for shape in SHAPES:
        compiling, running = [], []
        for size in (SMALL, BIG):
            source = shapes.Source("drawloom", shape, size)
            made = compile_bundle([source.make()], settings)
            data, inputs = made.data, {"x": integer.encode(1)}
            compiling.append(warm(lambda s=source: compile_bundle([s.make()], settings).data))
            running.append(
                warm(
                    lambda d=data, e=source.entity, m=made, i=inputs: run(
                        d, i, entity=e, entities=m.entities, options=options
                    )
                )
            )
        for name, (small, big) in (("compile", compiling), ("run", running)):
            found[f"{name} {shape}"] = round((big - small) / (BIG - SMALL), 1)
    return found


def mean_ratio(counted, stored):
    """The geometric mean, over the cases that both have, of the counted units over the stored ones."""
    return geometric([units / stored[name] for name, units in counted.items() if name in stored])


def behind(counted):
    """What is wrong, a sentence for each case in which drawloom does more work than the plain closures."""
    found = []
    for case, (ours, theirs) in counted.items():
        least, reason = ALLOWED.get(case, (1.0, ""))
        if theirs < least * ours:
            allowed = f" (allowed is {least}, for {reason})" if reason else ""
            found.append(f"{case}: drawloom does {ours} units of work, plain upb closures {theirs}{allowed}")
    return found


def worse(counted, stored, most):
    """What is wrong, a sentence for each count that is more than `most` times the stored one."""
    return [
        f"{name}: {units} units of work, {stored[name]} are stored: {units / stored[name]:.2f} times"
        for name, units in counted.items()
        if name in stored and units > most * stored[name]
    ]


def main(wanted):
    found = {name: take() for name, take in (("values", values), ("nodes", nodes)) if name in wanted or not wanted}
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])
