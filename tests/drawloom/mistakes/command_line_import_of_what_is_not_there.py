# drawloom run FILE double --n 1
import frames_of_nobody  # mistake

from drawloom import task


@task
def double(n: int) -> int:
    return 2 * n
