"""Flyte 2 style: what a task knows of its run, and strings that every task of a run is given."""

import drawloom

env = drawloom.TaskEnvironment(name="context")


@env.task
def who() -> str:
    context = drawloom.ctx()
    return f"{context.action.run_name} for {context.custom_context['tenant']}"


if __name__ == "__main__":
    run = drawloom.with_runcontext(name="first", custom_context={"tenant": "ann"}).run(who)
    print(run.outputs()[0])  # first for ann
