"""The samples of the document "Run context", as printed, each under its paragraph's title."""

import json
import logging
import pathlib
import sys
import types

import pytest

import drawloom
from action_tasks import recorded_actions
from drawloom import flyte

env = flyte.TaskEnvironment("run-context-example")


@env.task
async def process(n: int) -> int:
    return n * 2


@env.task
async def root() -> int:
    return await process(21)


@env.task
async def inspect_context() -> str:
    ctx = flyte.ctx()
    action = ctx.action
    return f"run={action.run_name}, action={action.name}, mode={ctx.mode}, in_cluster={ctx.is_in_cluster()}"


class Seen:
    pass


@env.task
async def look(word: str = "") -> str:
    Seen.ctx = flyte.ctx()
    Seen.environ = dict(__import__("os").environ)
    Seen.level = flyte.system_logger.level
    return word


def test_configuring_a_run_with_with_runcontext(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    flyte.init_from_config()
    run = flyte.with_runcontext(
        name="my-run",
        project="my-project",
        domain="development",
    ).run(root)
    assert run.outputs()[0] == 42
    assert (run.name, run.action.run_name, run.action.project, run.action.domain) == (
        "my-run",
        "my-run",
        "my-project",
        "development",
    )


def test_all_parameters_are_optional():
    assert flyte.with_runcontext().run(root).outputs().o0 == 42
    assert flyte.run(root).outputs().named_outputs == {"o0": 42}


class TestExecutionTarget:
    def test_mode_local_runs_in_process_and_remote_is_refused_with_the_way_out(self):
        assert flyte.with_runcontext(mode="local").run(root).outputs()[0] == 42
        for mode in ("remote", "hybrid"):
            with pytest.raises(drawloom.errors.UnsupportedHereError, match="drawloom run --remote"):
                flyte.with_runcontext(mode=mode)
        with pytest.raises(ValueError, match="local, remote, hybrid"):
            flyte.with_runcontext(mode="lokal")

    def test_project_domain_and_version_are_what_the_task_sees(self):
        flyte.with_runcontext(project="p", domain="d", version="v7").run(look)
        assert (Seen.ctx.action.project, Seen.ctx.action.domain, Seen.ctx.version) == ("p", "d", "v7")

    @pytest.mark.parametrize("name", ["a/b", "../up", "", " ", ".hidden", "x" * 200, 7])
    def test_name_is_safe_as_the_name_of_a_folder(self, name):
        if name == "":
            return
        with pytest.raises(drawloom.errors.RunNameError):
            flyte.with_runcontext(name=name)

    def test_name_is_unique_among_the_runs_going_on(self):
        @env.task
        def twin() -> str:
            with pytest.raises(drawloom.errors.RunNameError):
                flyte.with_runcontext(name="twin").run(look)
            return flyte.with_runcontext(name="other").run(look).name

        assert flyte.with_runcontext(name="twin").run(twin).outputs()[0] == "other"

    def test_name_is_made_up_when_it_is_not_given(self):
        assert flyte.run(look).name != flyte.run(look).name

    def test_queue_and_interruptible_are_kept_in_the_record(self, tmp_path):
        flyte.with_runcontext(
            queue="gpu", interruptible=False, run_base_dir=tmp_path / "r", copy_style="none", version="1"
        ).run(look)
        record = json.loads((tmp_path / "r" / "run.json").read_text())
        assert (record["queue"], record["interruptible"]) == ("gpu", False)


class TestStorage:
    def test_direct_all_task_outputs_to_a_specific_place(self, tmp_path):
        flyte.with_runcontext(
            # Store all task outputs in a dedicated prefix for this run
            raw_data_path=f"{tmp_path}/runs/experiment-42/",
        ).run(look)
        assert Seen.ctx.raw_data_path == f"{tmp_path}/runs/experiment-42"
        assert Seen.ctx.raw_data_path.path == Seen.ctx.raw_data_path

    @pytest.mark.parametrize("prefix", ["s3://my-bucket/runs/experiment-42/", "gs://b/x", "memory://m/x"])
    def test_a_remote_prefix_makes_no_local_folder(self, prefix, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        flyte.with_runcontext(raw_data_path=prefix).run(look)
        assert Seen.ctx.raw_data_path == prefix.rstrip("/")
        assert not [path for path in tmp_path.iterdir() if ":" in path.name]

    def test_run_base_dir_holds_the_record_apart_from_raw_data(self, tmp_path):
        run = flyte.with_runcontext(run_base_dir=str(tmp_path / "meta"), raw_data_path=str(tmp_path / "raw")).run(root)
        assert run.url == run.path == str(tmp_path / "meta")
        rows = recorded_actions(run.url)
        assert [row["e"] for row in rows] == ["run-context-example.process", "run-context-example.root"]
        assert rows[0]["p"] == rows[1]["a"] == run.action.name

    def test_files_of_a_task_go_below_the_prefix(self, tmp_path):
        @env.task
        def write() -> drawloom.FlyteFile:
            path = pathlib.Path(drawloom.current_context().working_directory) / "x.txt"
            path.write_text("hello")
            return drawloom.FlyteFile(str(path))

        file = flyte.with_runcontext(raw_data_path=str(tmp_path / "raw")).run(write).outputs()[0]
        assert str(file).startswith(str(tmp_path / "raw"))


class TestCaching:
    count = 0

    def make(self, **options):
        cached = flyte.TaskEnvironment("caching", cache=flyte.Cache("override", "v1"), **options)

        @cached.task
        def counted(n: int) -> int:
            TestCaching.count += 1
            return TestCaching.count

        return counted

    def test_overwrite_cache_runs_again_and_stores_the_new_result(self):
        task = self.make()
        first = flyte.run(task, 1).outputs()[0]
        assert flyte.run(task, 1).outputs()[0] == first
        second = flyte.with_runcontext(overwrite_cache=True).run(task, 1).outputs()[0]
        assert second != first
        assert flyte.run(task, 1).outputs()[0] == second

    def test_disable_run_cache_neither_reads_nor_writes(self):
        task = self.make()
        first = flyte.run(task, 2).outputs()[0]
        other = flyte.with_runcontext(disable_run_cache=True).run(task, 2).outputs()[0]
        assert other != first
        assert flyte.run(task, 2).outputs()[0] == first

    def test_cache_lookup_scope_keeps_projects_apart(self):
        task = self.make()
        scoped = {"cache_lookup_scope": "project-domain", "domain": "d"}
        first = flyte.with_runcontext(project="a", **scoped).run(task, 3).outputs()[0]
        assert flyte.with_runcontext(project="a", **scoped).run(task, 3).outputs()[0] == first
        assert flyte.with_runcontext(project="b", **scoped).run(task, 3).outputs()[0] != first
        with pytest.raises(ValueError, match="global, project-domain"):
            flyte.with_runcontext(cache_lookup_scope="planet")


class TestIdentityAndResources:
    def test_env_vars_are_in_the_tasks_environment_and_restored_after(self, monkeypatch):
        monkeypatch.setenv("OLD", "before")
        flyte.with_runcontext(env_vars={"NEW": "1", "OLD": "during"}).run(look)
        assert (Seen.environ["NEW"], Seen.environ["OLD"]) == ("1", "during")
        assert __import__("os").environ["OLD"] == "before"
        assert "NEW" not in __import__("os").environ

    def test_a_value_that_is_no_text_is_named(self):
        with pytest.raises(ValueError, match=r"env_vars\['N'\]"):
            flyte.with_runcontext(env_vars={"N": 1})

    def test_service_account_labels_and_annotations_are_kept_in_the_record(self, tmp_path):
        flyte.with_runcontext(
            service_account="sa",
            labels={"a": "b"},
            annotations={"c": "d"},
            run_base_dir=tmp_path / "r",
            copy_style="none",
            version="1",
        ).run(look)
        record = json.loads((tmp_path / "r" / "run.json").read_text())
        assert (record["service_account"], record["labels"], record["annotations"]) == ("sa", {"a": "b"}, {"c": "d"})


class TestLogging:
    def test_log_level_holds_for_the_run_and_no_longer(self):
        before = flyte.system_logger.level
        flyte.with_runcontext(log_level=logging.DEBUG).run(look)
        assert Seen.level == logging.DEBUG
        assert flyte.system_logger.level == before

    def test_log_format_json_writes_one_object_a_line(self, capsys):
        @env.task
        def talk() -> None:
            flyte.logger.warning("hello %s", "there")

        flyte.with_runcontext(log_format="json", name="talking").run(talk)
        line = json.loads(capsys.readouterr().err.strip())
        assert (line["message"], line["level"], line["run"]) == ("hello there", "WARNING", "talking")
        with pytest.raises(ValueError, match="console, json"):
            flyte.with_runcontext(log_format="xml")

    def test_reset_root_logger_preserves_the_root_logger_unchanged(self):
        before = list(logging.getLogger().handlers)
        flyte.with_runcontext(log_level=logging.DEBUG, reset_root_logger=True).run(look)
        assert logging.getLogger().handlers == before


class TestCodeBundling:
    def test_dry_run_builds_the_bundle_and_runs_nothing(self, tmp_path, monkeypatch):
        monkeypatch.chdir(pathlib.Path(__file__).parent)
        Seen.ctx = None
        run = flyte.with_runcontext(dry_run=True, copy_bundle_to=tmp_path / "bundle", copy_style="all").run(look)
        assert Seen.ctx is None
        assert run.phase == "queued"
        assert not run.done()
        assert run.code_bundle.tgz.startswith(str(tmp_path / "bundle"))
        assert pathlib.Path(__file__).name in run.code_bundle.files

    def test_copy_style_none_needs_a_version(self):
        with pytest.raises(ValueError, match="version"):
            flyte.with_runcontext(copy_style="none").run(look)
        assert flyte.with_runcontext(copy_style="none", version="v").run(look).done()
        with pytest.raises(ValueError, match="loaded_modules, all, none"):
            flyte.with_runcontext(copy_style="some")

    def test_interactive_mode_is_found_out_and_can_be_said(self, monkeypatch):
        flyte.run(look)
        assert Seen.ctx.interactive_mode is False
        monkeypatch.setattr("builtins.get_ipython", object, raising=False)
        flyte.run(look)
        assert Seen.ctx.interactive_mode is True
        flyte.with_runcontext(interactive_mode=False).run(look)
        assert Seen.ctx.interactive_mode is False

    def test_preserve_original_types_reaches_the_task(self):
        from drawloom import context

        @env.task
        def state() -> bool:
            return context.current().preserve_original_types

        assert flyte.with_runcontext(preserve_original_types=True).run(state).outputs()[0] is True

    def test_preserve_original_types_keeps_native_data_frames_in_the_outputs(self):
        pd = pytest.importorskip("pandas")

        @env.task
        def frame() -> pd.DataFrame:
            return pd.DataFrame({"a": [1, 2]})

        assert isinstance(flyte.run(frame).outputs()[0], flyte.io.DataFrame)
        native = flyte.with_runcontext(preserve_original_types=True).run(frame).outputs()[0]
        assert native["a"].tolist() == [1, 2]


class TestContextPropagation:
    def test_custom_context_reaches_every_task(self):
        @env.task
        async def parent() -> str:
            return await look("x") + flyte.ctx().custom_context["k"]

        assert flyte.with_runcontext(custom_context={"k": "v"}).run(parent).outputs()[0] == "xv"
        assert Seen.ctx.custom_context == {"k": "v"}

    def test_a_value_that_is_no_text_names_key_and_value(self):
        with pytest.raises(TypeError, match=r"custom_context\['k'\]") as caught:
            flyte.with_runcontext(custom_context={"k": 7})
        assert "int 7" in str(caught.value)


def test_reading_context_inside_a_task_with_ctx():
    text = flyte.with_runcontext(name="reading").run(inspect_context).outputs()[0]
    assert text.startswith("run=reading, action=")
    assert text.endswith("mode=local, in_cluster=False")
    assert flyte.ctx() is None


def test_task_context_fields():
    flyte.with_runcontext(version="v").run(look)
    ctx = Seen.ctx
    assert isinstance(ctx, drawloom.TaskContext)
    assert ctx.mode == "local"
    assert ctx.disable_run_cache is False
    assert ctx.custom_context == {}
    assert ctx.is_in_cluster() is False
    assert ctx.replace(mode="remote").is_in_cluster() is True
    assert ctx.output_path.startswith(ctx.run_base_dir)


def test_action_id_fields():
    from drawloom.flyte.models import ActionID

    flyte.run(look)
    action = Seen.ctx.action
    assert isinstance(action, ActionID)
    assert action.org is None
    assert ActionID(name="x").run_name == "x"


def test_naming_external_resources(monkeypatch):
    wandb = types.ModuleType("wandb")
    seen = {}

    class Tracked:
        def log(self, values):
            seen.update(values)

        def finish(self):
            seen["finished"] = True

    def init(**options):
        seen.update(options)
        return Tracked()

    wandb.init = init
    monkeypatch.setitem(sys.modules, "wandb", wandb)

    @env.task
    async def train_model(epochs: int) -> float:
        ctx = flyte.ctx()
        # Use run_name to tie the W&B run to this Flyte run
        run = wandb.init(
            project="my-project",
            name=ctx.action.run_name,
            config={"epochs": epochs},
        )
        # ... training logic ...
        loss = 0.42
        run.log({"loss": loss})
        run.finish()
        return loss

    assert flyte.with_runcontext(name="ext").run(train_model, epochs=3).outputs()[0] == 0.42
    assert (seen["name"], seen["finished"]) == ("ext", True)


def test_what_cannot_be_honoured_is_refused_or_said_aloud(caplog):
    with pytest.raises(drawloom.errors.UnsupportedHereError, match="control plane"):
        flyte.with_runcontext(tracked_strict=True)
    with pytest.raises(ValueError, match="number of actions"):
        flyte.with_runcontext(max_action_concurrency=-1)
    for name in ("debug", "tracked"):
        flyte.with_runcontext(**{name: True})
        assert f"{name}=True" in caplog.text


def test_an_unknown_parameter_is_refused():
    with pytest.raises(TypeError, match="no parameter 'naem'"):
        flyte.with_runcontext(naem="x")


def test_every_parameter_of_the_tables_is_there_with_its_default():
    import inspect

    defaults = {
        "mode": None, "project": None, "domain": None, "name": None, "version": None, "queue": None,
        "interruptible": None, "raw_data_path": None, "run_base_dir": None, "overwrite_cache": False,
        "disable_run_cache": False, "cache_lookup_scope": "global", "service_account": None, "env_vars": None,
        "labels": None, "annotations": None, "log_level": None, "log_format": "console", "reset_root_logger": False,
        "copy_style": "loaded_modules", "dry_run": False, "copy_bundle_to": None, "interactive_mode": None,
        "preserve_original_types": False, "custom_context": None,
    }  # fmt: skip
    parameters = inspect.signature(flyte.with_runcontext).parameters
    assert {name: parameters[name].default for name in defaults} == defaults


def test_checkpoints_go_below_the_prefix_too(tmp_path):
    @env.task
    def save() -> None:
        flyte.ctx().checkpoint.save_sync(b"x")

    flyte.with_runcontext(raw_data_path=tmp_path / "raw").run(save)
    assert [path.name for path in (tmp_path / "raw").rglob("*") if path.is_file()] == ["checkpoint"]


def test_disable_run_cache_is_seen_by_every_task_of_the_run():
    @env.task
    async def parent() -> None:
        await look()

    flyte.with_runcontext(disable_run_cache=True).run(parent)
    assert Seen.ctx.disable_run_cache is True


def test_copy_bundle_to_belongs_to_a_dry_run(tmp_path):
    with pytest.raises(ValueError, match="dry run"):
        flyte.with_runcontext(copy_bundle_to=tmp_path)


def test_every_action_of_a_run_has_its_name_project_and_domain():
    @env.task
    async def parent() -> None:
        await look()

    flyte.with_runcontext(name="one-run", project="p", domain="d").run(parent)
    action = Seen.ctx.action
    assert (action.run_name, action.project, action.domain, action.org) == ("one-run", "p", "d", None)
    assert action.name != "one-run"


def test_log_level_and_env_vars_are_gone_when_the_run_has_failed():
    @env.task
    def fails() -> None:
        raise ValueError("because")

    before = flyte.system_logger.level
    with pytest.raises(ValueError, match="because"):
        flyte.with_runcontext(log_level=logging.DEBUG, env_vars={"FOR_A_WHILE": "1"}).run(fails)
    assert flyte.system_logger.level == before
    assert "FOR_A_WHILE" not in __import__("os").environ
