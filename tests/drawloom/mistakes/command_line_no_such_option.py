# drawloom run FILE double --m 1
# where: --m
from drawloom import task


@task
def double(n: int) -> int:
    return 2 * n
