"""The project's own tests: tasks are functions, and the workflow runs."""

import json
from pathlib import Path

import pytest
from evaluate import evaluate
from pipeline import pipeline, weekly
from prepare import load, split
from records import Model, Normal, Wine
from train import best, cross_validate, grower_of

from drawloom import FlyteFile

DATA = Path(__file__).parents[1] / "data" / "wine.csv"
SMALL = Model(0.1, {0: 0.5, 1: 0.5}, {0: [Normal(0.0, 1.0)], 1: [Normal(10.0, 1.0)]})


@pytest.fixture(autouse=True)
def _a_home_of_its_own(monkeypatch, tmp_path):
    monkeypatch.setenv("DRAWLOOM_HOME", str(tmp_path))


def test_every_row_is_read():
    assert len(load(file=FlyteFile(str(DATA)))) == 178


def test_a_bad_row_is_named_by_its_line(tmp_path):
    (tmp_path / "bad.csv").write_text("1,13,a,b,c\n1,2,3\n")
    with pytest.raises(ValueError, match="line 2: 3 fields, expected 14"):
        load(file=FlyteFile(str(tmp_path / "bad.csv")))


def test_no_row_is_lost_and_none_is_in_both_parts():
    wines = [Wine([float(n)], n % 3) for n in range(10)]
    parts = split(wines=wines, share=0.3, seed=1)
    assert (len(parts.learn), len(parts.judge)) == (7, 3)
    assert sorted(wine.measurements for wine in [*parts.learn, *parts.judge]) == [[float(n)] for n in range(10)]


def test_a_measurement_belongs_to_the_nearest_grower():
    assert [grower_of(SMALL, [x]) for x in (-3.0, 1.0, 9.0, 1e6)] == [0, 0, 1, 0]


def test_the_best_smoothing_is_that_of_the_best_score():
    wines = [Wine([grower * 10.0 + n % 4], grower) for n in range(20) for grower in (0, 1)]
    scores = [cross_validate(smoothing=smoothing, wines=wines, folds=4) for smoothing in (0.1, 1000.0)]
    assert scores[0].accuracies == [1.0] * 4
    assert best(scores=scores) == 0.1


def test_answers_are_counted_by_truth():
    found = evaluate(model=SMALL, wines=[Wine([0.0], 0), Wine([10.0], 1), Wine([0.0], 1)])
    assert found.confusion == {0: {0: 1, 1: 0}, 1: {0: 1, 1: 1}}


def test_the_whole_pipeline():
    made = pipeline(file=FlyteFile(str(DATA)))
    assert made.accuracy > 0.9
    assert sorted(json.loads(Path(made.model).read_text())["priors"]) == ["0", "1", "2"]
    assert "Whose wine is it?" in Path(made.report).read_text()


def test_no_model_is_published_below_the_bar():
    with pytest.raises(ValueError, match="asked for"):
        pipeline(file=FlyteFile(str(DATA)), threshold=1.01)


def test_the_bar_of_the_plan_cannot_be_lowered():
    with pytest.raises(Exception, match="threshold"):
        weekly(file=FlyteFile(str(DATA)), threshold=0.1)
