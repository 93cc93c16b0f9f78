# drawloom run FILE one
from drawloom import Resources, task


@task(requests=Resources(mem="2 GB"))  # mistake
def one() -> int:
    return 1
