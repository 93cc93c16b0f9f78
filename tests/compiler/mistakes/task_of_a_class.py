"""@task above a class."""

from weft import task


@task
class First:
    pass
