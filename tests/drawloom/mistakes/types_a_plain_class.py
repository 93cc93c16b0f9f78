# drawloom run FILE use
from drawloom import task


class Model:
    def __init__(self):
        self.weights = [1.0]


@task
def use(model: Model) -> int:  # mistake
    return 1
