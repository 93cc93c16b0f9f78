# drawloom run FILE double
from drawloom import task


@task
def double(n: int = "one") -> int:  # mistake
    return 2 * n
