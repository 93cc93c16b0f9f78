# drawloom run FILE use
from typing import Any

from drawloom import task


@task
def use(value: Any) -> int:  # mistake
    return 1
