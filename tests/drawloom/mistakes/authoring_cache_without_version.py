# drawloom run FILE one
from drawloom import task


@task(cache=True)  # mistake
def one() -> int:
    return 1
