"""Secrets and identities: what a task or a launch plan may see, and as whom it runs.

`Secret` takes flytekit's fields (group, key, group_version, mount_requirement, env_var) and Flyte 2's (key, group,
mount, as_env_var). Unset text fields mean: the platform's choice.
"""

from __future__ import annotations

import enum
import pathlib
import re
from dataclasses import dataclass, field
from typing import Any

from compiler.errors import OptionError
from compiler.options.option_kinds import SecretOption
from compiler.options.task_options import security_context
from compiler.options.writable import Writable
from literals import is_iterable, pb, preview

_ENV_NAME = re.compile(r"[A-Z_][A-Z0-9_]*")
SECRET_FOLDER = "/etc/flyte/secrets"  # noqa: S105 - a folder name of the platform, not a password


class MountType(enum.Enum):
    """How the secret reaches the task; ANY leaves it to the platform."""

    ANY = 0
    ENV_VAR = 1
    FILE = 2


class Secret(SecretOption):
    """One secret of a store.

    `group` and `key` name it (for Kubernetes: the secret and the entry in it), `group_version` its version, `env_var`
    the variable that holds it (its value, or with MountType.FILE its path). Positional arguments are flytekit's (group,
    key, ...); a single one without any of flytekit's other fields is Flyte 2's key.

    Raises:
        OptionError: neither group nor key, an impossible variable name, a mount folder that no platform supports.
    """

    MountType = MountType

    def __init__(
        self,
        *names: str | None,
        group: str | None = None,
        key: str | None = None,
        group_version: str | None = None,
        mount_requirement: object = MountType.ANY,
        env_var: str | None = None,
        mount: pathlib.Path | str | None = None,
        as_env_var: str | None = None,
    ) -> None:
        flytekits_only = group_version or env_var or mount_requirement is not MountType.ANY
        if len(names) == 1 and group is None and key is None and not flytekits_only:
            key = names[0]
        else:
            group, key, group_version = _positional(names, group, key, group_version)
        if not isinstance(mount_requirement, MountType):
            raise OptionError(
                "mount_requirement is not a Secret.MountType",
                where="Secret",
                expected="Secret.MountType.ENV_VAR, .FILE or .ANY",
                got=preview(mount_requirement),
                fix="write Secret.MountType.ENV_VAR or Secret.MountType.FILE",
            )
        self.group = group
        self.key = key
        self.group_version = group_version
        self.mount_requirement = mount_requirement
        self.env_var = env_var if env_var is not None else as_env_var
        self.mount = None if mount is None else pathlib.Path(mount)
        self._settle()

    def _settle(self) -> None:
        if not self.group and not self.key:
            raise OptionError(
                "a secret has neither group nor key",
                where="Secret",
                expected="group, key or both",
                got="neither",
                fix="write Secret(group='g', key='k')",
            )
        for name in ("group", "key", "group_version", "env_var"):
            value = getattr(self, name)
            if value is not None and not isinstance(value, str):
                raise OptionError(
                    f"{name} is not a string",
                    where="Secret",
                    expected="text",
                    got=preview(value),
                    fix=f"write {name}='...'",
                )
        if self.mount is not None:
            if str(self.mount) != SECRET_FOLDER:
                raise OptionError(
                    "secrets are mounted in one folder only",
                    where="Secret",
                    expected=SECRET_FOLDER,
                    got=str(self.mount),
                    fix="write this folder, or leave mount out",
                )
            self.mount_requirement = MountType.FILE
        elif self.env_var is None and self.group is None and self.mount_requirement is not MountType.FILE:
            # Flyte 2: a secret without a group arrives in the variable that its key names.
            self.env_var = str(self.key).replace("-", "_").upper()
        if self.env_var is not None and _ENV_NAME.fullmatch(self.env_var) is None:
            raise OptionError(
                "a secret's variable has an impossible name",
                where="Secret",
                expected="capital letters, digits and _, not starting with a digit",
                got=preview(self.env_var),
                fix="choose another name, such as MY_SECRET",
            )

    @property
    def as_env_var(self) -> str | None:
        """Flyte 2's name of `env_var`."""
        return self.env_var

    def write(self, into: pb.Secret) -> None:
        """Write the fields that are set."""
        into.group = self.group or ""
        into.group_version = self.group_version or ""
        into.key = self.key or ""
        into.mount_requirement = self.mount_requirement.value  # pyright: ignore[reportAttributeAccessIssue] - same numbers
        into.env_var = self.env_var or ""

    def _parts(self) -> tuple[Any, ...]:
        return (self.group, self.key, self.group_version, self.mount_requirement, self.env_var, self.mount)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._parts() == other._parts()

    def __hash__(self) -> int:
        return hash(self._parts())

    def __repr__(self) -> str:
        return (
            f"Secret(group={self.group!r}, key={self.key!r}, group_version={self.group_version!r},"
            f" mount_requirement={self.mount_requirement.name}, env_var={self.env_var!r})"
        )


