# drawloom run FILE double --n three
# where: --n
from drawloom import task


@task
def double(n: int) -> int:
    return 2 * n
