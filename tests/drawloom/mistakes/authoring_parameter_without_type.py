# drawloom run FILE double --n 1
from drawloom import task


@task  # mistake
def double(n) -> int:
    return 2 * n
