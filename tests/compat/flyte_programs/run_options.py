"""The run context: names, custom context, traces, forwards, notifications, triggers, and what a platform would have."""

import flyte
import flyte.errors
from flyte import notify
from flyte.app import AppEnvironment
from flyte.models import ActionPhase

env = flyte.TaskEnvironment(name="surroundings", depends_on=[flyte.TaskEnvironment(name="other")])


@flyte.trace
async def step(x: int) -> int:
    return x + 1


@env.task
async def inner() -> str:
    return flyte.get_custom_context().get("who", "nobody")


@env.task
async def main(x: int) -> str:
    with flyte.custom_context(who="inside"):
        inside = await inner()
    ctx = flyte.ctx()
    plain = await inner.forward()
    return f"{await step(x)} {inside} {plain} {await inner()} {ctx.is_in_cluster()} {ctx.action.run_name == ctx.action.run_name}"


@env.task(triggers=flyte.Trigger(name="daily", automation=flyte.Cron("0 6 * * *"), inputs={"x": 1}))
def daily(x: int) -> int:
    return x


told = notify.Slack(on_phase=ActionPhase.FAILED, webhook_url="https://example.com/hook", message="{{.Run.Name}}")

if __name__ == "__main__":
    flyte.init_from_config()
    assert flyte.ctx() is None or not flyte.ctx()
    run = flyte.with_runcontext(
        mode="local", custom_context={"who": "outside"}, env_vars={"A": "b"}, notifications=told
    ).run(main, x=1)
    print(run.outputs()[0])
    print(flyte.run(daily, x=4).outputs()[0])
    try:
        AppEnvironment(name="page")
    except Exception as error:
        print("page:", "platform" in str(error))
