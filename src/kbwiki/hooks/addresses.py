"""Addresses of plugins' routes, made from their rules as werkzeug writes them, without werkzeug: hooks know no web."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote, urlencode

_VARIABLE = re.compile(r"<(?:[^:<>]+:)?([A-Za-z_]\w*)>")


def filled(rule: str, values: Mapping[str, object]) -> str:
    """A rule with its values in place, without the slash it may begin with. Errors: LookupError for one missing."""
    left = {name: value for name, value in values.items() if value is not None}

    def value_of(found: re.Match[str]) -> str:
        name = found[1]
        if name not in left:
            raise LookupError(f"The rule {rule!r} needs a value for {name!r}.")
        return quote(str(left.pop(name)), safe="/~!$&'()*+,;=:@-._" if "path" in found[0].partition(":")[0] else "~-._")

    address = _VARIABLE.sub(value_of, rule.lstrip("/"))
    return f"{address}?{urlencode(left)}" if left else address
