"""Code bundles: the same files give the same archive, nothing from outside gets in or out."""

import io
import os
import pathlib
import subprocess
import sys
import tarfile

import pytest

import drawloom
from drawloom.actions import code_bundle as _bundle
from drawloom.actions.code_bundle import build_bundle, unpack_bundle


@pytest.fixture
def root(tmp_path):
    code = tmp_path / "code"
    (code / "pkg").mkdir(parents=True)
    (code / "pkg" / "__init__.py").write_text("")
    (code / "pkg" / "tasks.py").write_text(
        "import drawloom\nenv = drawloom.TaskEnvironment('bundled')\n@env.task\ndef f(n: int) -> int:\n    return n + 1\n"
    )
    (code / "data.csv").write_text("1,2\n")
    (code / "secret.env").write_text("k=v")
    (code / ".gitignore").write_text("*.env\nout/\n!keep.env\n")
    (code / "keep.env").write_text("public")
    for name in ("__pycache__", ".git", "out"):
        (code / name).mkdir()
        (code / name / "x").write_text("x")
    return code


def build(root, tmp_path, style="all", **more):
    return build_bundle(style, root=root, folder=tmp_path / "bundles", **more)


def test_all_takes_every_file_but_what_is_ignored(root, tmp_path):
    assert build(root, tmp_path).files == (".gitignore", "data.csv", "keep.env", "pkg/__init__.py", "pkg/tasks.py")


def test_the_name_is_the_digest_of_the_content_whatever_the_times_and_the_place(root, tmp_path):
    first = build(root, tmp_path)
    for path in root.rglob("*"):
        os.utime(path, (1, 1))
    moved = root.rename(tmp_path / "moved")
    second = build(moved, tmp_path)
    assert first.computed_version == second.computed_version
    assert first.computed_version in first.tgz
    (moved / "data.csv").write_text("other")
    assert build(moved, tmp_path).computed_version != first.computed_version


def test_loaded_modules_takes_what_was_imported_below_the_root(root, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(root))
    import pkg.tasks  # noqa: F401 - loaded for the bundle

    bundle = build(root, tmp_path, "loaded_modules", include=("*.csv",))
    assert bundle.files == ("data.csv", "pkg/__init__.py", "pkg/tasks.py")
    for name in ("pkg.tasks", "pkg"):
        del sys.modules[name]


def test_links_out_of_the_root_are_not_followed(root, tmp_path):
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "key").write_text("secret")
    (root / "link").symlink_to(tmp_path / "private")
    (root / "link.txt").symlink_to(tmp_path / "private" / "key")
    (root / "inside.txt").symlink_to(root / "data.csv")
    files = build(root, tmp_path).files
    assert "inside.txt" in files
    assert not [name for name in files if name.startswith("link")]


def test_too_much_code_is_refused_with_the_file_that_was_too_much(root, tmp_path, monkeypatch):
    monkeypatch.setattr(_bundle, "SIZE_LIMIT", 100)
    (root / "zz.bin").write_bytes(b"x" * 200)
    with pytest.raises(drawloom.errors.CodeBundleError, match="zz.bin"):
        build(root, tmp_path)


def test_nothing_to_bundle_and_an_include_that_is_not_there_are_errors(root, tmp_path):
    with pytest.raises(drawloom.errors.CodeBundleError, match="no source file"):
        build(tmp_path / "empty", tmp_path)
    with pytest.raises(drawloom.errors.CodeBundleError, match="include"):
        build(root, tmp_path, include=("*.nothing",))


def test_a_run_from_a_bundle_in_an_empty_folder_works(root, tmp_path):
    bundle = build(root, tmp_path)
    place = tmp_path / "elsewhere"
    place.mkdir()
    unpack_bundle(bundle.tgz, place)
    code = "import drawloom, pkg.tasks; print(drawloom.run(pkg.tasks.f, 1).outputs()[0])"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=place, capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout == "2\n"


@pytest.mark.parametrize("name", ["../out.txt", "/etc/out.txt", "a/../../out.txt"])
def test_unpacking_never_leaves_the_folder(tmp_path, name):
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz") as archive:
        member = tarfile.TarInfo(name)
        member.size = 1
        archive.addfile(member, io.BytesIO(b"x"))
    (tmp_path / "bad.tar.gz").write_bytes(raw.getvalue())
    with pytest.raises(ValueError, match="out.txt"):
        unpack_bundle(tmp_path / "bad.tar.gz", tmp_path / "in")
    assert not (tmp_path / "out.txt").exists()


def test_a_damaged_archive_is_one_typed_error(root, tmp_path):
    bundle = build(root, tmp_path)
    damaged = tmp_path / "d.tar.gz"
    damaged.write_bytes(pathlib.Path(bundle.tgz).read_bytes()[:-20])
    with pytest.raises(_bundle.BundleUnpackError):
        unpack_bundle(damaged, tmp_path / "in")
    other = pathlib.Path(build(root, tmp_path).tgz)
    other.write_bytes(other.read_bytes()[:-1] + b"x")
    with pytest.raises(_bundle.BundleUnpackError, match="name"):
        unpack_bundle(other, tmp_path / "in")
    assert not (tmp_path / "in").exists()


def test_a_run_with_a_base_folder_keeps_its_bundle_there_and_has_its_version(root, tmp_path, monkeypatch):
    monkeypatch.chdir(root)
    env = drawloom.TaskEnvironment("keeps")

    @env.task
    def version() -> str:
        return drawloom.ctx().version

    run = drawloom.with_runcontext(run_base_dir=tmp_path / "base", copy_style="all").run(version)
    assert run.code_bundle.tgz == str(next((tmp_path / "base" / "code_bundle").iterdir()))
    assert run.outputs()[0] == run.code_bundle.computed_version
