# drawloom compile FILE -o out.pb
from drawloom import task, workflow


def make():
    @task  # mistake
    def one() -> int:
        return 1

    return one


one = make()


@workflow
def wf() -> int:
    return one()
