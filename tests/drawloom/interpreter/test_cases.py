"""The runnable cases of the peers' workflows give the outputs, or the class of error, that flytekit 1.16.31 recorded.

Where flytekit's local run is documented as wrong, `BETTER` says what is right and why.
"""

from __future__ import annotations

import io
import os
import sys

import pytest

import golden_cases
import golden_workflows

COMPILE_ONLY = {
    "m44_compile_errors",
    "b09_raise_only_task",
    "b19_failed_compile_then_serialize",
    "b23_imperative_conditional",
}
"""Modules whose cases compile and run nothing; the compiler's tests have them."""

BETTER = {
    ("b08_attr_int_as_float", 0): 2.0,  # a whole number is a float
    ("b15_attr_promise_reuse", 1): {
        "__namedtuple__": "DefaultNamedTupleOutput",
        "fields": ["o0", "o1"],
        "values": [2, 2],
    },
    ("b16_cond_attr_collision", 0): 6,  # two attributes of one output are two operands
    ("b18_cond_void_and_reference", 1): None,
    ("b18_cond_void_and_reference", 2): 2,  # a reference in the arm that is not taken is not needed
    ("b21_reserved_input_names", 0): 1,
    ("b21_reserved_input_names", 1): 1,
    ("b21_reserved_input_names", 3): ["n0"],
    ("b21_reserved_input_names", 4): ["n0"],
    ("b25_dynamic_compiled_once", 0): [2, 4],  # a dynamic body is compiled for each execution
    ("b27_multi_output_ordering", 3): "compiled",
    ("b27_multi_output_ordering", 4): "compiled",
    ("b30_map_length_mismatch", 1): LookupError,  # lists of different lengths are refused, not cut
    ("b30_map_length_mismatch", 2): LookupError,
    ("m15_launchplans", 3): TypeError,  # a fixed input cannot be given
    ("m32_types_all", 8): TypeError,  # a Literal admits its values only
    ("m40_pickle_any", 2): {"got": None},  # None is a value
    ("m41_iterators", 2): 0,  # an empty iterator of JSON is one
}


def prepared(name, index, monkeypatch):
    case = golden_cases.cases(name)[index]
    for variable, value in case.get("env", {}).items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setattr("sys.stdin", io.StringIO(case.get("stdin", "")))
    return case


def runnable():
    return [(name, index) for name, index in golden_cases.all_cases() if name not in COMPILE_ONLY]


@pytest.mark.parametrize("name", sorted({name for name, _ in runnable()}))
@pytest.mark.filterwarnings("ignore")
def test_the_cases_of_a_module_run_as_recorded(name, monkeypatch, tmp_path):
    monkeypatch.setenv("DRAWLOOM_HOME", str(tmp_path))
    monkeypatch.setenv("DRAWLOOM_SKIP_SLEEPS", "1")
    monkeypatch.chdir(tmp_path)
    if name == "m29_secrets_pods":
        pytest.importorskip("kubernetes")
    module = golden_workflows.load(name)
    wrong = []
    for index, case in enumerate(golden_cases.cases(name)):
        with monkeypatch.context() as patch:
            prepared(name, index, patch)
            problem = outcome_problem(case, module, BETTER.get((name, index), ...))
        if case.get("expr") == "google.__doc__" and sys.version_info >= (3, 13):
            continue  # the interpreter itself takes the indentation out of docstrings
        if problem:
            wrong.append(f"{golden_cases.label(name, index, case)}: {problem}")
    assert not wrong, os.linesep.join(wrong)


def outcome_problem(case, module, better):
    wanted_class = better if isinstance(better, type) else None
    try:
        value = golden_cases.tagged(golden_cases.invoke(case, module))
    except Exception as error:
        if wanted_class is not None:
            return "" if isinstance(error, wanted_class) else f"{error!r} is no {wanted_class}"
        if better is ... and "exception" in case and golden_cases.same_error(error, case["exception"]):
            return ""
        return f"raised {error!r}"
    if wanted_class is not None:
        return f"gave {value!r}, and should raise {wanted_class}"
    if better is not ...:
        return "" if value == better else f"gave {value!r}, not {better!r}"
    if "exception" in case:
        return f"gave {value!r}, and should raise {case['exception']['exception_type']}"
    return "" if value == case.get("output") else f"gave {value!r}, not {case.get('output')!r}"
