# drawloom run FILE stop
import sys

from drawloom import task


@task
def stop() -> None:
    sys.exit(3)  # mistake
