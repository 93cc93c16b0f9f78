"""Frames with a schema of pandera, by flytekitplugins-pandera: a frame that breaks it is an error."""

import pandas as pd
import pandera.pandas as pa
from flytekit import task, workflow
from pandera.typing import DataFrame, Series


class Prices(pa.DataFrameModel):
    name: Series[str]
    price: Series[float] = pa.Field(ge=0)


@task
def load(first: float) -> DataFrame[Prices]:
    return DataFrame[Prices](pd.DataFrame({"name": ["a", "b"], "price": [first, 2.5]}))


@task
def wrong() -> DataFrame[Prices]:
    return pd.DataFrame({"name": ["a"], "price": [-1.0]})


@task
def total(prices: DataFrame[Prices]) -> float:
    return float(prices.price.sum())


@workflow
def wf(first: float) -> float:
    return total(prices=load(first=first))


if __name__ == "__main__":
    print(wf(first=1.5))
    try:
        total(prices=wrong())
    except Exception as error:
        print("SchemaError" in repr(error) or "greater_than_or_equal_to" in str(error))
