# drawloom run FILE double --n 1
import json

from drawloom import task

SETTINGS = json.loads("{not json")  # mistake


@task
def double(n: int) -> int:
    return 2 * n
