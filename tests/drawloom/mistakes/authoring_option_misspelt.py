# drawloom run FILE one
from drawloom import task


@task(retrys=1)  # mistake
def one() -> int:
    return 1
