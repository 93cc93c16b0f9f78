# drawloom run FILE connect
from drawloom import current_context, task


@task
def connect() -> str:
    return current_context().secrets.get("warehouse", "password")  # mistake
