# drawloom run FILE double --n 1 --name a/b
# where: --name
from drawloom import task


@task
def double(n: int) -> int:
    return 2 * n
