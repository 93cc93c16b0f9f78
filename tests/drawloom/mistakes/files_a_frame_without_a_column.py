# drawloom run FILE wf
from typing import Annotated

import pandas as pd

from drawloom import StructuredDataset, kwtypes, task, workflow


@task
def make() -> Annotated[pd.DataFrame, kwtypes(name=str, age=int)]:  # mistake
    return pd.DataFrame({"name": ["ann"]})


@workflow
def wf() -> pd.DataFrame:
    return make()
