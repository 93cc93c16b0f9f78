"""A whole pipeline over real data: which of three growers made this wine?

Load and check the rows, split them, fit a Gaussian naive Bayes classifier with nothing but the standard library, evaluate
it, and publish the model only if it is good enough. Two smoothing strengths are fitted side by side by one sub-workflow.
"""

import csv
import html
import math
import random
import statistics
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from drawloom import LaunchPlan, conditional, task, workflow

DATA = Path(__file__).parent / "data"
FEATURES = [
    "alcohol", "malic_acid", "ash", "alcalinity", "magnesium", "phenols", "flavanoids",
    "nonflavanoids", "proanthocyanins", "color", "hue", "od280", "proline",
]  # fmt: skip


@dataclass
class Wine:
    """One bottle: thirteen measurements and who made it."""

    features: list[float]
    grower: int


@dataclass
class Gaussian:
    """One feature of one grower's wines, as a normal distribution."""

    mean: float
    deviation: float


@dataclass
class Model:
    """Per grower: how common its wines are, and a distribution for each feature."""

    smoothing: float
    priors: dict[int, float] = field(default_factory=dict)
    features: dict[int, list[Gaussian]] = field(default_factory=dict)


@dataclass
class Score:
    """How well a model does on wines that it has not seen."""

    accuracy: float
    wrong: int
    confusion: dict[str, int]


class Split(NamedTuple):
    """Rows to learn from, and rows to be judged by."""

    train: list[Wine]
    test: list[Wine]


class Trained(NamedTuple):
    """A model and its score."""

    model: Model
    score: Score


class Verdict(NamedTuple):
    """What the pipeline gives: the decision, the score behind it, and a page to look at."""

    decision: str
    accuracy: float
    report: str


@task(retries=2)
def load(path: str) -> list[Wine]:
    """Read the CSV (a name in the data folder, or any path) and check every row; a bad one is named by its line."""
    wines = []
    with (DATA / path).open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        expected = int(next(rows)[0])
        for number, row in enumerate(rows, start=2):
            if len(row) != len(FEATURES) + 1:
                raise ValueError(f"{path}, line {number}: {len(row)} fields, expected {len(FEATURES) + 1}")
            *values, grower = row
            wines.append(Wine([float(value) for value in values], int(grower)))
    if len(wines) != expected:
        raise ValueError(f"{path}: {len(wines)} rows, the first line promises {expected}")
    return wines


@task
def split(wines: list[Wine], test_share: float, seed: int) -> Split:
    """Shuffle reproducibly and cut in two."""
    shuffled = sorted(wines, key=lambda wine: (wine.grower, wine.features))
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - an experiment, not a secret
    cut = round(len(shuffled) * (1 - test_share))
    return Split(shuffled[:cut], shuffled[cut:])


@task(cache=True, cache_version="1")
def fit(train: list[Wine], smoothing: float) -> Model:
    """Count the growers, and fit a normal distribution to each feature of each."""
    model = Model(smoothing)
    for grower in sorted({wine.grower for wine in train}):
        rows = [wine.features for wine in train if wine.grower == grower]
        model.priors[grower] = len(rows) / len(train)
        model.features[grower] = [
            Gaussian(statistics.fmean(column), statistics.pstdev(column) + smoothing)
            for column in zip(*rows)  # noqa: B905 - columns of one length; Python 3.9 habit kept readable
        ]
    return model


def classify(model: Model, wine: Wine) -> int:
    """The grower under whom these measurements are the most likely."""

    def likelihood(grower: int) -> float:
        distributions = [statistics.NormalDist(g.mean, g.deviation) for g in model.features[grower]]
        parts = zip(distributions, wine.features)  # noqa: B905 - columns of one length; Python 3.9 habit kept readable
        return math.log(model.priors[grower]) + sum(math.log(d.pdf(x) or 5e-324) for d, x in parts)

    return max(model.priors, key=likelihood)


@task
def evaluate(model: Model, test: list[Wine]) -> Score:
    """Classify the unseen wines and count."""
    confusion: dict[str, int] = {}
    for wine in test:
        cell = f"{wine.grower} taken for {classify(model, wine)}"
        confusion[cell] = confusion.get(cell, 0) + 1
    right = sum(count for cell, count in confusion.items() if cell[0] == cell[-1])
    return Score(right / len(test), len(test) - right, confusion)


@task
def choose(models: list[Model], scores: list[Score]) -> Trained:
    """The model that is right most often; the first of equals."""
    best = max(range(len(models)), key=lambda i: (scores[i].accuracy, -i))
    return Trained(models[best], scores[best])


@task
def accept(model: Model, accuracy: float) -> str:
    """The good end."""
    return f"accepted with {accuracy:.1%} (smoothing {model.smoothing:g})"


@task
def refuse(accuracy: float, threshold: float) -> str:
    """The other end."""
    return f"refused: {accuracy:.1%} is below {threshold:.1%}"


@task
def report(decision: str, score: Score) -> str:
    """A small page for people."""
    cells = "\n".join(
        f"<tr><td>{html.escape(cell)}</td><td>{n}</td></tr>" for cell, n in sorted(score.confusion.items())
    )
    return f"<h1>Wine</h1>\n<p>{html.escape(decision)}</p>\n<table>\n{cells}\n</table>\n"


@workflow
def train_one(train: list[Wine], test: list[Wine], smoothing: float) -> Trained:
    """Fit with one smoothing strength, and judge it."""
    model = fit(train=train, smoothing=smoothing)
    return Trained(model, evaluate(model=model, test=test))


@workflow
def wine(path: str = "wine.csv", test_share: float = 0.3, seed: int = 7, threshold: float = 0.9) -> Verdict:
    """Which of three growers made this wine? Fit twice, take the better model, and decide."""
    rows = load(path=path)
    parts = split(wines=rows, test_share=test_share, seed=seed)
    plain = train_one(train=parts.train, test=parts.test, smoothing=1e-9)
    smooth = train_one(train=parts.train, test=parts.test, smoothing=0.05)
    best = choose(models=[plain.model, smooth.model], scores=[plain.score, smooth.score])
    accuracy = best.score.accuracy
    decision = (
        conditional("good_enough")
        .if_(accuracy >= threshold)
        .then(accept(model=best.model, accuracy=accuracy))
        .else_()
        .then(refuse(accuracy=accuracy, threshold=threshold))
    )
    return Verdict(decision, accuracy, report(decision=decision, score=best.score))


strict = LaunchPlan.get_or_create(wine, name="strict", default_inputs={"seed": 3}, fixed_inputs={"threshold": 0.999})
"""The same pipeline with a bar that nothing clears, and that no caller can lower."""

if __name__ == "__main__":
    print(wine().decision)
