"""Evaluation: judge the model by wines that it has not seen, and let it out only if it is good enough."""

import dataclasses
import json
from pathlib import Path

from records import Evaluation, JsonFile, Model, Wine
from train import grower_of

from drawloom import FlyteFile, current_context, task


@task
def evaluate(model: Model, wines: list[Wine]) -> Evaluation:
    """Ask the model about each wine, and count its answers."""
    confusion = {truth: dict.fromkeys(model.priors, 0) for truth in model.priors}
    for wine in wines:
        confusion[wine.grower][grower_of(model, wine.measurements)] += 1
    right = sum(confusion[grower][grower] for grower in confusion)
    return Evaluation(right / len(wines), confusion)


@task
def publish(model: Model) -> JsonFile:
    """The model as a file, for whoever wants to use it."""
    path = Path(current_context().working_directory) / "model.json"
    path.write_text(json.dumps(dataclasses.asdict(model)))
    return FlyteFile(str(path))


@task
def refuse(accuracy: float, threshold: float) -> JsonFile:
    """The other end: there is no model to publish."""
    raise ValueError(f"the model is right in {accuracy:.1%} of the cases, and {threshold:.1%} are asked for")
