"""Flyte 2 style: tasks of an environment call each other as functions do."""

import drawloom

env = drawloom.TaskEnvironment(name="hello")


@env.task
def greet(name: str) -> str:
    return f"Hello, {name}!"


@env.task
def main(names: list[str]) -> str:
    return " ".join(greet(name) for name in names)


if __name__ == "__main__":
    print(drawloom.run(main, names=["Ada", "Bob"]).outputs()[0])  # Hello, Ada! Hello, Bob!
