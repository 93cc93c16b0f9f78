"""What Kubernetes takes for a quantity, a name and a label.

Source: `k8s.io/apimachinery` (resource.ParseQuantity, validation.IsQualifiedName, IsValidLabelValue, IsDNS1123Label,
IsDNS1123Subdomain, IsRelaxedEnvVarName, IsEnvVarName), as Flyte 1 uses it.
"""

from __future__ import annotations

import re
from decimal import Decimal

_QUANTITY = re.compile(r"([+-]?(?:\d+(?:\.\d*)?|\.\d+))([eE][+-]?\d+|[numkMGTPE]|[KMGTPE]i)?", re.ASCII)
_FACTORS = {
    "": Decimal(1),
    **{
        letter: Decimal(1000) ** power
        for letter, power in zip("numkMGTPE", (-3, -2, -1, 1, 2, 3, 4, 5, 6), strict=True)
    },
    **{f"{letter}i": Decimal(1024) ** power for power, letter in enumerate("KMGTPE", 1)},
}
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_QUALIFIED = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")
_ENV_NAME = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")
_SHORT, _LONG = 63, 253


def quantity(text: str) -> Decimal | None:
    """A quantity as a number; None for a text that is not one."""
    found = _QUANTITY.fullmatch(text)
    if found is None:
        return None
    number, suffix = found[1], found[2] or ""
    return Decimal(number) * _FACTORS[suffix] if suffix in _FACTORS else Decimal(text)


def is_dns_label(text: str) -> bool:
    """Whether a text can name a container: at most 63 lower-case letters, digits and dashes."""
    return len(text) <= _SHORT and _LABEL.fullmatch(text) is not None


def is_dns_subdomain(text: str) -> bool:
    """Whether a text can name an object such as a service account: labels with dots between them, at most 253 characters."""
    return len(text) <= _LONG and _SUBDOMAIN.fullmatch(text) is not None


def is_env_name(text: str) -> bool:
    """Whether a text can name an environment variable of a container: printable ASCII without `=`."""
    return bool(text) and text.isascii() and text.isprintable() and "=" not in text


def is_plain_env_name(text: str) -> bool:
    """Whether Kubernetes before 1.30 takes a name of an environment variable, too."""
    return _ENV_NAME.fullmatch(text) is not None and text not in {".", ".."} and not text.startswith("..")


def is_qualified_name(text: str) -> bool:
    """Whether a text can be the key of a label: a name, with a domain before it or without."""
    prefix, slash, name = text.rpartition("/")
    if slash and (not prefix or len(prefix) > _LONG or _SUBDOMAIN.fullmatch(prefix) is None):
        return False
    return len(name) <= _SHORT and _QUALIFIED.fullmatch(name) is not None


def is_label_value(text: str) -> bool:
    """Whether a text can be the value of a label."""
    return not text or (len(text) <= _SHORT and _QUALIFIED.fullmatch(text) is not None)
