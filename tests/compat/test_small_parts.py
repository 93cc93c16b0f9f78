"""The small things that programs import from both peers."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import subprocess
from typing import Annotated

import pytest

import drawloom
from drawloom import artifacts, flytekit
from drawloom.flyte import git
from drawloom.flyte.types._type_engine import PydanticTransformer
from drawloom.flytekit.core import schedule as flytekit_schedule
from drawloom.flytekit.core.type_engine import (
    DictTransformer,
    ListTransformer,
    TypeEngine,
    TypeTransformer,
    TypeTransformerFailedError,
    UnionTransformer,
    get_underlying_type,
    is_annotated,
)
from drawloom.flytekit.core.utils import ClassDecorator, timeit
from drawloom.flytekit.deck import Deck, MarkdownRenderer, SourceCodeRenderer, TopFrameRenderer
from drawloom.flytekit.models.literals import Literal, Primitive, Scalar
from drawloom.flytekit.sensor import BaseSensor, FileSensor
from drawloom.flytekit.tools.module_loader import load_object_from_module
from drawloom.flytekit.tools.translator import gather_dependent_entities, get_serializable
from drawloom.flytekit.types.pickle import FlytePickle
from drawloom.flytekit.types.structured import (
    StructuredDatasetDecoder,
    StructuredDatasetEncoder,
    StructuredDatasetTransformerEngine,
)
from drawloom.io import File
from drawloom.syncify import syncify
from drawloom.unsupported import UnsupportedHereError
from literals import DrawloomError, pb
from typeengine import default_engine


class Odd:
    def __init__(self, n):
        self.n = n


@pytest.fixture
def note(tmp_path):
    path = tmp_path / "n.txt"
    path.write_text("x")
    return File.from_local_sync(str(path))


def test_an_artifact_keeps_its_description_and_leaves_the_value(note):
    made = artifacts.new(note, artifacts.Metadata(name="n", version="1", partitions={"day": dt.date(2024, 1, 1)}))
    assert artifacts.metadata_of(made).name == "n"
    assert artifacts.metadata_of(note) is None
    assert (type(made), made.path) == (File, note.path)


def test_a_model_says_what_it_is_in_its_attributes():
    made = artifacts.Metadata.create_model_metadata(name="m", framework="torch", attrs={"a": "b", "task": "mine"})
    assert (made.attrs["framework"], made.attrs["a"], made.attrs["task"]) == ("torch", "b", "")
    assert made.attrs[artifacts.KIND_KEY] == "model"


def test_what_outputs_become_is_said_around_the_call():
    described = artifacts.Metadata(name="n")
    with artifacts.produces(o0=described):
        assert artifacts.declared() == {"o0": described}
    assert artifacts.declared() == {}


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: artifacts.new("text", artifacts.Metadata(name="n")), "lies in storage"),
        (lambda: artifacts.Metadata(name=""), "needs a name"),
        (lambda: artifacts.Metadata(name="n", kind="odd"), "unknown kind"),
        (lambda: artifacts.Metadata(name="n", partitions=dict.fromkeys("ab", dt.date(2024, 1, 1))), "one time"),
        (lambda: artifacts.Metadata(name="n", parents=("",)), "none of them empty"),
        (lambda: artifacts.TimePartition(dt.date(2024, 1, 1), "minute"), "granularity"),
        (lambda: artifacts.Card.create_from(), "one of them"),
    ],
)
def test_a_description_that_cannot_be_is_refused(make, said):
    with pytest.raises(artifacts.ArtifactError, match=said):
        make()


def test_a_sensor_asks_until_it_is_so():
    asked = []

    class Third(BaseSensor):
        pause = 0.0

        async def poke(self, limit: int) -> bool:
            asked.append(limit)
            return len(asked) == limit

    Third("third")(limit=3)
    assert asked == [3, 3, 3]


def test_a_sensor_is_written_with_the_class_that_answers():
    sensor = FileSensor(name="f", timeout=dt.timedelta(seconds=9))
    template = get_serializable(
        {}, drawloom.SerializationSettings(project="p", domain="d", version="v"), sensor
    ).template
    assert template.type == "sensor"
    assert template.custom["sensor_module"] == "drawloom.flytekit._impl.sensors"
    assert template.metadata.timeout.seconds == 9
    assert list(template.interface.inputs.variables) == ["path"]


def test_a_timeout_given_twice_is_refused():
    with pytest.raises(DrawloomError, match="twice"):
        FileSensor(name="f", timeout=1, metadata=drawloom.TaskMetadata(timeout=2))


def test_an_async_function_gets_a_blocking_form_also_inside_a_loop():
    @syncify
    async def plus(x: int) -> int:
        await asyncio.sleep(0)
        return x + 1

    async def inside():
        return plus(1), await plus.aio(2)

    assert plus(3) == 4
    assert asyncio.run(inside()) == (2, 3)
    with pytest.raises(DrawloomError, match="async function"):
        syncify(len)


def test_a_transformer_of_flyte_2_takes_no_context_and_is_awaited():
    class OddTransformer(TypeTransformer[Odd]):
        def __init__(self):
            super().__init__(name="Odd", t=Odd)

        def get_literal_type(self, t):
            return TypeEngine.to_literal_type(int)

        async def to_literal(self, python_val, python_type, expected):
            await asyncio.sleep(0)
            return Literal(scalar=Scalar(primitive=Primitive(integer=python_val.n)))

        async def to_python_value(self, lv, expected_python_type):
            return Odd(lv.scalar.primitive.integer)

    TypeEngine.register(OddTransformer())
    env = drawloom.TaskEnvironment(name="odd")

    @env.task
    async def twice(x: Odd) -> Odd:
        return Odd(x.n * 2)

    @env.task
    async def main(n: int) -> int:
        return (await twice(Odd(n))).n

    assert drawloom.run(main, n=4).outputs()[0] == 8


def test_a_transformer_by_name_asks_the_engine():
    assert PydanticTransformer().get_literal_type(int) == TypeEngine.to_literal_type(int)


def test_naming_flyte_pickle_is_the_opt_in():
    class Plain:
        def __eq__(self, other):
            return isinstance(other, Plain)

        __hash__ = None

    @drawloom.task
    def same(x: FlytePickle[complex]) -> FlytePickle[complex]:
        return x

    assert same(x=1 + 2j) == 1 + 2j


def test_decks_render_markdown_frames_and_code():
    pd = pytest.importorskip("pandas")
    assert "<strong>b</strong>" in MarkdownRenderer().to_html("**b**")
    table = TopFrameRenderer(max_rows=2).to_html(pd.DataFrame({"a": range(9)}))
    assert "<table" in table
    assert table.count("<tr") == 4
    assert "&lt;b&gt;" in SourceCodeRenderer().to_html("<b>")
    assert Deck is drawloom.Deck
    with pytest.raises(DrawloomError, match="not a frame"):
        TopFrameRenderer().to_html([1])
    with pytest.raises(DrawloomError, match="not a text"):
        MarkdownRenderer().to_html(1)


def test_a_decorator_class_works_with_and_without_options():
    class Twice(ClassDecorator):
        def __init__(self, task_function=None, by=2, **options):
            self.by = by
            super().__init__(task_function, by=by, **options)

        def execute(self, *args, **kwargs):
            return self.task_function(*args, **kwargs) * self.by

        def get_extra_config(self):
            return {self.LINK_TYPE_KEY: "twice"}

    @drawloom.task
    @Twice
    def plain(x: int) -> int:
        return x

    @drawloom.task
    @Twice(by=3)
    def thrice(x: int) -> int:
        return x

    assert (plain(x=2), thrice(x=2)) == (4, 6)


def test_a_stopwatch_logs_blocks_and_functions(caplog):
    caplog.set_level(logging.INFO, logger="drawloom.user")

    @timeit("work")
    def work():
        return 1

    with timeit("block"):
        work()
    assert [record.getMessage().split(":")[0] for record in caplog.records] == ["work", "block"]


def test_the_configuration_at_a_checkouts_root_is_found(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert git.config_from_root() is None
    subprocess.run(["git", "init", "-q"], check=True)
    assert git.config_from_root() is None
    (tmp_path / ".flyte").mkdir()
    (tmp_path / ".flyte" / "config.yaml").write_text("")
    assert git.config_from_root() == tmp_path / ".flyte" / "config.yaml"


def test_objects_are_found_by_their_path():
    assert load_object_from_module("drawloom.flytekit.sensor.file_sensor.FileSensor") is FileSensor
    for path in ("drawloom.flytekit.sensor.file_sensor.Gone", "no.such.module"):
        with pytest.raises(DrawloomError, match="nothing is found"):
            load_object_from_module(path)


def test_a_lazy_module_is_imported_when_it_is_used():
    assert flytekit.lazy_module("json").dumps([1]) == "[1]"
    gone = flytekit.lazy_module("no_such_module_at_all")
    with pytest.raises(ImportError):
        _ = gone.anything


def test_a_table_that_a_run_gave_is_wrapped_by_itself():
    pd = pytest.importorskip("pandas")
    table = drawloom.io.DataFrame.from_df(pd.DataFrame({"a": [1]}))
    assert drawloom.io.DataFrame.from_df(table) is table


def test_the_mapping_of_get_serializable_holds_everything_that_the_entity_needs():
    @drawloom.task
    def add(x: int) -> int:
        return x + 1

    @drawloom.workflow
    def inner(x: int) -> int:
        return add(x=x)

    @drawloom.workflow
    def outer(x: int) -> int:
        return inner(x=x)

    mapping = {}
    spec = get_serializable(mapping, drawloom.SerializationSettings(project="p", domain="d", version="v"), outer)
    assert mapping[outer] is spec
    assert [type(made).__name__ for made in mapping.values()] == [
        "TaskSpec", "WorkflowSpec", "LaunchPlan", "WorkflowSpec", "LaunchPlan",
    ]  # fmt: skip
    assert mapping[add].template.id.name.endswith("add")
    with pytest.raises(DrawloomError, match="LaunchPlan.get_or_create"):
        get_serializable({}, drawloom.SerializationSettings(), outer, drawloom.Options())


def test_the_bare_name_of_flyte_pickle_takes_any_value():
    @drawloom.task
    def same(x: FlytePickle) -> FlytePickle:
        return x

    @drawloom.workflow
    def wf() -> FlytePickle:
        return same(x={1, 2})

    assert same(x=range(3)) == range(3)
    assert wf() == {1, 2}
    assert TypeEngine.to_literal_type(FlytePickle) == TypeEngine.to_literal_type(FlytePickle[object])


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (
            lambda e: e.system.FlyteEntrypointNotLoadable("m", "t", "why"),
            "m.t: the code of a task cannot be loaded: why",
        ),
        (lambda e: e.system.FlyteNonRecoverableSystemException(KeyError("k")), "KeyError: 'k'"),
        (lambda e: e.user.FlyteEntityNotFoundException("m", "e"), "module m: there is no task or workflow 'e'"),
        (lambda e: e.user.FlyteInvalidInputException({"a": 1}), "{'a': 1}"),
    ],
)
def test_the_errors_of_flytekit_are_made_with_its_arguments(make, said):
    assert said in str(make(flytekit.exceptions))


def test_settings_come_from_the_environment_and_those_of_a_platform_from_a_file(monkeypatch):
    from drawloom.flytekit.configuration import Config, LocalConfig, SecretsConfig

    monkeypatch.setenv("FLYTE_SECRETS_ENV_PREFIX", "_S_")
    monkeypatch.setenv("FLYTE_LOCAL_CACHE_ENABLED", "false")
    assert SecretsConfig.auto() == SecretsConfig(env_prefix="_S_")
    assert LocalConfig.auto() == LocalConfig(cache_enabled=False)
    assert Config.auto().secrets.env_prefix == "_S_"
    assert Config.for_endpoint("host", insecure=True).platform.insecure
    with pytest.raises(DrawloomError, match="cannot be read"):
        Config.auto("config.yaml")
    for cls in (LocalConfig, SecretsConfig):
        with pytest.raises(DrawloomError, match="init_from_config"):
            cls.auto("config.yaml")


@pytest.mark.parametrize(
    ("given", "value", "unit"),
    [
        (dt.timedelta(hours=10), 10, "HOUR"),
        (dt.timedelta(hours=24), 1, "DAY"),
        (dt.timedelta(minutes=90), 90, "MINUTE"),
    ],
)
def test_a_rate_shows_the_parts_of_its_message_and_comes_back_from_it(given, value, unit):
    made = flytekit_schedule.FixedRate(given, kickoff_time_input_arg="t")
    assert (made.rate.value, made.rate.unit) == (value, getattr(flytekit_schedule.FixedRate.FixedRateUnit, unit))
    assert made.schedule_expression == made.rate
    assert flytekit_schedule.FixedRate.from_flyte_idl(made.to_flyte_idl()) == made


@pytest.mark.parametrize("offset", [None, "P1D"])
def test_a_cron_schedule_shows_its_parts_and_comes_back_from_its_message(offset):
    made = flytekit_schedule.CronSchedule(schedule="@daily", offset=offset, kickoff_time_input_arg="t")
    assert (made.cron_schedule.schedule, made.cron_schedule.offset, made.rate) == ("@daily", offset, None)
    assert flytekit_schedule.CronSchedule.from_flyte_idl(made.to_flyte_idl()) == made


def test_a_run_has_the_text_of_its_name_that_flytekit_shows():
    from drawloom import current_context

    assert str(current_context().execution_id) == "ex:local:local:local"
    assert current_context().execution_id.to_flyte_idl().project == "local"


def test_a_program_brings_its_own_builder_of_images():
    from drawloom.flytekit import ImageSpec
    from drawloom.flytekit.image_spec.image_spec import ImageBuildEngine, ImageSpecBuilder

    class Mine(ImageSpecBuilder):
        def build_image(self, image_spec):
            built.append(image_spec.name)
            return "registry/built:1"

    built = []
    ImageBuildEngine.register("mine", Mine())
    try:
        assert ImageBuildEngine.build(ImageSpec(name="own", builder="mine")) == "registry/built:1"
        assert built == ["own"]
        with pytest.raises(UnsupportedHereError, match="not registered") as caught:
            ImageBuildEngine.build(ImageSpec(name="own", builder="other"))
        assert caught.value.got == "other"
    finally:
        del ImageBuildEngine.get_registry()["mine"]


def test_an_image_that_is_there_already_needs_no_builder():
    from drawloom.flytekit import ImageSpec
    from drawloom.flytekit.image_spec.image_spec import ImageBuildEngine
    from drawloom.flytekit.image_spec.noop_builder import NoOpBuilder

    there = ImageSpec(base_image="registry/there:1", builder="noop")
    assert ImageBuildEngine.build(there) == "registry/there:1"
    assert NoOpBuilder().should_build(there)
    for other in (None, there):
        with pytest.raises(ValueError, match="base_image must be a string"):
            NoOpBuilder().build_image(ImageSpec(base_image=other, builder="noop"))


def test_a_schema_that_may_only_be_read_is_not_written():
    from drawloom.flytekit.types.schema import FlyteSchema, SchemaOpenMode

    schema = FlyteSchema(remote_path="memory://schema").as_readonly()
    assert schema.supported_mode is SchemaOpenMode.READ
    with pytest.raises(TypeTransformerFailedError, match="only be read"):
        schema.open(override_mode=SchemaOpenMode.WRITE)
    with pytest.raises(TypeTransformerFailedError, match="only be read"):
        schema.open().write(object())


def test_resources_come_back_from_their_json_under_the_constructor_of_a_peer():
    from drawloom.flytekit import Resources

    made = Resources(cpu="4", mem="2Gi", gpu="2", ephemeral_storage="20Gi")
    assert Resources.from_json(made.to_json()) == made


def test_a_transformer_guesses_the_types_of_its_kind():
    from drawloom.flytekit import FlyteFile

    transformer = TypeEngine.get_transformer(FlyteFile)
    assert transformer.guess_python_type(transformer.get_literal_type(FlyteFile["txt"])) == FlyteFile["txt"]
    with pytest.raises(ValueError, match="not have the declared type"):
        transformer.guess_python_type(TypeEngine.to_literal_type(int))


def test_transformers_say_what_a_hint_is_made_of():
    assert DictTransformer.extract_types(dict[str, int]) == (str, int)
    assert DictTransformer.extract_types(Annotated[dict[str, int], "x"]) == (str, int)
    assert DictTransformer.extract_types(dict) == (None, None)
    assert ListTransformer.get_sub_type(list[int]) is int
    assert ListTransformer.get_sub_type_or_none(list) is None
    with pytest.raises(ValueError, match="elements"):
        ListTransformer.get_sub_type(list)
    assert UnionTransformer.is_optional_type(int | None)
    assert UnionTransformer.is_union(int | str)
    assert not UnionTransformer.is_optional_type(int | str)
    assert not UnionTransformer.is_union(int)
    assert UnionTransformer.get_sub_type_in_optional(Annotated[int | None, "x"]) is int


class Parcel:
    """Of a library that nobody knows here."""


class ParcelEncoder(StructuredDatasetEncoder):
    def __init__(self):
        super().__init__(Parcel, "/", "parcel")

    def encode(self, ctx, structured_dataset, structured_dataset_type):
        return pb.StructuredDataset(uri="/nowhere/parcel")


class ParcelDecoder(StructuredDatasetDecoder):
    def __init__(self):
        super().__init__(Parcel, "/", "parcel")

    def decode(self, ctx, flyte_value, current_task_metadata):
        assert flyte_value.uri == "/nowhere/parcel"
        return Parcel()


def test_a_class_with_handlers_of_local_files_is_a_hint():
    with pytest.raises(DrawloomError):
        default_engine().codec(Parcel)
    StructuredDatasetTransformerEngine.register(ParcelEncoder(), default_for_type=True)
    StructuredDatasetTransformerEngine.register(ParcelDecoder(), default_for_type=True)
    codec = default_engine().codec(Parcel)
    assert codec.literal_type.HasField("structured_dataset_type")
    assert isinstance(codec.decode(codec.encode(Parcel())), Parcel)


def test_what_a_workflow_needs_is_gathered_by_its_identifier():
    @drawloom.task
    def increment(n: int) -> int:
        return n + 1

    @drawloom.workflow
    def adds_one(n: int) -> int:
        return increment(n=n)

    kept = {}
    get_serializable(kept, drawloom.SerializationSettings(project="p", domain="d", version="v"), adds_one)
    tasks, workflows, plans = gather_dependent_entities(kept)
    assert [key.name for key in tasks] == [increment.name]
    assert [key.name for key in workflows] == [key.name for key in plans] == [adds_one.name]
    assert [template.type for template in tasks.values()] == ["python-task"]


def test_hints_within_annotated_are_found():
    assert [is_annotated(hint) for hint in (int, Annotated[int, "x"])] == [False, True]
    assert [get_underlying_type(hint) for hint in (int, Annotated[int, "x"])] == [int, int]
