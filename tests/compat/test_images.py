"""Flyte 2's images: recipes by steps, with a name made of their content."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

import pytest

import drawloom
from compiler import OptionError
from drawloom.flyte._image import PythonWheels

SRC = pathlib.Path(drawloom.__file__).parents[1]
BASE = drawloom.Image.from_debian_base(python_version=(3, 12))


def test_a_step_gives_a_new_image_and_leaves_the_old_one():
    more = BASE.with_pip_packages("numpy")
    assert more != BASE
    assert BASE.layers == drawloom.Image.from_debian_base(python_version=(3, 12)).layers
    assert more.uri != BASE.uri


def test_equal_recipes_have_one_name_and_one_hash_whoever_makes_them():
    def made():
        return BASE.with_apt_packages("curl", "git").with_env_vars({"B": "2", "A": "1"}).with_commands(["true"])

    assert made() == made()
    assert hash(made()) == hash(made())
    code = "import drawloom; print(drawloom.Image.from_debian_base(python_version=(3, 12)).with_pip_packages('a', pre=True).uri)"
    names = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": str(SRC), "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(names) == 1


@pytest.mark.parametrize(
    "other",
    [
        BASE.with_pip_packages("b"),
        BASE.with_pip_packages("a", index_url="https://example.com"),
        BASE.with_pip_packages("a", extra_index_urls=["https://example.com"]),
        BASE.with_apt_packages("a"),
        BASE.with_commands(["a"]),
        BASE.with_workdir("a"),
        BASE.with_local_v2(),
        BASE.with_code_bundle(),
        BASE.clone(addl_layer=PythonWheels(wheel_dir=pathlib.Path(__file__).parent, package_name="a")),
        drawloom.Image.from_debian_base(python_version=(3, 11)).with_pip_packages("a"),
    ],
)
def test_other_content_is_another_name(other):
    assert other.tag != BASE.with_pip_packages("a").tag


def test_the_registry_and_the_name_frame_the_digest():
    image = BASE.clone(registry="ghcr.io/me", name="mine")
    assert image.uri == f"ghcr.io/me/mine:{image.tag}"


def test_a_base_image_is_itself_until_something_is_changed():
    assert drawloom.Image.from_base("python:3.12").uri == "python:3.12"
    changed = drawloom.Image.from_base("python:3.12").clone(name="mine", extendable=True).with_pip_packages("a")
    assert changed.uri.startswith("mine:")


def test_a_reference_is_looked_up_in_the_configuration():
    assert drawloom.Image.from_ref_name("ours").uri == "{{.image.ours}}"


def test_the_content_of_files_counts_and_not_their_place(tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    for folder in (first, second):
        folder.mkdir()
        (folder / "requirements.txt").write_text("numpy\n")
    image = [BASE.with_requirements(folder / "requirements.txt") for folder in (first, second)]
    assert image[0].tag == image[1].tag
    (second / "requirements.txt").write_text("pandas\n")
    assert image[0].tag != image[1].tag


def test_only_the_header_of_a_script_counts(tmp_path):
    script = tmp_path / "s.py"
    script.write_text('# /// script\n# dependencies = ["a"]\n# ///\nprint(1)\n')
    before = drawloom.Image.from_uv_script(script, name="s").tag
    script.write_text('# /// script\n# dependencies = ["a"]\n# ///\nprint(2)\n')
    assert drawloom.Image.from_uv_script(script, name="s").tag == before
    script.write_text('# /// script\n# dependencies = ["b"]\n# ///\nprint(2)\n')
    assert drawloom.Image.from_uv_script(script, name="s").tag != before


def test_a_project_has_its_manifest_and_the_lock_beside_it(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    before = BASE.with_uv_project(tmp_path / "pyproject.toml").tag
    (tmp_path / "uv.lock").write_text("x")
    assert BASE.with_uv_project(tmp_path / "pyproject.toml").tag != before
    assert BASE.with_poetry_project(tmp_path / "pyproject.toml").tag != before
    assert BASE.with_pixi_project(tmp_path / "pyproject.toml", project_install_mode="install_project").tag != before


def test_a_missing_file_is_an_error_when_the_name_is_asked_for_and_not_before(tmp_path):
    image = BASE.with_source_file(tmp_path / "gone.py")
    with pytest.raises(OptionError, match="gone.py"):
        _ = image.uri
    with pytest.raises(OptionError, match="gone.py"):
        image.validate()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda p: drawloom.Image(), "begin with"),
        (lambda p: drawloom.Image.from_base("x:1").with_pip_packages("a"), "takes no layer"),
        (lambda p: drawloom.Image.from_base("x:1").clone(extendable=True).with_pip_packages("a"), "needs a name"),
        (
            lambda p: drawloom.Image.from_dockerfile(p / "Dockerfile", registry="r", name="n").with_env_vars({}),
            "Dockerfile",
        ),
        (lambda p: BASE.with_env_vars({"A": 1}), "texts"),
        (lambda p: BASE.with_pip_packages("a", colour="red"), "no such option"),
        (lambda p: BASE.with_pip_packages(1), "texts"),
        (lambda p: BASE.with_requirements("a.toml"), ".txt"),
        (lambda p: BASE.with_uv_project("pyproject.toml", project_install_mode="half"), "install mode"),
        (lambda p: BASE.with_source_file([p / "a" / "x.py", p / "b" / "x.py"]), "overwrite"),
        (lambda p: drawloom.Image.from_debian_base(python_version=(3,)), "two numbers"),
        (lambda p: drawloom.Image.from_base("").uri, "no base"),
    ],
)
def test_a_recipe_that_cannot_be_is_refused_with_its_cure(make, said, tmp_path):
    with pytest.raises(OptionError, match=said):
        make(tmp_path)


def test_an_image_is_what_a_container_is_written_with():
    @drawloom.task(container_image=BASE.with_pip_packages("a"))
    def t() -> int:
        return 1

    settings = drawloom.SerializationSettings(project="p", domain="d", version="v")
    assert t.get_container(settings).image == BASE.with_pip_packages("a").uri
