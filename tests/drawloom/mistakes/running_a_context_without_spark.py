# drawloom run FILE count
from drawloom import current_context, task


@task
def count() -> int:
    return current_context().spark_session.range(3).count()  # mistake
