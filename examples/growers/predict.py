"""Use of the model, in the style of Flyte 2: tasks that call tasks, and one that calls the workflow."""

import json
from pathlib import Path

from pipeline import pipeline
from records import CsvFile, Model, Normal
from train import grower_of

import drawloom
from drawloom import FlyteFile

env = drawloom.TaskEnvironment(name="predict")


@env.task
def read(model: FlyteFile) -> Model:
    """The model from its file."""
    data = json.loads(Path(model).read_text())
    return Model(
        data["smoothing"],
        {int(grower): prior for grower, prior in data["priors"].items()},
        {int(grower): [Normal(**each) for each in normals] for grower, normals in data["measurements"].items()},
    )


@env.task
def grower(model: Model, measurements: list[float]) -> int:
    """Whose wine it is."""
    return grower_of(model, measurements)


@env.task
def main(file: CsvFile, wines: list[list[float]]) -> list[int]:
    """Train on a file, and say of each wine whose it is."""
    model = read(pipeline(file=file).model)
    with drawloom.group("wines"):
        return [grower(model, measurements) for measurements in wines]
