# drawloom run FILE double --inputs-file FILE
# where: files_inputs_that_are_no_json.py
from drawloom import task


@task
def double(n: int) -> int:
    return 2 * n