@dataclass
class OAuth2Client(Writable):
    """A client of an identity provider; the secret is a reference, never the value."""

    message_name = "OAuth2Client"
    client_id: str
    client_secret: Secret

    def write(self, into: pb.OAuth2Client) -> None:
        """Write id and secret reference."""
        into.client_id = self.client_id
        self.client_secret.write(into.client_secret)


@dataclass
class Identity(Writable):
    """As whom an execution runs."""

    message_name = "Identity"
    iam_role: str | None = None
    k8s_service_account: str | None = None
    oauth2_client: OAuth2Client | None = None
    execution_identity: str | None = None

    def write(self, into: pb.Identity) -> None:
        """Write the fields that are set."""
        into.iam_role = self.iam_role or ""
        into.k8s_service_account = self.k8s_service_account or ""
        into.execution_identity = self.execution_identity or ""
        if self.oauth2_client is not None:
            self.oauth2_client.write(into.oauth2_client)


@dataclass
class OAuth2TokenRequest(Writable):
    """A token that the platform is to fetch before the task starts."""

    message_name = "OAuth2TokenRequest"
    name: str
    client: OAuth2Client
    idp_discovery_endpoint: str | None = None
    token_endpoint: str | None = None

    def write(self, into: pb.OAuth2TokenRequest) -> None:
        """Write the request; its only kind is client credentials."""
        into.name = self.name
        self.client.write(into.client)
        into.idp_discovery_endpoint = self.idp_discovery_endpoint or ""
        into.token_endpoint = self.token_endpoint or ""


@dataclass
class SecurityContext(Writable):
    """Identity, secrets and tokens together."""

    message_name = "SecurityContext"
    run_as: Identity | None = None
    secrets: list[Secret] | Secret | None = None
    tokens: list[OAuth2TokenRequest] | OAuth2TokenRequest | None = field(default=None)

    def __post_init__(self) -> None:
        if isinstance(self.secrets, Secret):
            self.secrets = [self.secrets]
        if isinstance(self.tokens, OAuth2TokenRequest):
            self.tokens = [self.tokens]
        for secret in self.secrets or []:
            check_secret(secret, "SecurityContext")

    def write(self, into: pb.SecurityContext) -> None:
        """Write what is set; an empty context is written as an empty message."""
        into.SetInParent()
        if self.run_as is not None:
            into.run_as.SetInParent()
            self.run_as.write(into.run_as)
        secrets = self.secrets if isinstance(self.secrets, list) else []
        for secret in secrets:
            secret.write(into.secrets.add())
        tokens = self.tokens if isinstance(self.tokens, list) else []
        for token in tokens:
            token.write(into.tokens.add())


def check_secret(secret: object, where: str) -> Secret:
    """`secret` itself, when it is one.

    Raises:
        OptionError: it is something else.
    """
    if not isinstance(secret, Secret):
        raise OptionError(
            "a secret request is not a Secret",
            where=where,
            expected="Secret(...)",
            got=preview(secret),
            fix="write Secret(group='g', key='k')",
        )
    return secret


def secrets_from_request(request: object, where: str) -> list[Secret]:
    """What a secrets option may be, as a list: a Secret, the text of a key, or several of them.

    Raises:
        OptionError: something else.
    """
    if request is None:
        return []
    items = [request] if isinstance(request, (str, Secret)) or not is_iterable(request) else [*request]
    return [Secret(key=item) if isinstance(item, str) else check_secret(item, where) for item in items]


def _positional(
    names: tuple[str | None, ...], group: str | None, key: str | None, version: str | None
) -> tuple[str | None, str | None, str | None]:
    slots = [group, key, version]
    if len(names) > len(slots):
        raise OptionError(
            "too many positional arguments",
            where="Secret",
            expected="group, key, group_version",
            got=preview(names),
            fix="give the rest by name",
        )
    for index, name in enumerate(names):
        if slots[index] is not None:
            raise OptionError(
                f"{('group', 'key', 'group_version')[index]} is given twice",
                where="Secret",
                expected="one value",
                got=preview(name),
                fix="give it once, by position or by name",
            )
        slots[index] = name
    return slots[0], slots[1], slots[2]


__all__ = [
    "Identity",
    "MountType",
    "OAuth2Client",
    "OAuth2TokenRequest",
    "Secret",
    "SecurityContext",
    "check_secret",
    "secrets_from_request",
    "security_context",
]
