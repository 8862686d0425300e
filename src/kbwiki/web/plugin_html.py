"""What a plugin's screen may contain: what pages may, forms that lead to the plugin's own routes, and its own classes.

Forms get the inputs that protect them after cleaning; nothing else touches the HTML then.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from markupsafe import Markup

from ..markup.allowlist import ATTRIBUTES, OWN_ONLY, TAGS, cleaner_with
from ..markup.allowlist import allowed as allowed_in_pages

_FORMS: dict[str, set[str]] = {
    "form": {"action", "method", "class", "id"},
    "input": {"name", "value", "type", "checked", "disabled", "required", "maxlength", "min", "max", "step",
              "placeholder", "autocomplete", "readonly", "class", "id", "aria-label", "aria-describedby", "dir"},
    "textarea": {"name", "rows", "cols", "required", "maxlength", "placeholder", "readonly", "class", "id",
                 "aria-label", "aria-describedby", "dir"},
    "select": {"name", "required", "multiple", "class", "id", "aria-label", "aria-describedby"},
    "option": {"value", "selected"},
    "optgroup": {"label"},
    "button": {"name", "value", "type", "class", "id", "aria-label", "disabled"},
    "label": {"for", "class"},
    "fieldset": {"class"},
    "legend": {"class"},
}  # fmt: skip
_MORE: dict[str, set[str]] = {
    "header": {"class"}, "nav": {"class", "aria-label"}, "article": {"class"}, "aside": {"class"},
    "details": {"class", "open"}, "summary": {"class"}, "time": {"datetime", "title"}, "small": set(),
    "caption": set(), "tfoot": set(), "kbd": set(), "b": set(), "i": set(), "u": set(),
    "ul": {"class"}, "ol": {"class"}, "table": {"class"}, "tr": {"class"}, "td": {"data-kb-label", "colspan"},
    "th": {"colspan"}, "dl": {"class"}, "code": {"class"}, **{f"h{level}": {"class"} for level in range(1, 7)},
}  # fmt: skip
_TYPES = {"text", "search", "hidden", "checkbox", "radio", "number", "date", "time", "email", "url", "tel", "submit"}
_VALUES = {
    ("input", "type"): _TYPES,
    ("button", "type"): {"submit", "reset", "button"},
    ("form", "method"): {"get", "post"},
    ("th", "scope"): {"col", "row"},
}
_CLASS = re.compile(
    r"kb-(?:button|primary|plain|small|grid|scroll|form|field|hint|check|buttons|list|log|entry|entry-main|entry-line"
    r"|entry-do|meta|comment|tag|quiet|lead|aside|empty|section|head|narrow|titlebar|actions|text|error|sr|path|count)"
)
_GUARDED = re.compile(r'<form(?: [a-z-]+="[^"]*")* method="post"(?: [a-z-]+="[^"]*")*>')


def clean_screen(html: str, plugin: str, prefix: str, base: str) -> str:
    """The HTML of a screen of this plugin. Its forms may lead to routes of its own, and nowhere else.

    Addresses that begin with the wiki's `prefix` get its `base` instead: where it is in the present request.
    """
    return _cleaner(plugin, prefix, base)(html)


def with_guards(html: str, inputs: Markup) -> Markup:
    """Cleaned HTML, in whose forms that post stand the inputs by which they are believed.

    Within the value of an attribute every quotation mark is written as `&quot;`, so no value can look like such a form.
    """
    return Markup(_GUARDED.sub(lambda found: found[0] + str(inputs), html))  # noqa: S704 - cleaned


@lru_cache(maxsize=50)
def _cleaner(plugin: str, prefix: str, base: str) -> Callable[[str], str]:
    own, routes = f"kb-x-{plugin}", f"{prefix}/-/x/{plugin}/"
    attributes = {
        tag: ATTRIBUTES.get(tag, set()) | _FORMS.get(tag, set()) | _MORE.get(tag, set())
        for tag in {*ATTRIBUTES, *_FORMS, *_MORE}
    }

    def allowed(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "class":
            names = [one for one in value.split() if _CLASS.fullmatch(one) or one == own or one.startswith(f"{own}-")]
            return allowed_in_pages(tag, attribute, value) or " ".join(names) or None
        if attribute in ("id", "for", "aria-describedby"):
            return value if re.fullmatch(rf"{re.escape(own)}-[A-Za-z0-9_-]+", value) else None
        if attribute == "action":
            inside = value.startswith(routes) and ".." not in value and "\\" not in value
            return base + value[len(prefix) :] if inside else None
        if (tag, attribute) in _VALUES:
            return value if value.lower() in _VALUES[tag, attribute] else None
        if attribute in _FORMS.get(tag, ()) or attribute in _MORE.get(tag, ()):
            return value
        kept = allowed_in_pages(tag, attribute, value)
        is_ours = kept is not None and attribute in ("href", "src") and value.startswith(f"{prefix}/")
        return base + value[len(prefix) :] if is_ours else kept

    tags = (TAGS - OWN_ONLY) | _FORMS.keys() | _MORE.keys()
    return cleaner_with(tags, {tag: names for tag, names in attributes.items() if names}, allowed)
