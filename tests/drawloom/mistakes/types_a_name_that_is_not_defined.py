# drawloom run FILE use
from drawloom import task


@task  # mistake
def use(frame: "Frame") -> int:
    return 1
