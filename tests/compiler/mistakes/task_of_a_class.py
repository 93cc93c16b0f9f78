"""@task above a class."""

from drawloom import task


@task
class First:
    pass
