"""A transformer of one's own, a task type of one's own, shell and SQL tasks, mocks, and decorated tasks."""

import functools
import tempfile
import typing
from datetime import datetime

from flytekit import FlyteContext, Resources, SQLTask, TaskMetadata, kwtypes, task, workflow
from flytekit.core.base_task import PythonTask
from flytekit.core.interface import Interface
from flytekit.extend import TypeEngine, TypeTransformer
from flytekit.extras.tasks.shell import OutputLocation, ShellTask
from flytekit.models.literals import Literal, Primitive, Scalar
from flytekit.models.types import LiteralType, SimpleType
from flytekit.testing import patch, task_mock
from flytekit.types.file import FlyteFile


class Celsius:
    def __init__(self, degrees: float):
        self.degrees = degrees


class CelsiusTransformer(TypeTransformer[Celsius]):
    def __init__(self):
        super().__init__(name="celsius", t=Celsius)

    def get_literal_type(self, t: typing.Type[Celsius]) -> LiteralType:
        return LiteralType(simple=SimpleType.FLOAT)

    def to_literal(self, ctx: FlyteContext, python_val: Celsius, python_type, expected: LiteralType) -> Literal:
        return Literal(Scalar(Primitive(float_value=python_val.degrees)))

    def to_python_value(self, ctx: FlyteContext, lv: Literal, expected_python_type) -> Celsius:
        return Celsius(lv.scalar.primitive.float_value)


TypeEngine.register(CelsiusTransformer())


class Greeter(PythonTask):
    def __init__(self, name: str, greeting: str, **kwargs):
        super().__init__("greeter", name, None, interface=Interface({"who": str}, {"text": str}), **kwargs)
        self._greeting = greeting

    def execute(self, **kwargs) -> typing.Any:
        return f"{self._greeting} {kwargs['who']}"


greet = Greeter("greet", "hello", metadata=TaskMetadata(retries=1))

copy = ShellTask(
    name="copy",
    script="printf 'seen {inputs.who}' > {outputs.out}",
    inputs=kwtypes(who=str, where=str),
    output_locs=[OutputLocation(var="out", var_type=FlyteFile, location="{inputs.where}/out.txt")],
)

query = SQLTask("q", query_template="SELECT 1", inputs=kwtypes(day=datetime), outputs=kwtypes(rows=int))


def loud(fn):
    @functools.wraps(fn)
    def wrapper(*args, **kwargs):
        print("calling", fn.__name__)
        return fn(*args, **kwargs)

    return wrapper


@task(requests=Resources(cpu="1", mem="1Gi"), limits=Resources(cpu="2"), environment={"MODE": "test"})
@loud
def warm(t: Celsius, by: float) -> Celsius:
    return Celsius(t.degrees + by)


@task
def degrees(t: Celsius) -> float:
    return t.degrees


@workflow
def weather(by: float = 2.5) -> float:
    return degrees(t=warm(t=Celsius(10.0), by=by))


@workflow
def rows(day: datetime) -> int:
    return query(day=day)


@patch(query)
def patched(mock):
    mock.return_value = 5
    return rows(day=datetime(2024, 1, 1))


if __name__ == "__main__":
    print(weather())
    print(greet(who="you"))
    with open(copy(who="me", where=tempfile.mkdtemp())) as seen:
        print(seen.read())
    with task_mock(query) as mock:
        mock.return_value = 3
        print(rows(day=datetime(2024, 1, 1)))
    print(patched())
