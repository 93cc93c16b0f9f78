"""Flyte 2 style: a plain function whose calls are recorded, so that a resumed run does not make them again."""

import drawloom

env = drawloom.TaskEnvironment(name="trace")


@drawloom.trace
async def ask(question: str) -> str:
    return question.upper()


@env.task
async def main() -> str:
    return await ask("why?")


if __name__ == "__main__":
    print(drawloom.run(main).outputs()[0])  # WHY?
