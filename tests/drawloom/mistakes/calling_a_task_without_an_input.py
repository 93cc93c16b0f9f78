# drawloom run FILE add
from drawloom import task


@task
def add(a: int, b: int) -> int:
    return a + b


print(add(a=1))  # mistake
