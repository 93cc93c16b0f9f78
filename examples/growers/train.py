"""Training: a Gaussian naive Bayes classifier with nothing but the standard library, and cross-validation to choose its smoothing."""

import math
import statistics

from records import Model, Normal, Score, Wine

from drawloom import Cache, CodePolicy, task

LEAST = 5e-324
"""Stands for a probability that is too small for a float."""


def fitted(wines: list[Wine], smoothing: float) -> Model:
    """Count the growers, and fit a distribution to each measurement of each."""
    model = Model(smoothing)
    for grower in sorted({wine.grower for wine in wines}):
        rows = [wine.measurements for wine in wines if wine.grower == grower]
        model.priors[grower] = len(rows) / len(wines)
        model.measurements[grower] = [
            Normal(statistics.fmean(column), statistics.pstdev(column) + smoothing)
            for column in zip(*rows, strict=True)
        ]
    return model


def grower_of(model: Model, measurements: list[float]) -> int:
    """The grower for whom these measurements are the most likely."""

    def likelihood(grower: int) -> float:
        pairs = zip(model.measurements[grower], measurements, strict=True)
        densities = (statistics.NormalDist(n.mean, n.deviation).pdf(x) for n, x in pairs)
        return math.log(model.priors[grower]) + sum(math.log(density or LEAST) for density in densities)

    return max(model.priors, key=likelihood)


def share_right(model: Model, wines: list[Wine]) -> float:
    """How often the model is right."""
    return sum(grower_of(model, wine.measurements) == wine.grower for wine in wines) / len(wines)


# The version is made of all the code that the task reaches, so a change of `fitted` is noticed.
@task(cache=Cache(behavior="auto", policies=[CodePolicy()]))
def cross_validate(smoothing: float, wines: list[Wine], folds: int) -> Score:
    """Leave each of `folds` parts out once, learn from the others, and judge by the one left out."""
    parts = [wines[start::folds] for start in range(folds)]
    accuracies = []
    for left_out in range(folds):
        rest = [wine for at, part in enumerate(parts) if at != left_out for wine in part]
        accuracies.append(share_right(fitted(rest, smoothing), parts[left_out]))
    return Score(smoothing, accuracies)


@task
def best(scores: list[Score]) -> float:
    """The smoothing that was right most often; the smallest of equals."""
    return max(scores, key=lambda score: (statistics.fmean(score.accuracies), -score.smoothing)).smoothing


@task(cache=Cache(behavior="auto", policies=[CodePolicy()]))
def fit(wines: list[Wine], smoothing: float) -> Model:
    """The model, learnt from all rows that are not kept for the end."""
    return fitted(wines, smoothing)
