# drawloom run FILE doubel --n 1
# where: command_line_no_such_entity.py
from drawloom import task


@task
def double(n: int) -> int:
    return 2 * n
