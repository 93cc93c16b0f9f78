"""Dataclasses with files and enums, attribute and item access on promises, and unions."""

import enum
import os
import tempfile
from dataclasses import dataclass, field
from typing import Dict, List, Optional, Union

from flytekit import task, workflow
from flytekit.types.directory import FlyteDirectory
from flytekit.types.file import CSVFile, FlyteFile


class Colour(enum.Enum):
    RED = "red"
    GREEN = "green"


@dataclass
class Item:
    name: str
    colour: Colour
    sizes: List[int] = field(default_factory=list)
    notes: Optional[Dict[str, str]] = None


@dataclass
class Parcel:
    item: Item
    label: FlyteFile


@task
def pack(name: str, colour: Colour) -> Parcel:
    path = os.path.join(tempfile.mkdtemp(), "label.txt")
    with open(path, "w") as out:
        out.write(f"{name}/{colour.value}")
    return Parcel(item=Item(name, colour, [1, 2, 3], {"k": "v"}), label=FlyteFile(path))


@task
def read(label: FlyteFile) -> str:
    with open(label) as stream:
        return stream.read()


@task
def third(size: int, note: str, colour: Colour) -> str:
    return f"{size} {note} {colour.name}"


@task
def table(rows: int) -> CSVFile:
    path = os.path.join(tempfile.mkdtemp(), "t.csv")
    with open(path, "w") as out:
        out.writelines(f"{i},{i * i}\n" for i in range(rows))
    return CSVFile(path)


@task
def folder(source: CSVFile) -> FlyteDirectory:
    target = tempfile.mkdtemp()
    with open(source) as stream, open(os.path.join(target, "copy.csv"), "w") as out:
        out.write(stream.read().upper())
    return FlyteDirectory(target)


@task
def names(where: FlyteDirectory) -> List[str]:
    return sorted(os.listdir(where))


@task
def either(x: Union[int, str]) -> str:
    return f"{type(x).__name__}:{x}"


@workflow
def send(name: str, colour: Colour) -> "tuple[str, str, List[str], str]":
    parcel = pack(name=name, colour=colour)
    text = read(label=parcel.label)
    picked = third(size=parcel.item.sizes[2], note=parcel.item.notes["k"], colour=parcel.item.colour)
    return text, picked, names(where=folder(source=table(rows=3))), either(x=name)


if __name__ == "__main__":
    print(send(name="mug", colour=Colour.GREEN))
