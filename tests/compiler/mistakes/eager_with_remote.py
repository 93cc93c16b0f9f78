"""An eager function that is told by which client its calls are made."""

from drawloom import eager


@eager(client_secret_group="platform", client_secret_key="token")
async def many(a: int) -> int:
    return a
