"""Modules written for flytekit compile to the specifications that flytekit wrote, after the normalization listed in
`golden_specs`. Where flytekit's own output is wrong, drawloom's is right, and the table here says what is right about it.
"""

from __future__ import annotations

import pytest

import golden_specs
import golden_workflows
from compiler import (
    Image,
    ImageConfig,
    SerializationSettings,
    compile_bundle,
    declared_in,
    file_names,
    task,
    workflow,
)

SETTINGS = SerializationSettings(
    project="p", domain="d", version="v", image_config=ImageConfig(default_image=Image("default", "img", "v"))
)

TWICE = {"m18_map_task"}
"""flytekit writes an entity once for each object that makes it, so that two files hold one identifier; drawloom once."""


def hashed_once(spec):
    """A node id of 63 characters is filtered again when flytekit writes it, so the node and the bindings disagree."""
    for node in spec.template.nodes:
        node.upstream_node_ids[:] = [i.replace("d50236f585-", "4829cac2a6-") for i in node.upstream_node_ids]
        node.id = node.id.replace("d50236f585-", "4829cac2a6-")


def without_a_path_into_a_float(spec):
    """`hasattr(promise, "_fields")` is true in flytekit, so that a float gets the attribute path `y`."""
    del spec.template.outputs[3].binding.promise.attr_path[:]


def with_min_successes(spec):
    """flytekit writes `min_successes=` as the ratio 1.0, so that its server ignores it."""
    spec.template.nodes[0].array_node.min_successes = 2


def with_the_accelerator(spec):
    """In flytekit a second with_overrides clears the accelerator of the first."""
    (node,) = [node for node in spec.template.nodes if node.id == "n17"]
    node.task_node.overrides.extended_resources.gpu_accelerator.device = "nvidia-tesla-t4"


def with_binary_bytes(spec):
    """flytekit pickles `bytes`; drawloom has a literal for them."""
    variable = spec.template.interface.inputs.variables["b"]
    variable.type.Clear()
    variable.type.simple = 7


def with_the_class_name_of_a_set(spec):
    """The class name of a pickle is a note for readers; flytekit spells out `typing`."""
    fields = spec.template.interface.inputs.variables["s"].type.metadata.fields
    fields["python_class_name"].string_value = "set[int]"


def with_the_variable_that_holds_the_task(theirs):
    """flytekit names the function, at which a container finds no task."""
    theirs.template.container.args[-1] = "_mut_task"


BETTER = {
    "m44_compile_errors._mut_1.pb": with_the_variable_that_holds_the_task,
    "m40_pickle_any.bytes_len_1.pb": with_binary_bytes,
    "m40_pickle_any.sets_1.pb": with_the_class_name_of_a_set,
    "m39_naming.wf_2.pb": hashed_once,
    "m16_references.wf_2.pb": without_a_path_into_a_float,
    "m18_map_task.wf_min_2.pb": with_min_successes,
    "m08_overrides.wf_2.pb": with_the_accelerator,
}
"""What flytekit's specification would be without its defect."""


def compiled(name):
    golden_workflows.load(name)
    return compile_bundle(list(declared_in(name)), SETTINGS)


def with_files(kind):
    return [n for n in golden_workflows.names() if n[0] == kind and golden_workflows.files(n)]


def tail(name):
    return name.split("_", 1)[1]


@pytest.mark.parametrize("name", with_files("m"))
def test_a_module_compiles_to_what_flytekit_wrote(name):
    if name == "m29_secrets_pods":
        pytest.importorskip("kubernetes", reason="the module builds pods with the Kubernetes client")
    made = compiled(name)
    files = golden_workflows.files(name)
    wanted = [path.name for path in files]
    if name in TWICE:
        wanted, names = list(dict.fromkeys(map(tail, wanted))), [tail(n) for n in file_names(made)]
    else:
        names = file_names(made)
    assert names == wanted
    specs = {tail(n): spec for n, (_, _, spec) in zip(file_names(made), made.specs, strict=True)}
    for path in files:
        kind = int(path.stem[-1])
        ours = golden_specs.parse(kind, specs[tail(path.name)].SerializeToString(deterministic=True))
        theirs = golden_specs.parse(kind, path.read_bytes())
        BETTER.get(tail(path.name), lambda _: None)(theirs)
        assert golden_specs.normalized(ours) == golden_specs.normalized(theirs), path.name


def test_ordering_after_several_outputs_or_none_adds_the_edge():
    made = compiled("b27_multi_output_ordering")
    for name, _, spec in made.specs:
        if name.rpartition(".")[2] in {"wf_pair_first", "wf_pair_runs_before", "wf_void_runs_before"} and _ == 2:
            assert list(spec.template.nodes[1].upstream_node_ids) == ["n0"], name


def test_a_node_id_that_was_hashed_is_not_hashed_again():
    made = compiled("m39_naming")
    (spec,) = [spec for name, kind, spec in made.specs if kind == 2]
    ids = [node.id for node in spec.template.nodes]
    assert ids[2].startswith("4829cac2a6-")
    assert len(ids[2]) == 63
    assert spec.template.nodes[3].inputs[0].binding.promise.node_id == ids[2]


def test_a_workflow_that_failed_to_compile_fails_again():
    @task
    def inc(n: int) -> int:
        return n + 1

    @workflow
    def bad(a: int) -> int:
        return inc(n="x")

    seen = []
    for _ in range(2):
        with pytest.raises(TypeError) as caught:
            bad.compile()
        seen.append(str(caught.value))
    assert seen[0] == seen[1]
