"""Import paths of both peers: every name that a facade module lists is there, and what is not drawloom's says so when used."""

from __future__ import annotations

import importlib
import pathlib

import pytest

import drawloom
from drawloom.errors import UnsupportedHereError

ROOT = pathlib.Path(drawloom.__file__).parent
MODULES = sorted(
    "drawloom." + ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in ROOT.rglob("*.py")
    if not any(part.startswith("_") and part != "__init__.py" for part in path.relative_to(ROOT).parts)
    and path.parent.name not in {"cli", "exports"}
    and path != ROOT / "__init__.py"
)
ABSENT = [
    "flyte.ai.agents",
    "flyte.ai.chat",
    "flyte.ai.mcp",
    "flyte.app",
    "flyte.app.extras",
    "flyte.clustered",
    "flyte.connectors",
    "flytekit.extras.shell",
    "flyte.prefetch",
    "flyte.sandbox",
]


@pytest.mark.parametrize("module", MODULES)
def test_every_listed_name_is_there(module):
    loaded = importlib.import_module(module)
    for name in vars(loaded).get("NAMES", ()):
        assert getattr(loaded, name) is not None


@pytest.mark.parametrize(
    ("module", "names"),
    [
        ("flytekit.core.type_engine", "TypeEngine TypeTransformer DictTransformer"),
        ("flytekit.core.base_task", "PythonTask kwtypes TaskMetadata"),
        ("flytekit.types.file.file", "FlyteFile"),
        (
            "flytekit.types.structured.structured_dataset",
            "PARQUET StructuredDatasetEncoder StructuredDatasetTransformerEngine",
        ),
        ("flytekit.models.core.types", "BlobType"),
        (
            "flytekit.exceptions.user",
            "FlyteRecoverableException FlyteUserRuntimeException FlyteEntityNotExistException",
        ),
        ("flytekit.extras.accelerators", "T4 A100 V5E"),
        ("flytekit.deck.renderer", "MarkdownRenderer TopFrameRenderer"),
        ("flyte.io", "File Dir DataFrame HashFunction"),
        ("flyte.storage", "S3 GCS ABFS"),
        ("flyte.notify", "Slack Email Teams Webhook"),
        ("flyte.artifacts", "Metadata new produces Card"),
        ("flyte._image", "PythonWheels DIST_FOLDER Image"),
        ("flyte.types._type_engine", "PydanticTransformer"),
    ],
)
def test_the_paths_that_programs_import_from_have_the_names_that_they_import(module, names):
    loaded = importlib.import_module(f"drawloom.{module}")
    assert [name for name in names.split() if not hasattr(loaded, name)] == []


@pytest.mark.parametrize("module", ABSENT)
def test_what_only_a_platform_has_imports_and_is_refused_when_used(module):
    loaded = importlib.import_module(f"drawloom.{module}")
    for name in loaded.NAMES:
        with pytest.raises(UnsupportedHereError, match="needs") as caught:
            getattr(loaded, name)(anything=1)
        assert caught.value.fix
    with pytest.raises(AttributeError):
        _ = loaded.no_such_name


def test_an_attribute_of_what_only_a_platform_has_is_refused_too():
    with pytest.raises(UnsupportedHereError, match=r"Scaling.Concurrency"):
        _ = importlib.import_module("drawloom.flyte.app").Scaling.Concurrency


def test_a_thing_on_a_platform_can_be_named_and_says_why_when_it_is_used():
    remote = importlib.import_module("drawloom.flytekit.remote")
    for name in remote.ABSENT:
        with pytest.raises(UnsupportedHereError, match="platform"):
            getattr(remote, name).get(name="x")
    assert remote.Run is drawloom.Run
