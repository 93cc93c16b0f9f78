"""The smallest workflow: two tasks and the edge between them.

Run it as plain Python:       python examples/hello.py
Compile it to a file:         drawloom compile examples/hello.py -o hello.pb
Look at what was compiled:    drawloom show hello.pb
Run it from the file:         drawloom run hello.pb hello --who Ada
"""

from drawloom import task, workflow


@task
def greet(name: str) -> str:
    """Say hello."""
    return f"Hello, {name}!"


@task
def shout(text: str, times: int = 1) -> str:
    """Say it loudly."""
    return text.upper() + "!" * times


@workflow
def hello(who: str = "world", times: int = 2) -> str:
    """Greet somebody loudly."""
    return shout(text=greet(name=who), times=times)


if __name__ == "__main__":
    print(hello(who="Ada"))
