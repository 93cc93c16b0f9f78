"""What a type checker sees of the options of `@task`: what is refused at run time is refused here. `# wrong`: an error."""

from typing_extensions import reveal_type

from drawloom import Cache, ImageSpec, PodTemplate, Resources, Secret, task


@task(cache=Cache(version="1"), container_image="python:3.12", requests=Resources(cpu="1"), shared_memory=True)
def taken(n: int) -> int:
    return n


@task(
    container_image=ImageSpec(name="i"),
    secret_requests=[Secret(key="k")],
    pod_template=PodTemplate(),
    shared_memory="1Gi",
)
def taken_too(n: int) -> int:
    return n


reveal_type(taken(n=1))  # is int


@task(cache="auto")  # wrong
def words(n: int) -> int:
    return n


@task(container_image=3)  # wrong
def numbered(n: int) -> int:
    return n


@task(requests={"cpu": "1"})  # wrong
def asked(n: int) -> int:
    return n


@task(limits="1Gi")  # wrong
def limited(n: int) -> int:
    return n


@task(resources=("1", "2"))  # wrong
def resourced(n: int) -> int:
    return n


@task(secret_requests=["key"])  # wrong
def secretive(n: int) -> int:
    return n


@task(pod_template="pod")  # wrong
def podded(n: int) -> int:
    return n


@task(accelerator="T4")  # wrong
def accelerated(n: int) -> int:
    return n


@task(shared_memory=3)  # wrong
def sharing(n: int) -> int:
    return n
