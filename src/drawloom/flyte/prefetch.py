"""Models fetched into a platform's storage. Not here; every use says so."""

from __future__ import annotations

from drawloom.unsupported import absent

NAMES = ["HuggingFaceModelInfo", "ShardConfig", "StoredModelInfo", "VLLMShardArgs", "hf_model"]
__getattr__ = absent(
    __name__,
    NAMES,
    why="a platform's storage",
    instead="download the model in a task, and return it as a drawloom.io.Dir",
)
