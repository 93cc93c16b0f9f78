# drawloom run FILE double --n 1
from drawloom import task


@task
def double(n: int) -> int  # mistake
    return 2 * n
