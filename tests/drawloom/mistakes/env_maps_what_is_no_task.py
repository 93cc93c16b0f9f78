# drawloom run FILE main
import drawloom

env = drawloom.TaskEnvironment(name="typical")


@env.task
def main() -> list[int]:
    return list(drawloom.map(abs, [1, 2]))  # mistake
