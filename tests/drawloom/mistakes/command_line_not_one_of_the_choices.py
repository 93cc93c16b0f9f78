# drawloom run FILE double --n 1 --durability forever
# where: --durability
from drawloom import task


@task
def double(n: int) -> int:
    return 2 * n
