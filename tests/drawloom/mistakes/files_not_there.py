# drawloom run FILE size --file nothing/here.csv
# where: nothing/here.csv
from drawloom import FlyteFile, task


@task
def size(file: FlyteFile) -> int:
    with open(file) as lines:
        return len(lines.read())
