# drawloom run FILE double
from drawloom import task


@task
def double(n: int) -> int:
    return 2 * n


print(double(n="three"))  # mistake
