"""What the host's own guards want to see in our pages: a field in each form, a nonce on each script and stylesheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, g, request
from markupsafe import Markup

from ..errors import Invalid

SNIPPET_FIELD = "_csrf_token"
"""The field that Flask-SeaSurf and the widespread snippet read."""


@dataclass(frozen=True, slots=True)
class HostGuards:
    """What the host set about them; what it did not set is found out from what extensions leave in the usual places."""

    csrf_field: str | None
    csrf_token: Callable[[], Any] | None
    csp_nonce: Callable[[], Any] | None

    @classmethod
    def from_config(cls, config: Mapping[str, Any], prefix: str) -> HostGuards:
        """What stands under `<prefix>CSRF_FIELD`, `…CSRF_TOKEN` and `…CSP_NONCE`. Errors: Invalid."""
        token, nonce = config.get(f"{prefix}CSRF_TOKEN"), config.get(f"{prefix}CSP_NONCE")
        for key, value in (("CSRF_TOKEN", token), ("CSP_NONCE", nonce)):
            if value is not None and not callable(value):
                raise Invalid(f"{prefix}{key}", f"{prefix}{key} must be a function without arguments; it is {value!r}.")
        return cls(config.get(f"{prefix}CSRF_FIELD"), token, nonce)

    def form_field(self) -> tuple[str, str] | None:
        """Name and value of the field that the host's protection wants in a form; None: there is no protection."""
        if self.csrf_token is not None:
            return self.csrf_field or self._usual_field(), str(self.csrf_token())
        if "csrf" in current_app.extensions:
            from flask_wtf.csrf import generate_csrf

            return self.csrf_field or self._usual_field(), generate_csrf()
        function = current_app.jinja_env.globals.get("csrf_token")
        return (self.csrf_field or self._usual_field(), str(function())) if callable(function) else None

    def form_input(self) -> Markup:
        """The same as an input element; nothing where there is no protection."""
        field = self.form_field()
        return Markup('<input type="hidden" name="{}" value="{}">').format(*field) if field else Markup("")

    def nonce(self) -> str:
        """The nonce of the host's content security policy for the present response; empty where there is none.

        Flask-Talisman and most others give templates a `csp_nonce`; some keep one in `g` or on the request.
        """
        if self.csp_nonce is not None:
            return str(self.csp_nonce() or "")
        for found in (
            current_app.jinja_env.globals.get("csp_nonce"),
            g.get("csp_nonce"),
            getattr(request, "csp_nonce", None),
        ):
            if found:
                return str(found() if callable(found) else found)
        return ""

    def _usual_field(self) -> str:
        if "csrf" in current_app.extensions:
            return str(current_app.config.get("WTF_CSRF_FIELD_NAME", "csrf_token"))
        return str(current_app.config.get("CSRF_COOKIE_NAME", SNIPPET_FIELD))
