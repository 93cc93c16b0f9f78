# drawloom run FILE write
import os

from drawloom import FlyteFile, task


@task
def write() -> FlyteFile:  # mistake
    os.makedirs("parts", exist_ok=True)
    return FlyteFile("parts")
