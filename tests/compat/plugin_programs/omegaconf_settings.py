"""Configurations of OmegaConf flow between tasks, by flytekitplugins-omegaconf."""

from dataclasses import dataclass

from flytekit import task, workflow
from omegaconf import DictConfig, ListConfig, OmegaConf


@dataclass
class Model:
    layers: int = 2
    rate: float = 0.1


@task
def settings(layers: int) -> DictConfig:
    return OmegaConf.create({"model": OmegaConf.structured(Model(layers=layers)), "names": ["a", "b"], "seed": 7})


@task
def names(config: DictConfig) -> ListConfig:
    return config.names


@task
def describe(config: DictConfig, listed: ListConfig) -> str:
    return f"{config.model.layers} layers, rate {config.model.rate}, seed {config.seed}, {list(listed)}"


@workflow
def wf(layers: int) -> str:
    config = settings(layers=layers)
    return describe(config=config, listed=names(config=config))


if __name__ == "__main__":
    print(wf(layers=3))
