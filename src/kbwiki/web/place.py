"""Where in an app's addresses a wiki is: below a prefix, on a subdomain or host, with values that name a tenant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, Request, current_app
from werkzeug.routing import Rule

_VARIABLE = re.compile(r"<(?:[^:<>]+:)?([A-Za-z_]\w*)>")
_TAKEN = frozenset({"path", "number", "id", "secret", "filename", "anything", "plugin", "rest"})


@dataclass(frozen=True, slots=True)
class Place:
    """The prefix ('' for the root), and the host or subdomain, as Flask writes rules; they may have variables."""

    url_prefix: str
    host: str | None = None
    subdomain: str | None = None

    @classmethod
    def of(cls, app: Flask, url_prefix: str, host: str | None, subdomain: str | None) -> Place:
        """The place, if the app can have a wiki there. Errors: ValueError says what is missing."""
        if app.url_map.host_matching and host is None:
            raise ValueError('This app matches hosts, so a wiki without one is never found: give it host="…".')
        if host is not None and not app.url_map.host_matching:
            raise ValueError("host= needs an app that matches hosts: Flask(…, host_matching=True, static_host=…).")
        if subdomain is not None and not getattr(app, "subdomain_matching", True):
            raise ValueError("subdomain= needs Flask(…, subdomain_matching=True) and SERVER_NAME.")
        place = cls("/" + url_prefix.strip("/") if url_prefix.strip("/") else "", host, subdomain)
        if taken := _TAKEN.intersection(place.variables):
            raise ValueError(f"The wiki's own addresses use <{min(taken)}>; please give yours another name.")
        return place

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the values in prefix, host and subdomain."""
        return tuple(_VARIABLE.findall(f"{self.url_prefix} {self.host or ''} {self.subdomain or ''}"))

    @property
    def options(self) -> dict[str, Any]:
        """What each rule of the blueprint is registered with: blueprints know no host."""
        return {"host": self.host} if self.host is not None else {}

    def is_in(self, rule: Rule) -> bool:
        """Whether addresses of this rule name all the values: on others nothing says which wiki is meant."""
        return rule.arguments.issuperset(self.variables)

    def values(self, request: Request, arguments: dict[str, Any]) -> dict[str, Any]:
        """The values of a request, taken out of what the view gets.

        A host may have taken them out before (`url_value_preprocessor`); then the address is read once more.
        """
        if not self.variables:
            return {}
        if not all(name in arguments for name in self.variables):
            adapter = current_app.create_url_adapter(request)
            matched: Mapping[str, Any] = adapter.match()[1] if adapter is not None else {}
            return {name: arguments.pop(name, matched.get(name)) for name in self.variables}
        return {name: arguments.pop(name) for name in self.variables}

    def base(self, request: Request, blueprint: str, values: Mapping[str, Any]) -> str:
        """What every address of the wiki begins with, in the present request."""
        prefix = self.url_prefix
        if _VARIABLE.search(prefix):
            built = next(current_app.url_map.iter_rules(f"{blueprint}.home")).build(values)
            prefix = built[1].rstrip("/") if built is not None else prefix
        return request.script_root + prefix
