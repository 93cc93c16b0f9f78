# drawloom run FILE write
from drawloom import FlyteFile, task


@task
def write() -> FlyteFile:  # mistake
    return FlyteFile("nothing/here.csv")
