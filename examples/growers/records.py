"""What travels between the tasks: typed records."""

from dataclasses import dataclass, field
from typing import NamedTuple

from drawloom import FlyteFile

CsvFile = FlyteFile["csv"]
HtmlFile = FlyteFile["html"]
JsonFile = FlyteFile["json"]


@dataclass
class Wine:
    """One bottle: thirteen measurements, and who made it."""

    measurements: list[float]
    grower: int


@dataclass
class Normal:
    """One measurement of one grower's wines, as a normal distribution."""

    mean: float
    deviation: float


@dataclass
class Model:
    """For each grower: how common its wines are, and a distribution of each measurement."""

    smoothing: float
    priors: dict[int, float] = field(default_factory=dict)
    measurements: dict[int, list[Normal]] = field(default_factory=dict)


@dataclass
class Score:
    """How often models with this smoothing were right about wines that they had not seen."""

    smoothing: float
    accuracies: list[float]


@dataclass
class Evaluation:
    """What the chosen model said of the wines that were kept for the end: `confusion[truth][answer]` counts."""

    accuracy: float
    confusion: dict[int, dict[int, int]]


class Split(NamedTuple):
    """Rows to learn from, and rows to be judged by."""

    learn: list[Wine]
    judge: list[Wine]
