# drawloom run FILE use
from dataclasses import dataclass

from drawloom import task


class Model: ...


@dataclass
class Settings:
    model: Model


@task
def use(settings: Settings) -> int:  # mistake
    return 1
