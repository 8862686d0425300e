"""Which page helps where, and which one first. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from ..errors import Invalid
from ..wording import kb_t

ANY = "*"
"""The endpoint of a binding that holds on every screen."""

MOST_BINDINGS = 50
"""Bindings of one page."""

MOST_ARGS = 10
HIGHEST_PRIORITY = 1000

_ENDPOINT = re.compile(r"\*|[^\s*.]+(?:\.[^\s*.]+)*(?:\.\*)?")
_ERROR = re.compile(r"[A-Za-z0-9_.:-]{1,60}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")


class Fit(IntEnum):
    """How closely a binding fits a screen; the closest stands first."""

    ERROR = 1
    """It is for this error, on whatever screen."""
    BLUEPRINT = 2
    ENDPOINT = 3
    ARGS = 4
    """It is for just this address."""


@dataclass(frozen=True, slots=True)
class Binding:
    """One screen, or several, on which a page helps; see `models.HelpBinding`. `priority`: the higher one stands first
    among those that fit as closely."""

    endpoint: str
    args: tuple[tuple[str, str], ...] = ()
    error: str = ""
    roles: tuple[str, ...] = ()
    priority: int = 0

    def as_json(self) -> dict[str, Any]:
        """The binding as the journal keeps it."""
        return {
            "endpoint": self.endpoint,
            "args": dict(self.args),
            "error": self.error,
            "roles": list(self.roles),
            "priority": self.priority,
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Binding:
        """The binding as it was kept."""
        args = tuple(sorted(said["args"].items()))
        return cls(said["endpoint"], args, said["error"], tuple(said["roles"]), said["priority"])

    def __str__(self) -> str:
        """As people read it: `orders.edit id=5 · error 404 · for staff`."""
        where = kb_t("any screen") if self.endpoint == ANY else self.endpoint
        parts = [" ".join([where, *(f"{name}={value}" for name, value in self.args)])]
        if self.error:
            parts.append(kb_t("error {code}", code=self.error))
        if self.roles:
            parts.append(kb_t("for {groups}", groups=", ".join(self.roles)))
        if self.priority:
            parts.append(kb_t("priority {n}", n=self.priority))
        return " · ".join(parts)


@dataclass(frozen=True, slots=True)
class Where:
    """Where somebody is in the host: the endpoint, the arguments of its address, an error ('' for none), and the roles
    they have there besides their groups."""

    endpoint: str
    args: Mapping[str, str]
    error: str = ""
    roles: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls, endpoint: str | None, args: Mapping[str, Any] | None, error: object = None, roles: Iterable[str] = ()
    ) -> Where:
        """A place as hosts name it; whatever stands in an address counts as its text."""
        given = {str(name): str(value) for name, value in (args or {}).items()}
        return cls(endpoint or "", given, "" if error is None else str(error).strip(), frozenset(roles))


def patterns(endpoint: str) -> list[str]:
    """What a binding's endpoint can be to hold here: `a.b.c` is met by itself, `a.b.*`, `a.*` and `*`."""
    parts = endpoint.split(".")
    wider = [".".join(parts[:depth]) + ".*" for depth in range(len(parts) - 1, 0, -1)]
    return [endpoint, *wider, ANY] if endpoint else [ANY]


def covers(pattern: str, endpoint: str) -> bool:
    """Whether a binding to `pattern` holds on the screen `endpoint`."""
    return pattern in patterns(endpoint)


def fit(binding: Binding, where: Where, groups: Collection[str]) -> tuple[int, ...] | None:
    """How well the binding fits somebody of these groups in this place, None when not at all; the greater the better.

    First how closely (`Fit`), then whether it is for this error, for fewer endpoints, for certain roles, then its
    priority.
    """
    if not covers(binding.endpoint, where.endpoint) or binding.error not in ("", where.error):
        return None
    if any(where.args.get(name) != value for name, value in binding.args):
        return None
    if binding.roles and not where.roles.union(groups).intersection(binding.roles):
        return None
    return (
        _closeness(binding),
        1 if binding.error else 0,
        len(binding.args),
        binding.endpoint.count("."),
        1 if binding.roles else 0,
        binding.priority,
    )


def _closeness(binding: Binding) -> Fit | int:
    if binding.args:
        return Fit.ARGS
    if binding.endpoint == ANY:
        return Fit.ERROR if binding.error else 0
    return Fit.BLUEPRINT if binding.endpoint.endswith(".*") else Fit.ENDPOINT


def cleaned(bindings: Iterable[Binding]) -> tuple[Binding, ...]:
    """The bindings as they are kept, each once, in a settled order. Errors: Invalid says what to mend."""
    kept = {_key(one): one for one in map(_checked, bindings)}
    if len(kept) > MOST_BINDINGS:
        raise Invalid("endpoint", kb_t("Please choose at most {n} screens for one [page].", n=MOST_BINDINGS))
    return tuple(kept[key] for key in sorted(kept))


def _key(binding: Binding) -> tuple[Any, ...]:
    return binding.endpoint, binding.args, binding.error, binding.roles


def _checked(binding: Binding) -> Binding:
    endpoint, error = binding.endpoint.strip(), binding.error.strip()
    if not _ENDPOINT.fullmatch(endpoint) or len(endpoint) > 200:
        why = kb_t("Please choose a screen: its endpoint, such as orders.edit, or orders.* for several.")
        raise Invalid("endpoint", why)
    if error and not _ERROR.fullmatch(error):
        why = kb_t("“{code}” is no error code. Letters, digits and . _ : - are possible.", code=error[:40])
        raise Invalid("error", why)
    if len(binding.args) > MOST_ARGS or any(
        not _NAME.fullmatch(name) or len(value) > 200 for name, value in binding.args
    ):
        why = kb_t("Please give what stands in the address as name=value, each on a line of its own.")
        raise Invalid("args", why)
    if not -HIGHEST_PRIORITY <= binding.priority <= HIGHEST_PRIORITY:
        raise Invalid("priority", kb_t("The priority is a number from -{n} to {n}.", n=HIGHEST_PRIORITY))
    roles = tuple(sorted({role.strip()[:255] for role in binding.roles if role.strip()}))
    return Binding(endpoint, tuple(sorted(binding.args)), error, roles[:MOST_BINDINGS], binding.priority)


def read_args(text: str) -> tuple[tuple[str, str], ...]:
    """Arguments as people write them: `name=value`, one on each line. Errors: Invalid."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, sign, value = line.partition("=")
        if not line.strip():
            continue
        if not sign or not name.strip():
            raise Invalid("args", kb_t("“{said}” is not name=value.", said=line.strip()[:40]))
        found[name.strip()] = value.strip()
    return tuple(sorted(found.items()))
