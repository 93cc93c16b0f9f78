"""Tasks' messages."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "literals": """
            Container=pb.Container K8sObjectMetadata=pb.K8sObjectMetadata K8sPod=pb.K8sPod
            Resources=pb.Resources RuntimeMetadata=pb.RuntimeMetadata Sql=pb.Sql
            TaskMetadata=pb.TaskMetadata TaskSpec=pb.TaskSpec TaskTemplate=pb.TaskTemplate
        """,
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)
