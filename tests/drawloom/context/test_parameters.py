"""`current_context()`, secrets, decks, stats: what a Flyte 1 task asks about itself."""

import logging
from datetime import datetime, timezone
from pathlib import Path

import pytest

from drawloom.context import (
    Deck,
    ExecutionMode,
    ExecutionParameters,
    ExecutionState,
    LocalStats,
    SecretsManager,
    current_context,
    local_parameters,
    using,
)


@pytest.fixture
def inside(tmp_path):
    """A running task's parameters, in force for the test."""
    params = local_parameters(tmp_dir=str(tmp_path), enable_deck=True)
    with using(execution=ExecutionState(tmp_path, mode=ExecutionMode.LOCAL_TASK_EXECUTION, user_space_params=params)):
        yield params


class TestExecutionParameters:
    def test_is_accessible_outside_any_task_too(self):
        params = current_context()
        assert (params.execution_id.project, params.task_id.name) == ("local", "local")
        assert Path(params.working_directory).is_dir()
        assert params.execution_date.tzinfo is timezone.utc
        assert isinstance(params.logging, logging.Logger)
        assert params.raw_output_prefix

    def test_is_the_running_tasks_own(self, inside, tmp_path):
        assert current_context() is inside
        assert current_context().working_directory == str(tmp_path)

    def test_what_is_lazy_is_made_once(self):
        made = []
        params = local_parameters(
            tmp_dir=lambda: made.append("dir") or "d", checkpoint=lambda: made.append("cp") or "c",
            execution_id=lambda: made.append("id") or "e", task_id=lambda: made.append("task") or "t",
        )  # fmt: skip
        for _ in range(2):
            assert (params.working_directory, params.checkpoint, params.execution_id, params.task_id) == (
                "d",
                "c",
                "e",
                "t",
            )
        assert sorted(made) == ["cp", "dir", "id", "task"]

    def test_unknown_members_are_assertion_errors_and_task_types_add_theirs(self):
        params = local_parameters().builder().add_attr("spark_session", 7).build()
        assert (
            params.spark_session,
            params.SPARK_SESSION,
            params.get("spark_session"),
            params.has_attr("Spark_Session"),
        ) == (7, 7, 7, True)
        assert not params.has_attr("other")
        with pytest.raises(AssertionError, match="OTHER"):
            _ = params.other
        with pytest.raises(AssertionError):
            params.get("other")

    def test_a_builder_never_shares_its_attributes(self):
        first = local_parameters()
        first.builder().add_attr("x", 1)
        assert not first.has_attr("x")

    def test_a_sandbox_is_fresh_and_has_a_checkpoint(self):
        one, two = (local_parameters().with_task_sandbox().build() for _ in range(2))
        assert one.working_directory != two.working_directory
        assert one.checkpoint.read() is None
        assert local_parameters().with_enable_deck(enable_deck=True).build().enable_deck

    def test_without_a_checkpoint_it_says_so(self):
        with pytest.raises(RuntimeError, match="checkpoint"):
            _ = local_parameters().checkpoint

    def test_a_built_working_folder_exists(self, tmp_path):
        builder = ExecutionParameters.new_builder()
        builder.working_dir = tmp_path / "new"
        assert builder.build().working_directory.is_dir()
        assert builder.build().execution_date <= datetime.now(timezone.utc)


class TestSecrets:
    def test_environment_with_prefix_then_without_then_file(self, monkeypatch, tmp_path):
        monkeypatch.setenv("FLYTE_SECRETS_DEFAULT_DIR", str(tmp_path))
        monkeypatch.setenv("FLYTE_SECRETS_FILE_PREFIX", "f_")
        (tmp_path / "grp").mkdir()
        (tmp_path / "grp" / "f_key").write_text(" from file \n")
        secrets = SecretsManager()
        assert secrets.get("Grp", "Key") == "from file"
        monkeypatch.setenv("GRP_KEY", "plain")
        assert secrets.get("grp", "key") == "plain"
        monkeypatch.setenv("_FSEC_GRP_KEY", " prefixed ")
        assert secrets.get("grp", "key") == "prefixed"
        assert secrets.grp.key == "prefixed"
        assert secrets.get_secrets_env_var("g", "k", "v") == "_FSEC_G_V_K"
        assert secrets.get_secrets_file("G", "K", "V") == str(tmp_path / "g" / "v" / "f_k")
        assert secrets.get("Grp", "Key", encode_mode="r") == "prefixed"

    def test_only_a_local_execution_reads_the_variable_without_prefix(self, monkeypatch, tmp_path):
        monkeypatch.setenv("GRP_KEY", "plain")
        monkeypatch.setenv("FLYTE_SECRETS_DEFAULT_DIR", str(tmp_path))
        with (
            using(execution=ExecutionState(tmp_path, mode=ExecutionMode.TASK_EXECUTION)),
            pytest.raises(ValueError, match="unable to find secret"),
        ):
            SecretsManager().get("grp", "key")

    def test_bytes_come_from_files(self, monkeypatch, tmp_path):
        monkeypatch.setenv("FLYTE_SECRETS_DEFAULT_DIR", str(tmp_path))
        (tmp_path / "key").write_bytes(b"\xff\x00")
        assert SecretsManager().get(key="key", encode_mode="rb") == b"\xff\x00"

    def test_not_found_lists_where_it_was_looked_for(self):
        with pytest.raises(ValueError, match="secret_requests") as caught:
            SecretsManager().get("grp", "nokey")
        assert "_FSEC_GRP_NOKEY" in str(caught.value)

    def test_arguments_are_checked(self):
        with pytest.raises(ValueError, match="neither"):
            SecretsManager().get()
        with pytest.raises(ValueError, match="encode_mode"):
            SecretsManager().get("g", "k", encode_mode="w")

    def test_a_config_object_says_prefix_and_folders(self, monkeypatch):
        class Config:
            env_prefix, default_dir, file_prefix = "P_", "/nowhere", ""

        monkeypatch.setenv("P_G_K", "x")
        assert SecretsManager(Config()).get("g", "k") == "x"


class TestDecks:
    def test_a_deck_joins_the_running_task(self, inside, tmp_path):
        deck = Deck("mine", "<p>1</p>")
        deck.append("<p>2</p>")
        assert inside.decks == [deck]
        assert deck.html == "<p>1</p>\n<p>2</p>"
        assert Deck("other", auto_add_to_deck=False).name == "other"
        assert len(inside.decks) == 1
        Deck.publish()
        assert "<h2>mine</h2>" in (tmp_path / "deck.html").read_text()

    def test_default_and_timeline_decks_are_made_once(self, inside):
        assert inside.default_deck is inside.default_deck
        assert inside.timeline_deck is not inside.default_deck

    def test_a_deck_takes_text(self, inside):
        with pytest.raises(TypeError, match="int"):
            Deck("x").append(3)


def test_stats_keep_figures_by_scope():
    stats = LocalStats()
    stats.incr("a")
    stats.incr("a", 2)
    stats.decr("a")
    stats.gauge("g", 1.5)
    inner = stats.get_stats("inner")
    inner.incr("a")
    with inner.timer("t"):
        pass
    assert (
        stats.current_value("a"),
        stats.current_value("g"),
        inner.current_value("a"),
        stats.current_value("none"),
    ) == (2, 1.5, 1, None)
    assert stats.current_value("inner.t") >= 0
