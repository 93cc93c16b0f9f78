"""The README: its code runs as printed; each of its sentences, and of what the first page says one gets, has a test that holds it."""

from __future__ import annotations

import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

from meta import _source

README = (_source.ROOT / "README.md").read_text(encoding="utf-8")
HOME = (_source.ROOT / "docs" / "index.md").read_text(encoding="utf-8")
ENV = {**os.environ, "PYTHONPATH": str(_source.SRC), "NO_COLOR": "1"}


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def _run(command: list[str], cwd: pathlib.Path) -> str:
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**ENV, "DRAWLOOM_HOME": str(cwd / ".home")},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_the_first_example_prints_what_its_comment_says(tmp_path):
    [code] = _blocks("python")
    (tmp_path / "first.py").write_text(code)
    promised = re.findall(r"print\(.*\)  # (.*)", code)
    assert _run([sys.executable, "first.py"], tmp_path).splitlines() == promised


def test_the_commands_work_as_printed(tmp_path):
    shutil.copytree(_source.ROOT / "examples", tmp_path / "examples")
    commands = [
        line[2:] for block in _blocks("console") for line in block.splitlines() if line.startswith("$ drawloom")
    ]
    assert len(commands) == 4
    shown = [_run([sys.executable, "-m", *shlex.split(line)], tmp_path) for line in commands]
    assert "6 files" in shown[0]
    assert "HELLO, ADA!!!" in shown[1]
    assert "HELLO, ADA!!!" in shown[3]


def test_links_to_files_of_the_project_lead_somewhere():
    targets = re.findall(r"\]\((?!http)([^)#]+)", README)
    missing = [target for target in targets if not (_source.ROOT / target).exists()]
    assert missing == []


# -- what it says has a test

SENTENCES = {
    "drawloom turns typed Python functions into protobuf messages": (
        "test_goldens.py::test_a_module_compiles_to_what_flytekit_wrote",
        "test_packages.py::test_a_package_runs_by_the_same_module_on_drawlooms_names",
    ),
    "A workflow is data": (
        "test_cli.py::test_compile_writes_one_bundle_that_verify_accepts",
        "test_cli.py::test_show_prints_the_graph_with_types",
        "test_show_pictures.py::test_a_run_is_drawn_with_the_states_of_its_nodes",
        "test_ir.py::test_a_difference_says_where_and_what",
        "test_cli.py::test_run_from_python_and_from_the_file_give_the_same",
        "test_record.py::test_kills_at_random_moments_lose_nothing_and_repeat_nothing",
    ),
    "A workflow in drawloom is data": (
        "test_cli.py::test_show_prints_the_graph_with_types",
        "test_ir.py::test_a_difference_says_where_and_what",
        "test_cli.py::test_run_from_python_and_from_the_file_give_the_same",
        "test_running.py::test_running_the_bundle_is_calling_plain_python",
        "test_dependencies.py::test_modules_import_at_their_top_only_hard_dependencies",
    ),
    "a **type system**": (
        "test_values.py::test_a_value_comes_back_equal_and_of_the_same_classes",
        "test_types_document.py::test_the_document_is_what_the_engine_does",
    ),
    "a **compiler**": ("test_goldens.py::test_a_module_compiles_to_what_flytekit_wrote",),
    "`@task`, `@workflow`, `LaunchPlan`": ("test_migrating.py::test_a_name_is_in_the_state_that_the_table_says",),
    "an **interpreter** that runs the messages": (
        "test_imports.py::test_packages_import_only_what_the_picture_allows",
        "test_scheduling.py::test_ready_nodes_run_at_once",
        "test_attempts.py::test_a_recoverable_error_gets_exactly_so_many_extra_attempts",
        "test_attempts.py::test_a_timeout_ends_code_that_never_yields",
        "test_attempts.py::test_nothing_is_cached_unless_the_task_asks",
        "test_conditionals.py::test_a_conditional_runs_what_python_would_run",
        "test_record.py::test_kills_at_random_moments_lose_nothing_and_repeat_nothing",
    ),
    "![A run as drawloom draws it]": (
        "test_pictures.py::test_png_is_an_image_with_every_box_painted",
        "test_show_pictures.py::test_a_run_is_drawn_with_the_states_of_its_nodes",
    ),
    "Each needs only Python 3.10 or newer": ("test_readme.py::test_what_the_targets_need_is_what_the_project_says",),
    "For your own project": ("test_readme.py::test_what_the_targets_need_is_what_the_project_says",),
    "**Types that travel without loss": ("test_types_document.py::test_the_document_is_what_the_engine_does",),
    "Scalars, dates (naive ones come back naive)": ("test_types_document.py::test_a_value_of_the_document_comes_back",),
    "Pickle is never a silent fallback": ("test_safety.py::test_nothing_is_unpickled_unless_it_is_asked_for",),
    "[Types](types.md) has the whole table": (
        "test_types_document.py::test_the_document_is_what_the_engine_does",
        "test_extending_document.py::test_the_transformer_keeps_the_laws",
    ),
    "**Errors that name the place": ("test_mistakes.py::test_a_mistake_gets_its_error",),
    "Each says what happened, where (`wf.train": (
        "test_mistakes.py::test_a_mistake_gets_its_error",
        "test_error_messages.py::test_the_message_is_the_golden_one",
    ),
    "All of a workflow's mistakes are reported at once": ("test_mistakes.py::test_a_mistake_gets_its_error",),
    "**A local run that tells the truth": ("test_running.py::test_running_the_bundle_is_calling_plain_python",),
    "Only the chosen arm of a conditional runs": (
        "test_conditionals.py::test_a_conditional_runs_what_python_would_run",
        "test_scheduling.py::test_order_without_data_is_kept",
        "test_attempts.py::test_a_recoverable_error_gets_exactly_so_many_extra_attempts",
        "test_scheduling.py::test_ready_nodes_run_at_once",
    ),
    "What a local run cannot simulate is listed": (
        "test_attempts.py::test_what_is_not_simulated_is_said_in_one_table",
    ),
    "**The same bytes every time": ("test_compile_is_deterministic.py::test_two_processes_give_equal_bytes",),
    "Compiling the same sources": (
        "test_compile_is_deterministic.py::test_two_processes_give_equal_bytes",
        "test_cli.py::test_compiling_from_another_folder_gives_the_same_bytes",
        "test_compile_is_deterministic.py::test_the_version_follows_the_content",
    ),
    "Turning a value into bytes and back is": ("test_readme.py::test_the_figures_are_those_of_the_results",),
    "All figures come from one run that alternates": (
        "test_benchmarks.py::test_a_report_has_ratios_floors_tables_a_plot_and_what_could_not_be_done",
    ),
    "[benchmarks/RESULTS.md](benchmarks/RESULTS.md) has every figure": (
        "test_readme.py::test_the_figures_are_those_of_the_results",
    ),
    "**A light import": ("test_dependencies.py::test_importing_drawloom_loads_nothing_heavy",),
    "`import drawloom` loads no protobuf": (
        "test_dependencies.py::test_importing_drawloom_loads_nothing_heavy",
        "test_dependencies.py::test_importing_a_module_with_a_task_and_a_workflow_loads_nothing_heavy",
    ),
    "drawloom is neither a scheduler nor a cluster": (
        "test_paths.py::test_a_run_is_real_where_everything_else_of_the_platform_is_refused",
    ),
    "It does not replace flytekit plug-ins": (
        "test_migrating.py::test_a_difference_is_what_the_table_says",
        "test_paths.py::test_every_use_of_a_refused_name_says_why_and_what_to_do",
    ),
    "Apache-2.0": ("test_readme.py::test_what_the_targets_need_is_what_the_project_says",),
}
"""The start of each sentence, and the tests that hold it."""


