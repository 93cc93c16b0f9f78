"""The examples, run as a newcomer runs them."""

import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"


def python(tmp_path, *arguments):
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        "DRAWLOOM_HOME": str(tmp_path),
        "TMPDIR": str(tmp_path),
        "PYTHONWARNINGS": "error",
    }
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_hello(tmp_path):
    assert python(tmp_path, EXAMPLES / "hello.py") == "HELLO, ADA!!!\n"


def test_custom_type(tmp_path):
    assert python(tmp_path, EXAMPLES / "custom_type.py") == "21.90 EUR\n"


def test_fanout(tmp_path):
    assert "3 sources" in python(tmp_path, EXAMPLES / "fanout.py")


FEATURES = sorted((EXAMPLES / "features").glob("*.py"))


@pytest.mark.parametrize("program", FEATURES, ids=[program.stem for program in FEATURES])
def test_a_program_of_one_feature_prints_what_its_last_line_says(tmp_path, program):
    said = [line.split("  # ")[1] for line in program.read_text(encoding="utf-8").splitlines() if "print(" in line]
    assert python(tmp_path, program).splitlines() == said


def test_there_are_twenty_features_and_half_are_of_environments():
    texts = [program.read_text(encoding="utf-8") for program in FEATURES]
    assert len(texts) >= 20
    assert sum("TaskEnvironment(" in text for text in texts) >= len(texts) // 2


def test_every_example_is_in_the_list_of_examples():
    listed = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    programs = [path for path in EXAMPLES.rglob("*.py") if path.name != "__init__.py"]
    assert [path.name for path in programs if f"({path.relative_to(EXAMPLES).as_posix()})" not in listed] == []


def test_the_demo_runs_every_step_from_files(tmp_path):
    shown = python(tmp_path, EXAMPLES / "demo.py")
    assert "decision = accepted with 100.0%" in shown
    assert "decision = refused: 96.2% is below 99.9%" in shown
    assert "if n4.score" in shown
    assert "That is all" in shown


@pytest.fixture
def wine(monkeypatch, tmp_path):
    monkeypatch.setenv("DRAWLOOM_HOME", str(tmp_path))
    monkeypatch.syspath_prepend(str(EXAMPLES))
    import wine

    return wine


def test_the_pipeline_agrees_with_the_same_computation_in_plain_python(wine):
    # The functions under the decorators, called one after the other.
    plain = {name: getattr(wine, name).task_function for name in ("load", "split", "fit", "evaluate")}
    train, test = plain["split"](plain["load"]("wine.csv"), 0.3, 11)
    expected = plain["evaluate"](plain["fit"](train, 1e-9), test)
    got = wine.train_one(train=train, test=test, smoothing=1e-9)
    assert (got.score.accuracy, got.score.confusion) == (expected.accuracy, expected.confusion)
    assert expected.accuracy > 0.9


def test_bad_rows_are_named_by_their_line(wine, tmp_path):
    (tmp_path / "bad.csv").write_text("2,13,a,b,c\n1,2,3\n")
    with pytest.raises(ValueError, match="line 2: 3 fields"):
        wine.load(path=str(tmp_path / "bad.csv"))


def test_the_data_set_is_whole_and_its_licence_is_noted():
    lines = (EXAMPLES / "data" / "wine.csv").read_text().splitlines()
    assert len(lines) == 179
    assert "CC BY 4.0" in (EXAMPLES / "data" / "README.md").read_text()


def test_the_readme_sample_is_the_one_that_runs(tmp_path):
    text = (ROOT / "README.md").read_text()
    sample = text.split("```python\n", 1)[1].split("```", 1)[0]
    (tmp_path / "sample.py").write_text(sample)
    assert python(tmp_path, "sample.py").strip() in text
