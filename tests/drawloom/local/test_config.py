"""Configuration: where it is looked for, what wins, what is refused."""

import pytest

import drawloom
from drawloom.context import use_storage
from drawloom.local.yaml_subset import read_yaml

env = drawloom.TaskEnvironment("config")


@pytest.fixture(autouse=True)
def _fresh(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in (
        "FLYTE_TASK_PROJECT",
        "FLYTE_TASK_DOMAIN",
        "FLYTE_TASK_ORG",
        "UCTL_CONFIG",
        "FLYTECTL_CONFIG",
        "FLYTE_RAW_DATA_PATH",
    ):
        monkeypatch.delenv(name, raising=False)
    yield
    use_storage()  # what a test set is of this process, and other tests write raw data


def config(path, project):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"task:\n  project: {project}\n  domain: d\n")


PLACES = [
    "config.yaml",
    ".flyte/config.yaml",
    "../.flyte/config.yaml",
    "UCTL_CONFIG",
    "FLYTECTL_CONFIG",
    "home/.union/config.yaml",
    "home/.flyte/config.yaml",
]


@pytest.mark.parametrize("first", range(len(PLACES)))
def test_files_are_looked_for_in_flytes_order(tmp_path, monkeypatch, first):
    here = tmp_path / "checkout" / "sub"
    here.mkdir(parents=True)
    (tmp_path / "checkout" / ".git").mkdir()
    monkeypatch.chdir(here)
    for place in PLACES[first:]:
        if place.isupper():
            config(tmp_path / f"{place}.yaml", place)
            monkeypatch.setenv(place, str(tmp_path / f"{place}.yaml"))
        elif place.startswith("home"):
            config(tmp_path / place, place)
        else:
            config((here / place).resolve(), place)
    drawloom.init_from_config()
    assert drawloom.current_project() == PLACES[first]


def test_nothing_found_is_an_empty_configuration():
    drawloom.init_from_config()
    assert drawloom.current_project() is None
    assert not drawloom.is_control_plane_available()


def test_the_call_wins_over_the_environment_and_the_environment_over_the_file(tmp_path, monkeypatch):
    config(tmp_path / "config.yaml", "file")
    drawloom.init_from_config()
    assert drawloom.current_project() == "file"
    monkeypatch.setenv("FLYTE_TASK_PROJECT", "environment")
    drawloom.init_from_config()
    assert drawloom.current_project() == "environment"
    drawloom.init_from_config(project="call")
    assert drawloom.current_project() == "call"


def test_runs_take_project_domain_and_raw_data_from_it(tmp_path):
    (tmp_path / "config.yaml").write_text("task:\n  project: p\n  domain: d\n  org: o\nlocal:\n  raw_data_path: raw\n")
    drawloom.init_from_config(tmp_path / "config.yaml")
    seen = []

    @env.task
    def look() -> None:
        seen.append(
            (
                drawloom.ctx().action.project,
                drawloom.ctx().action.domain,
                drawloom.ctx().action.org,
                str(drawloom.ctx().raw_data_path),
                drawloom.current_project(),
            )
        )

    drawloom.run(look)
    assert seen == [("p", "d", "o", "raw", "p")]


def test_a_missing_file_that_was_named_is_an_error():
    with pytest.raises(drawloom.errors.InitializationError, match="nowhere.yaml"):
        drawloom.init_from_config("nowhere.yaml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("taks:\n  project: p\n", "did you mean 'task'"),
        ("task:\n  projct: p\n", "did you mean 'project'"),
        ("task: p\n", "not a mapping"),
        ("- a\n- b\n", "mapping of sections"),
        ("task:\n  project: &a p\n", "config.yaml:2"),
        ("task:\n\tproject: p\n", "config.yaml:2"),
        ("task:\n  project: p\n  project: q\n", "twice"),
        ("task:\n  project: p\n what: 1\n", "config.yaml:3"),
    ],
)
def test_what_is_not_known_or_not_readable_is_refused_with_its_place(tmp_path, text, words):
    (tmp_path / "config.yaml").write_text(text)
    with pytest.raises(ValueError, match=words):
        drawloom.init_from_config()


def test_an_unknown_parameter_of_init_names_the_nearest():
    with pytest.raises(ValueError, match="endpoint"):
        drawloom.init(endpont="x")


def test_init_puts_the_root_on_the_path_once(tmp_path, monkeypatch):
    import sys

    monkeypatch.setattr(sys, "path", list(sys.path))
    for _ in range(3):
        drawloom.init(root_dir=tmp_path / "code")
    assert sys.path.count(str(tmp_path / "code")) == 1


@pytest.mark.parametrize("call", [drawloom.init_from_api_key, drawloom.init_passthrough])
def test_what_needs_a_platform_is_refused(call):
    with pytest.raises(drawloom.errors.UnsupportedHereError, match="platform"):
        call("x")


def test_yaml_reads_what_configuration_files_hold():
    text = """
# comment
admin:
  endpoint: dns:///host:80   # with a colon
  insecure: true
  command: ["uctl", get-token]
  scopes:
    - all
    - 'it''s'
image:
  image_refs:
    default: ghcr.io/x/y:v1
    other: "a#b"
list:
- a: 1
  b: 2.5
- 7
-
  c: null
empty:
"""
    assert read_yaml(text, "x") == {
        "admin": {
            "endpoint": "dns:///host:80",
            "insecure": True,
            "command": ["uctl", "get-token"],
            "scopes": ["all", "it's"],
        },
        "image": {"image_refs": {"default": "ghcr.io/x/y:v1", "other": "a#b"}},
        "list": [{"a": 1, "b": 2.5}, 7, {"c": None}],
        "empty": None,
    }
