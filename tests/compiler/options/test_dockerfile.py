"""`Image.write_dockerfile`: a recipe as a folder that `docker build` takes."""

import pytest

from compiler import OptionError
from drawloom import Image


@pytest.mark.parametrize(
    ("step", "lines"),
    [
        (lambda i, f: i, ["RUN pip install --no-cache-dir drawloom==0.1.0"]),
        (lambda i, f: i.with_pip_packages("pandas>=2", pre=True), ["RUN pip install --no-cache-dir --pre 'pandas>=2'"]),
        (
            lambda i, f: i.with_pip_packages("a", index_url="https://x/y", extra_args="--no-deps"),
            ["RUN pip install --no-cache-dir --index-url https://x/y --no-deps a"],
        ),
        (
            lambda i, f: i.with_pip_packages("a", secret_mounts="TOKEN"),
            ["RUN --mount=type=secret,id=TOKEN,env=TOKEN pip install --no-cache-dir a"],
        ),
        (
            lambda i, f: i.with_requirements(f / "r.txt"),
            ['COPY ["files/1/r.txt", "/tmp/drawloom-requirements.txt"]', "RUN pip install --no-cache-dir -r /tmp/drawloom-requirements.txt"],
        ),
        (
            lambda i, f: i.with_apt_packages("git", "curl"),
            ["RUN apt-get update && apt-get install -y --no-install-recommends git curl && rm -rf /var/lib/apt/lists/*"],
        ),
        (lambda i, f: i.with_commands(["a && b", "c\nd"]), ["RUN a && b", 'RUN ["/bin/sh", "-c", "c\\nd"]']),
        (lambda i, f: i.with_env_vars({"A": 'x "$y"'}), ['ENV A="x \\"\\$y\\""']),
        (lambda i, f: i.with_workdir("/w"), ["WORKDIR /w"]),
        (lambda i, f: i.with_source_file(f / "r.txt", "/d"), ['COPY ["files/1/r.txt", "/d/"]']),
        (lambda i, f: i.with_source_folder(f / "src"), ['COPY ["files/1/src", "./src"]']),
    ],
)  # fmt: skip
def test_each_step_has_its_lines(tmp_path, step, lines):
    files = tmp_path / "given"
    (files / "src").mkdir(parents=True)
    (files / "src" / "a.py").write_text("x = 1\n")
    (files / "r.txt").write_text("pandas\n")
    image = step(Image.from_debian_base((3, 12), flyte_version="0.1.0", name="i"), files)
    made = image.write_dockerfile(tmp_path / "context")
    first = ["FROM python:3.12-slim-bookworm", "RUN pip install --no-cache-dir drawloom==0.1.0"]
    assert made.read_text().splitlines() == [*first, *(lines if len(image.layers) > 1 else [])]
    copied = [line.split('"')[1] for line in lines if line.startswith("COPY")]
    assert all((tmp_path / "context" / name).exists() for name in copied)


@pytest.mark.parametrize(
    "names", ["/etc/token", ["/etc/token", "my-key"], ["with space"]], ids=["path", "several", "space"]
)
def test_a_text_that_names_a_secret_of_the_build_is_its_key_and_no_variable(names):
    def steps(given):
        image = Image.from_debian_base(flyte_version="0.1.0", name="i")
        return image.with_pip_packages("a", secret_mounts=given).with_commands(["b"], secret_mounts=given)

    assert steps(names).image_name() == steps(names).image_name()
    assert steps(names).image_name() != steps(None).image_name()


def test_a_dockerfile_is_written_as_it_is_and_a_base_alone_is_one_line(tmp_path):
    (tmp_path / "D").write_text("FROM scratch\n")
    image = Image.from_dockerfile(tmp_path / "D", registry="r", name="n")
    assert image.write_dockerfile(tmp_path / "a").read_text() == "FROM scratch\n"
    assert Image.from_base("debian:12").write_dockerfile(tmp_path / "b").read_text() == "FROM debian:12\n"


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda f: Image.from_debian_base(name="i").with_local_v2(), "no form in a Dockerfile"),
        (lambda f: Image.from_debian_base(name="i").with_code_bundle(), "no form in a Dockerfile"),
        (lambda f: Image.from_debian_base(name="i").with_requirements(f / "none.txt"), "cannot be copied"),
        (lambda f: Image.from_dockerfile(f / "none", registry="r", name="n"), "cannot be read"),
        (lambda f: Image.from_ref_name("x"), "no base"),
    ],
)
def test_what_cannot_be_written_is_refused(tmp_path, make, what):
    with pytest.raises(OptionError, match=what):
        make(tmp_path).write_dockerfile(tmp_path / "context")


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "mine").write_text("x")
    with pytest.raises(OptionError, match="not empty"):
        Image.from_base("debian:12").write_dockerfile(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["mine"]
