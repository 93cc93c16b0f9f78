# drawloom run FILE one
from drawloom import task


@task(retries="3")  # mistake
def one() -> int:
    return 1
