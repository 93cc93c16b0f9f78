# drawloom run FILE add --a 1
# where: --b
from drawloom import task


@task
def add(a: int, b: int) -> int:
    return a + b