def sentences() -> list[str]:
    gives = HOME.split("## What you get\n")[1].split("## Read on")[0]
    prose = re.sub(r"```.*?```", "", f"{README}\n\n{gives}", flags=re.DOTALL)
    found: list[str] = []
    for block in re.split(r"\n\s*\n|\n(?=- |\d\. )", prose):
        text = re.sub(r"^(- |\d\. )", "", " ".join(block.split()))
        if text and not text.startswith(("#", "[Tutorial")):
            found += re.split(r"(?<=[.!?:])(?:\*\*)?\s+(?=[A-Z`\[])", text)
    return [sentence.removeprefix("**Typed Python workflows as protobuf.** ") for sentence in found]


def test_every_sentence_is_held_by_a_test():
    unheld = [s for s in sentences() if sum(s.startswith(start) for start in SENTENCES) != 1]
    assert unheld == []
    unsaid = [start for start in SENTENCES if not any(s.startswith(start) for s in sentences())]
    assert unsaid == []


def test_the_tests_that_hold_a_sentence_are_there():
    texts: dict[str, str] = {}
    for path in (_source.ROOT / "tests").rglob("test_*.py"):
        texts[path.name] = texts.get(path.name, "") + path.read_text(encoding="utf-8")
    named = {name for names in SENTENCES.values() for name in names}
    missing = [
        name for name in named if f"def {name.partition('::')[2]}(" not in texts.get(name.partition("::")[0], "")
    ]
    assert sorted(missing) == []


def test_the_figures_are_those_of_the_results():
    results = (_source.ROOT / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8")
    means = re.search(r"over (\d+) cases of values: (\d+)x .*?; ([\d.]+)x \(≥ 40x flyte 2", results)
    floors = re.search(r"floors required: (\d+) of (\d+) met", results)
    assert means is not None
    assert floors is not None
    cases, flytekit, flyte = means[1], means[2], round(float(means[3]))
    said = " ".join(README.split())
    assert f"is {flytekit} times faster than in flytekit 1.16 and {flyte} times faster than in the Flyte 2 SDK" in said
    assert f"(geometric means of {cases} cases)" in said
    words = {number: word for number, word in enumerate("no one two three four five six seven eight nine ten".split())}
    assert f"the {words[int(floors[2]) - int(floors[1])]} floors of {floors[2]} that are not met" in said
    rows = [line.split(" | ") for line in results.splitlines() if line.startswith("| chain | 10000 |")]
    (ours, theirs), (ours_run, theirs_run) = [(row[2].partition(" (")[0], row[3]) for row in rows[:2]]
    assert f"compiles in {ours} and runs in {ours_run} per node, where flytekit takes {theirs} and {theirs_run}" in said


def test_what_the_targets_need_is_what_the_project_says():
    project = (_source.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert 'requires-python = ">=3.10"' in project
    assert 'license = "Apache-2.0"' in project
    targets = (_source.ROOT / "Makefile").read_text(encoding="utf-8")
    assert "VENV ?= .venv" in targets
    assert re.search(r"^demo: \$\(VENV\)", targets, re.MULTILINE)
    assert re.search(r"^test: \$\(VENV\)", targets, re.MULTILINE)
