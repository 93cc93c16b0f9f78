"""Queries of DuckDB as tasks, by flytekitplugins-duckdb."""

from typing import List

import pandas as pd
from flytekit import kwtypes, task, workflow
from flytekit.types.structured.structured_dataset import StructuredDataset
from flytekitplugins.duckdb import DuckDBQuery

total = DuckDBQuery(name="total", query="SELECT SUM(a) AS total FROM rows", inputs=kwtypes(rows=pd.DataFrame))
above = DuckDBQuery(
    name="above",
    query="SELECT a FROM rows WHERE a > ? ORDER BY a",
    inputs=kwtypes(rows=pd.DataFrame, params=List[int]),
)


@task
def rows() -> pd.DataFrame:
    return pd.DataFrame({"a": [1, 2, 3, 4]})


@task
def show(first: StructuredDataset, second: StructuredDataset) -> str:
    one, two = first.open(pd.DataFrame).all(), second.open(pd.DataFrame).all()
    return f"{int(one.total[0])} {two.a.tolist()}"


@workflow
def wf(least: int) -> str:
    made = rows()
    return show(first=total(rows=made), second=above(rows=made, params=[least]))


if __name__ == "__main__":
    print(wf(least=2))
