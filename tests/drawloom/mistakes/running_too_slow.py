# drawloom run FILE slow
import time
from datetime import timedelta

from drawloom import task


@task(timeout=timedelta(milliseconds=50))
def slow() -> None:  # mistake
    time.sleep(1)
