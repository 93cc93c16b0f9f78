"""A recipe of an image as a Dockerfile, with the files that it copies: a folder that `docker build` takes."""

from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from compiler.errors import OptionError

_FILES = "files"


class RecipeStep(Protocol):
    """One step of a recipe."""

    @property
    def kind(self) -> str:
        """What it does."""
        ...

    @property
    def options(self) -> Mapping[str, Any]:
        """How."""
        ...

    @property
    def files(self) -> Sequence[Path]:
        """What it copies."""
        ...


class Recipe(Protocol):
    """A base and steps on it, or a Dockerfile."""

    @property
    def base_image(self) -> str | None:
        """The base."""
        ...

    @property
    def dockerfile(self) -> Path | None:
        """A Dockerfile that is the whole recipe."""
        ...

    @property
    def layers(self) -> Sequence[RecipeStep]:
        """The steps."""
        ...


def write_dockerfile(recipe: Recipe, folder: str | Path) -> Path:
    """Write a recipe into a folder as `Dockerfile`, with what it copies beside it; give the Dockerfile's path.

    Raises:
        OptionError: a step has no form in a Dockerfile, a file is not there, or the folder holds something else.
    """
    target = Path(folder)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise OptionError(
            "the folder for a Dockerfile is not empty",
            where="Image.write_dockerfile",
            expected="an empty folder",
            got=str(target),
            fix="give the path of a new or empty folder",
        )
    if recipe.dockerfile is None and not recipe.base_image:
        raise OptionError(
            "an image has no base",
            where="Image.write_dockerfile",
            expected="an image that begins with a base",
            got="an image without one",
            fix="begin with Image.from_base(...)",
        )
    if recipe.dockerfile is not None:
        text = _read(recipe.dockerfile)
    else:
        unknown = [layer.kind for layer in recipe.layers if layer.kind not in _STEPS or layer.options.get("source")]
        if unknown:
            raise OptionError(
                f"a step of the image has no form in a Dockerfile that is written here: {unknown[0]}",
                where="Image.write_dockerfile",
                expected=", ".join(sorted(_STEPS)),
                got=unknown[0],
                fix="write the Dockerfile by hand, and use Image.from_dockerfile",
            )
        lines = [f"FROM {recipe.base_image}"]
        target.mkdir(parents=True, exist_ok=True)
        for number, layer in enumerate(recipe.layers):
            lines += _STEPS[layer.kind](layer, [_copied(file, target, number) for file in layer.files])
        text = "\n".join([*lines, ""])
    target.mkdir(parents=True, exist_ok=True)
    made = target / "Dockerfile"
    made.write_text(text, encoding="utf-8")
    return made


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise OptionError(
            "a Dockerfile cannot be read",
            where=str(file),
            expected="a file that can be read",
            got=str(error),
            fix="check the path of the Dockerfile",
        ) from error


def _copied(file: Path, target: Path, number: int) -> str:
    """Copy a step's file or folder into the build's context; give its name there."""
    place = target / _FILES / str(number) / file.name
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        if file.is_dir():
            shutil.copytree(file, place)
        else:
            shutil.copyfile(file, place)
    except (OSError, shutil.Error) as error:
        raise OptionError(
            "a file of an image cannot be copied",
            where=str(file),
            expected="a file that can be copied",
            got=str(error),
            fix="check the path, and that the folder has room",
        ) from error
    return place.relative_to(target).as_posix()


def _run(layer: RecipeStep, command: str) -> str:
    """A command with the secrets that the step mounts, each as a variable of the build."""
    ids = [secret.strip("/").replace("/", "_") for secret in layer.options.get("secrets") or ()]
    mounts = "".join(f"--mount=type=secret,id={each},env={each} " for each in ids)
    if "\n" in command:
        return f"RUN {mounts}{json.dumps(['/bin/sh', '-c', command])}"
    return f"RUN {mounts}{command}"


def _pip(layer: RecipeStep, what: Sequence[str]) -> str:
    options = layer.options
    words = ["pip", "install", "--no-cache-dir"]
    words += ["--index-url", options["index_url"]] if options.get("index_url") else []
    for url in options.get("extra_index_urls") or ():
        words += ["--extra-index-url", url]
    words += ["--pre"] if options.get("pre") else []
    more = f" {options['extra_args']}" if options.get("extra_args") else ""
    return _run(layer, f"{shlex.join(words)}{more} {shlex.join(what)}")


def _drawloom(layer: RecipeStep, _: Sequence[str]) -> list[str]:
    version = layer.options.get("version")
    return [_pip(layer, [f"drawloom=={version}" if version else "drawloom"])]


def _packages(layer: RecipeStep, _: Sequence[str]) -> list[str]:
    return [_pip(layer, layer.options["packages"])] if layer.options["packages"] else []


def _requirements(layer: RecipeStep, files: Sequence[str]) -> list[str]:
    return [_copy(files[0], "/tmp/drawloom-requirements.txt"), _pip(layer, ["-r", "/tmp/drawloom-requirements.txt"])]  # noqa: S108 - in the image


def _wheels(layer: RecipeStep, files: Sequence[str]) -> list[str]:
    place = "/tmp/drawloom-wheels"  # noqa: S108 - in the image
    return [_copy(files[0], place), _pip(layer, ["--find-links", place, layer.options["package"]])]


def _apt(layer: RecipeStep, _: Sequence[str]) -> list[str]:
    names = shlex.join(layer.options["packages"])
    install = f"apt-get update && apt-get install -y --no-install-recommends {names} && rm -rf /var/lib/apt/lists/*"
    return [_run(layer, install)]


def _commands(layer: RecipeStep, _: Sequence[str]) -> list[str]:
    return [_run(layer, command) for command in layer.options["commands"]]


def _env(layer: RecipeStep, _: Sequence[str]) -> list[str]:
    def quoted(value: str) -> str:
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$").replace("\n", "\\\n")
        return f'"{escaped}"'

    return [f"ENV {name}={quoted(str(value))}" for name, value in layer.options.items()]


def _workdir(layer: RecipeStep, _: Sequence[str]) -> list[str]:
    return [f"WORKDIR {layer.options['path']}"]


def _source(layer: RecipeStep, files: Sequence[str]) -> list[str]:
    to = str(layer.options["to"])
    # A folder's content goes to where it is wanted; a file goes into a folder.
    is_file = layer.kind == "file"
    return [_copy(each, f"{to.rstrip('/')}/" if is_file else to) for each in files]


def _copy(source: str, to: str) -> str:
    return f"COPY {json.dumps([source, to])}"


_STEPS: Mapping[str, Callable[[RecipeStep, Sequence[str]], list[str]]] = {
    "drawloom": _drawloom,
    "pip": _packages,
    "requirements": _requirements,
    "wheels": _wheels,
    "apt": _apt,
    "commands": _commands,
    "env": _env,
    "workdir": _workdir,
    "folder": _source,
    "file": _source,
}
