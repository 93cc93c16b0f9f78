"""`FlyteRemote`: a Flyte 1 platform, with flytekit's methods."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from compiler import SerializationSettings
from drawloom.remote.administration import AdministrationClient
from drawloom.remote.backfill import backfill_version, create_backfill_workflow
from drawloom.remote.execution import RemoteExecution
from drawloom.remote.platform import PlatformSettings
from drawloom.remote.refused import REFUSED, UnsupportedMethodError
from drawloom.remote.registered import RegisteredEntity

if TYPE_CHECKING:
    from compiler import ImperativeWorkflow, WorkflowFailurePolicy

_KINDS = {1: "task", 2: "workflow", 3: "launch_plan"}


class FlyteRemote(AdministrationClient):
    """A Flyte 1 platform.

    `config`: a `Config`, `PlatformSettings`, or None for what `drawloom.init`, a file of settings or the environment says.
    """

    @classmethod
    def for_endpoint(
        cls,
        endpoint: str,
        insecure: bool = False,  # noqa: FBT001, FBT002 - flytekit's signature
        default_project: str | None = None,
        default_domain: str | None = None,
    ) -> FlyteRemote:
        """A platform at an address."""
        return cls(PlatformSettings(endpoint, insecure=insecure), default_project, default_domain)

    @classmethod
    def for_sandbox(cls, default_project: str | None = None, default_domain: str | None = None) -> FlyteRemote:
        """The platform that `flytectl demo start` makes on this machine."""
        return cls.for_endpoint("localhost:30080", True, default_project, default_domain)  # noqa: FBT003 - flytekit's signature

    @classmethod
    def auto(
        cls, config_file: str | None = None, default_project: str | None = None, default_domain: str | None = None
    ) -> FlyteRemote:
        """The platform that a file of settings, `drawloom.init` or the environment names."""
        return cls(PlatformSettings.auto(config_file), default_project, default_domain)

    def __enter__(self) -> FlyteRemote:  # noqa: PYI034 - Self is newer than Python 3.10
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def launch_backfill(  # noqa: PLR0917 - flytekit's signature
        self,
        project: str | None,
        domain: str | None,
        from_date: dt.datetime,
        to_date: dt.datetime,
        launchplan: str,
        launchplan_version: str | None = None,
        execution_name: str | None = None,
        version: str | None = None,
        dry_run: bool = False,  # noqa: FBT001, FBT002 - as above
        execute: bool = True,  # noqa: FBT001, FBT002 - as above
        parallel: bool = False,  # noqa: FBT001, FBT002 - as above
        failure_policy: WorkflowFailurePolicy | None = None,
        overwrite_cache: bool | None = None,  # noqa: FBT001 - as above
    ) -> RemoteExecution | RegisteredEntity | ImperativeWorkflow:
        """Run a scheduled launch plan once for each of its times behind one date and before another (`create_backfill_workflow`).

        `launchplan_version`: the newest if none is given. `version`: of the workflow that is registered; made of plan and times if
        none is given. With `dry_run` the workflow is given back and nothing is sent; without `execute` it is registered only.

        Raises:
            OptionError: the plan has no cron schedule, or no time between the two dates.
            NotRegisteredError: there is no such launch plan.
            RemoteError: the platform refuses.
        """
        plan = self.fetch_launch_plan(project, domain, launchplan, launchplan_version)
        workflow, first, last = create_backfill_workflow(
            from_date, to_date, plan, parallel, failure_policy=failure_policy
        )
        if dry_run:
            return workflow
        settings = SerializationSettings(
            project=project or self.default_project,
            domain=domain or self.default_domain,
            version=version or backfill_version(first, last, launchplan, launchplan_version),
        )
        made = self.register_workflow(workflow, settings)
        if not execute:
            return made
        return self.execute(
            made,
            {},
            project=project,
            domain=domain,
            execution_name=execution_name,
            overwrite_cache=bool(overwrite_cache),
        )

    def generate_console_http_domain(self) -> str:
        """Where the platform's console is."""
        host = self._endpoint.removeprefix("dns:///").removeprefix("https://").removeprefix("http://")
        return f"{'http' if self._insecure else 'https'}://{host}"

    def generate_console_url(self, entity: RemoteExecution | RegisteredEntity) -> str:
        """Where the platform's console shows an execution or an entity."""
        base = f"{self.generate_console_http_domain()}/console/projects"
        if isinstance(entity, RemoteExecution):
            return f"{base}/{entity.project}/domains/{entity.domain}/executions/{entity.name}"
        kind = _KINDS[entity.id.resource_type]
        return f"{base}/{entity.id.project}/domains/{entity.id.domain}/{kind}/{entity.name}/version/{entity.id.version}"

    def __getattr__(self, name: str) -> object:
        """What flytekit's client has and this one has not: refused by name.

        Raises:
            UnsupportedMethodError: there is no such method here; why, and what to use (also an AttributeError).
        """
        if name in REFUSED:
            why, instead = REFUSED[name]
            raise UnsupportedMethodError(
                f"FlyteRemote.{name} is flytekit's: {why}",
                where=f"FlyteRemote.{name}",
                expected="a method of drawloom's client",
                got=name,
                fix=instead,
            )
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)
