"""Where in the host somebody asks for help: read from an address or a form, and put into the next one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, json

from ..help.policy import Where
from ..help.screens import Screen, screens_of_app
from .visit import Visit

_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Here:
    """A place in the host, and whether the panel on the host's page asks, or a screen of ours."""

    where: Where
    args: str
    in_panel: bool

    def fields(self) -> dict[str, str]:
        """What a form or an address has to carry to come back to the same place; nothing that is empty."""
        said = {"endpoint": self.where.endpoint, "args": self.args, "error": self.where.error}
        return {name: value for name, value in (*said.items(), ("part", "panel" if self.in_panel else "")) if value}

    def url(self, visit: Visit, **more: str | None) -> str:
        """The address of the help for this place."""
        return visit.url("help", **self.fields(), **more)


def here_of(visit: Visit) -> Here:
    """The place that the request names."""
    sent = visit.request.form if visit.request.method == "POST" else visit.request.args
    args = read_arguments(sent.get("args", ""))
    where = Where.of(sent.get("endpoint", "")[:200], args, sent.get("error", "")[:60])
    return Here(where, write_arguments(args), sent.get("part") == "panel")


def read_arguments(text: str) -> dict[str, str]:
    """Arguments of an address as scripts write them, a JSON object; what is none counts as none."""
    try:
        said = json.loads(text[:_LONGEST]) if text else {}
    except ValueError:
        return {}
    if not isinstance(said, dict):
        return {}
    return {str(name): str(value) for name, value in said.items() if not isinstance(value, (dict, list))}


def write_arguments(args: Mapping[str, Any]) -> str:
    """The same as text, '' for none."""
    return json.dumps({name: str(value) for name, value in args.items()}, sort_keys=True) if args else ""


def screens(visit: Visit) -> tuple[Screen, ...]:
    """The host's screens."""
    return screens_of_app(current_app, visit.settings)
