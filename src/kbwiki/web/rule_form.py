"""The form of a rule: what stands in its fields, and the rule that is meant by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..moderation.rules.matching import Effect, Match, NamedRule
from ..moderation.rules.parsing import parse_effect, parse_match, to_json

LISTS = (
    "match.paths",
    "match.kinds",
    "match.tags",
    "match.author_groups",
    "effect.add_groups",
    "effect.replace_groups",
    "effect.trust.groups",
)
"""Names with commas between."""
NUMBERS = (
    "match.min_size",
    "match.max_size",
    "match.min_change",
    "match.max_change",
    "match.min_risk",
    "effect.due_within.hours",
    "effect.exempt_probability",
    "effect.trust.earned",
    "effect.escalate_after.hours",
    "effect.lapse_after.hours",
)
TEXTS = ("match.space", "match.author_kind", "effect.escalate_to", "effect.lapse_policy")
SPANS = {"due_within": "working", "escalate_after": "escalate_working", "lapse_after": "lapse_working"}
"""Spans of time, each with the box in the form that says that only working hours count."""
_NEW_PAGE = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class RuleForm:
    """What stands in the form. `fields` are texts by the name that errors use, with `_` for `.`.

    `number` is the version its editor started from, 0 for a new rule; the share that is exempted is in percent.
    `working` has the spans of which only working hours count, by the names of their boxes.
    """

    name: str
    number: int
    enabled: bool
    working: frozenset[str]
    before: str
    comment: str
    fields: Mapping[str, str]


def key_of(field: str) -> str:
    """The name of a rule's field in the form."""
    return field.replace(".", "_")


def form_of(rule: NamedRule | None) -> RuleForm:
    """The form for a rule as it is, or an empty one."""
    if rule is None:
        return RuleForm("", 0, enabled=True, working=frozenset(SPANS.values()), before="", comment="", fields={})
    said = {"match": to_json(rule.match), "effect": to_json(rule.effect)}
    fields = {}
    for field in (*LISTS, *NUMBERS, *TEXTS, "match.new_page"):
        value: Any = said
        for part in field.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        if field == "effect.exempt_probability" and value is not None:
            value = value * 100
        fields[key_of(field)] = _shown(value)
    spans = {box: getattr(rule.effect, name) for name, box in SPANS.items()}
    working = frozenset(box for box, span in spans.items() if span is None or span.working)
    return RuleForm(rule.name, rule.number, rule.enabled, working, before="", comment="", fields=fields)


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(value)
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def sent_form(sent: Mapping[str, str]) -> RuleForm:
    """The form as it was sent."""
    fields = {key_of(field): sent.get(key_of(field), "").strip() for field in (*LISTS, *NUMBERS, *TEXTS)}
    fields["match_new_page"] = sent.get("match_new_page", "")
    number = sent.get("number", "")
    return RuleForm(
        sent.get("name", ""),
        int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0,
        "enabled" in sent,
        frozenset(box for box in SPANS.values() if box in sent),
        sent.get("before", ""),
        sent.get("comment", ""),
        fields,
    )


def rule_of(form: RuleForm) -> NamedRule:
    """The rule that is meant. Errors: Invalid, by the field's name."""
    match, effect = _match(form), _effect(form)
    return NamedRule(" ".join(form.name.split()), form.number, match, effect, form.enabled)


def _match(form: RuleForm) -> Match:
    said = _given(form, "match.")
    if form.fields.get("match_new_page") in _NEW_PAGE:
        said["new_page"] = _NEW_PAGE[form.fields["match_new_page"]]
    return parse_match(said)


def _effect(form: RuleForm) -> Effect:
    said = _given(form, "effect.")
    for name, box in SPANS.items():
        hours = said.pop(f"{name}.hours", None)
        if hours is not None:
            said[name] = {"hours": hours, "working": box in form.working}
    trust = {name: said.pop(f"trust.{name}") for name in ("groups", "earned") if f"trust.{name}" in said}
    if trust:
        said["trust"] = trust
    if isinstance(share := said.get("exempt_probability"), (int, float)):
        said["exempt_probability"] = share / 100
    return parse_effect(said)


def _given(form: RuleForm, part: str) -> dict[str, Any]:
    """What is filled in of one part, by the rest of its name."""
    found: dict[str, Any] = {}
    for field in (*LISTS, *NUMBERS, *TEXTS):
        text = form.fields.get(key_of(field), "")
        if field.startswith(part) and text:
            found[field.removeprefix(part)] = _value(field, text)
    return found


def _value(field: str, text: str) -> Any:
    if field in LISTS:
        return [one.strip() for one in text.split(",") if one.strip()]
    if field in TEXTS:
        return text
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return text  # what reads the rule says that it is no number, and where
