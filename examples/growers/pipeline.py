"""Which of three growers made this wine? Data, training, evaluation and a report, as one workflow."""

import functools
from typing import NamedTuple

from evaluate import evaluate, publish, refuse
from prepare import load, split
from records import CsvFile, HtmlFile, JsonFile
from report import report
from train import best, cross_validate, fit

from drawloom import CronSchedule, FlyteError, FlyteFile, LaunchPlan, conditional, map_task, task, workflow

FOLDS = 5
SHARE = 0.3
"""Of the rows are kept for the end."""


class Made(NamedTuple):
    """What the pipeline gives."""

    accuracy: float
    report: HtmlFile
    model: JsonFile


@task
def tell(file: CsvFile, smoothings: list[float], threshold: float, seed: int, err: FlyteError | None = None) -> None:
    """Where a real project would write to somebody: a handler has the workflow's inputs, and the error."""
    tried = f"{file.path}, seed {seed}, {len(smoothings)} smoothings, at least {threshold:.0%}"
    print(f"no new model of {tried}: {err.message if err is not None else 'unknown'}")


@workflow(on_failure=tell)
def pipeline(
    file: CsvFile,
    smoothings: list[float] = [1e-9, 0.01, 0.05, 0.2, 1.0],  # noqa: B006 - written into the interface, and never changed
    threshold: float = 0.9,
    seed: int = 7,
) -> Made:
    """Choose a smoothing by cross-validation, learn, judge, and publish the model if it is good enough."""
    rows = split(wines=load(file=file), share=SHARE, seed=seed)
    scores = map_task(functools.partial(cross_validate, wines=rows.learn, folds=FOLDS))(smoothing=smoothings)
    model = fit(wines=rows.learn, smoothing=best(scores=scores))
    evaluation = evaluate(model=model, wines=rows.judge)
    page = report(title="Whose wine is it?", scores=scores, evaluation=evaluation)
    published = (
        conditional("good_enough")
        .if_(evaluation.accuracy >= threshold)
        .then(publish(model=model))
        .else_()
        .then(refuse(accuracy=evaluation.accuracy, threshold=threshold))
    )
    return Made(evaluation.accuracy, page, published)


weekly = LaunchPlan.get_or_create(
    pipeline,
    "weekly",
    default_inputs={"file": FlyteFile("s3://wines/wine.csv")},
    fixed_inputs={"threshold": 0.95},
    schedule=CronSchedule(schedule="0 6 * * 1"),
)
"""The bar is higher where nobody looks, and no caller can lower it."""
