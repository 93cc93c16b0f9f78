"""Secrets at run time: the environment first, then files.

Order: the variable `<prefix><GROUP>_<VERSION>_<KEY>` in upper case (parts that are not given are left out); in a local
execution the same variable without the prefix; the file `<dir>/<group>/<version>/<file prefix><key>` in lower case.
Prefixes and folder come from the environment (`FLYTE_SECRETS_ENV_PREFIX`, `FLYTE_SECRETS_DEFAULT_DIR`,
`FLYTE_SECRETS_FILE_PREFIX`) or from a config object with the attributes `env_prefix`, `default_dir`, `file_prefix`.
Values are stripped of surrounding white space, as flytekit does.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NoReturn

from drawloom.context.state import current
from literals import DrawloomError

ENV_PREFIX = "_FSEC_"
DEFAULT_DIR = "/etc/secrets"


class SecretNotFoundError(DrawloomError, ValueError):
    """No variable and no file holds the secret."""


class SecretsManager:
    """Looks secrets up; `secrets.group.key` reads like `secrets.get("group", "key")`."""

    def __init__(self, secrets_cfg: object = None) -> None:
        self._env_prefix = _setting(secrets_cfg, "env_prefix", "FLYTE_SECRETS_ENV_PREFIX", ENV_PREFIX)
        self._base_dir = _setting(secrets_cfg, "default_dir", "FLYTE_SECRETS_DEFAULT_DIR", DEFAULT_DIR)
        self._file_prefix = _setting(secrets_cfg, "file_prefix", "FLYTE_SECRETS_FILE_PREFIX", "")

    def __getattr__(self, item: str) -> GroupSecrets:
        if item.startswith("__"):
            raise AttributeError(item)
        return GroupSecrets(item, self)

    def get(
        self,
        group: str | None = None,
        key: str | None = None,
        group_version: str | None = None,
        encode_mode: str = "r",
    ) -> Any:
        """The secret's text, or its bytes with `encode_mode="rb"` where it comes from a file.

        Raises:
            SecretNotFoundError: neither a variable nor a file has it; the error lists what was looked for.
            ValueError: an encode mode other than "r" and "rb", or neither group nor key.
        """
        if encode_mode not in {"r", "rb"}:
            raise ValueError(f'encode_mode is "r" or "rb", got {encode_mode!r}')
        if not group and not key:
            raise ValueError("a secret is looked up by a group, a key, or both; got neither")
        names = [self.get_secrets_env_var(group, key, group_version)]
        execution = current().execution
        if execution is None or execution.is_local_execution():
            names.append(_variable("", group, key, group_version))
        for name in names:
            if (value := os.environ.get(name)) is not None:
                return value.strip()
        path = self.get_secrets_file(group, key, group_version)
        if not Path(path).is_file():
            _not_found(group, key, names, path)
        with Path(path).open(encode_mode, encoding="utf-8" if encode_mode == "r" else None) as file:
            return file.read().strip()

    def get_secrets_env_var(
        self, group: str | None = None, key: str | None = None, group_version: str | None = None
    ) -> str:
        """The name of the variable that is looked at first."""
        return _variable(self._env_prefix, group, key, group_version)

    def get_secrets_file(
        self, group: str | None = None, key: str | None = None, group_version: str | None = None
    ) -> str:
        """The path of the file that is looked at last."""
        folders = [part.lower() for part in (group, group_version) if part]
        name = [f"{self._file_prefix}{key.lower()}"] if key else []
        return str(Path(self._base_dir, *folders, *name))


class GroupSecrets:
    """One group of secrets, with its keys as attributes."""

    def __init__(self, group: str, secrets: SecretsManager) -> None:
        self._group = group
        self._secrets = secrets

    def __getattr__(self, item: str) -> str:
        if item.startswith("__"):
            raise AttributeError(item)
        return self._secrets.get(self._group, item)


def _setting(config: object, attribute: str, variable: str, default: str) -> str:
    if config is not None:
        return str(getattr(config, attribute)).strip()
    return os.environ.get(variable, default).strip()


def _variable(prefix: str, group: str | None, key: str | None, version: str | None) -> str:
    return f"{prefix}{'_'.join(part.upper() for part in (group, version, key) if part)}"


def _not_found(group: str | None, key: str | None, names: list[str], path: str) -> NoReturn:
    raise SecretNotFoundError(
        f"unable to find secret for key {key} in group {group}",
        expected=f"the environment variable {' or '.join(names)}, or the file {path}",
        got="none of them",
        fix=f"add secret_requests=[Secret(group={group!r}, key={key!r})] to the task, and set one of these to run locally",
    )
