"""Rules as JSON: read with errors that name the field and say what to do, written so that reading gives the same."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from ...actors import ActorKind
from ...errors import Invalid
from ...wording import kb_t
from .globs import check_pattern
from .matching import Due, Effect, Match, TrustNeeded

MOST_HOURS = 2000
MOST_LAPSE_HOURS = 20_000
MOST_POLICY = 100
MOST_NAMES = 100
_ACTOR_KINDS = tuple(kind.value for kind in ActorKind)


def parse_object(field: str, text: str) -> dict[str, Any]:
    """A JSON object from what somebody typed; nothing is an empty one. Errors: Invalid."""
    if not text.strip():
        return {}
    try:
        value = json.loads(text)
    except ValueError as error:
        raise Invalid(
            field, kb_t('This is not JSON ({error}). It looks like {{"kinds": ["edit"]}}.', error=error)
        ) from None
    if not isinstance(value, dict):
        raise Invalid(field, kb_t('This must be a JSON object, in braces, such as {"kinds": ["edit"]}.'))
    return value


def parse_match(value: Mapping[str, Any]) -> Match:
    """A match from JSON. Errors: Invalid."""
    _only("match", value, {one.name for one in fields(Match)})
    space = value.get("space")
    if space is not None and not isinstance(space, str):
        raise Invalid("match.space", kb_t('match.space must be the path of [a space] as text, such as "hr".'))
    kind = value.get("author_kind")
    if kind is not None and kind not in _ACTOR_KINDS:
        raise Invalid(
            "match.author_kind", kb_t("match.author_kind must be one of {names}.", names=", ".join(_ACTOR_KINDS))
        )
    new = value.get("new_page")
    if new is not None and not isinstance(new, bool):
        raise Invalid("match.new_page", kb_t("match.new_page must be true or false."))
    match = Match(
        paths=tuple(check_pattern("match.paths", one) for one in _names("match.paths", value)),
        space=space.strip().strip("/") or None if space is not None else None,
        kinds=_names("match.kinds", value),
        tags=_names("match.tags", value),
        author_groups=_names("match.author_groups", value),
        author_kind=kind,
        new_page=new,
        min_size=_whole("match.min_size", value),
        max_size=_whole("match.max_size", value),
        min_change=_whole("match.min_change", value),
        max_change=_whole("match.max_change", value),
        min_risk=_number("match.min_risk", value, -1000, 1000),
    )
    for least, most in (("min_size", "max_size"), ("min_change", "max_change")):
        low, high = getattr(match, least), getattr(match, most)
        if low is not None and high is not None and low > high:
            raise Invalid(
                f"match.{most}",
                kb_t("match.{most} is smaller than {least}, so nothing would ever match.", most=most, least=least),
            )
    return match


def parse_effect(value: Mapping[str, Any]) -> Effect:
    """An effect from JSON. Errors: Invalid, also when the rule would do nothing."""
    _only("effect", value, {one.name for one in fields(Effect)})
    effect = Effect(
        add_groups=_names("effect.add_groups", value),
        replace_groups=_names("effect.replace_groups", value),
        due_within=_span("effect.due_within", value),
        exempt_probability=_number("effect.exempt_probability", value, 0, 1),
        trust=_trust(value.get("trust")),
        escalate_after=_span("effect.escalate_after", value),
        escalate_to=_name("effect.escalate_to", value, 255),
        lapse_after=_span("effect.lapse_after", value, MOST_LAPSE_HOURS),
        lapse_policy=_name("effect.lapse_policy", value, MOST_POLICY),
    )
    if effect == Effect():
        raise Invalid("effect", kb_t("The [rule] does nothing yet. Please add [groups], a due time or an exemption."))
    _check_ageing(effect)
    if effect.trust is not None and effect.exempt_probability is None:
        raise Invalid(
            "effect.exempt_probability",
            kb_t("Trust matters for exemptions only: please say effect.exempt_probability too."),
        )
    return effect


def _check_ageing(effect: Effect) -> None:
    """Errors: Invalid where a rule says half of what it takes to escalate, or to let something lapse."""
    if effect.escalate_after is not None and effect.escalate_to is None:
        raise Invalid("effect.escalate_to", kb_t("Please name the [group] that is to look then: effect.escalate_to."))
    if effect.escalate_to is not None and effect.escalate_after is None:
        raise Invalid("effect.escalate_after", kb_t("Please say how long after the due time: effect.escalate_after."))
    if effect.lapse_after is not None and effect.lapse_policy is None:
        raise Invalid(
            "effect.lapse_policy", kb_t("Please name the policy: what lapses is listed under that name for ever.")
        )
    if effect.lapse_policy is not None and effect.lapse_after is None:
        raise Invalid("effect.lapse_after", kb_t("Please say how long after the due time: effect.lapse_after."))


def _span(field: str, effect: Mapping[str, Any], most: float = MOST_HOURS) -> Due | None:
    value = effect.get(field.rpartition(".")[2])
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise Invalid(field, kb_t('{field} looks like {{"hours": 8, "working": true}}.', field=field))
    _only(field, value, {"hours", "working"})
    hours = _number(f"{field}.hours", value, 0, most)
    working = value.get("working", True)
    if not hours or not isinstance(working, bool):
        raise Invalid(field, kb_t('{field} looks like {{"hours": 8, "working": true}}.', field=field))
    return Due(hours, working)


def _name(field: str, value: Mapping[str, Any], most: int) -> str | None:
    found = value.get(field.rpartition(".")[2])
    if found is None:
        return None
    if not isinstance(found, str) or not found.strip() or len(found.strip()) > most:
        raise Invalid(field, kb_t("{field} must be a name of at most {most} characters.", field=field, most=most))
    return " ".join(found.split())


def _trust(value: Any) -> TrustNeeded | None:
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise Invalid("effect.trust", kb_t('effect.trust looks like {"groups": ["experts"]} or {"earned": 20}.'))
    _only("effect.trust", value, {"groups", "earned"})
    trust = TrustNeeded(_names("effect.trust.groups", value), _whole("effect.trust.earned", value))
    if not trust.groups and not trust.earned:
        raise Invalid(
            "effect.trust", kb_t('effect.trust needs groups, or how many approvals in a row: {"earned": 20}.')
        )
    return trust


def _only(where: str, value: Mapping[str, Any], known: set[str]) -> None:
    for name in value:
        if name not in known:
            raise Invalid(
                f"{where}.{name}",
                kb_t(
                    "{where} knows no “{name}”; it knows {names}.",
                    where=where,
                    name=name,
                    names=", ".join(sorted(known)),
                ),
            )


def _names(field: str, value: Mapping[str, Any]) -> tuple[str, ...]:
    found = value.get(field.rpartition(".")[2])
    if found is None:
        return ()
    if not isinstance(found, (list, tuple)) or not all(isinstance(one, str) and one.strip() for one in found):
        raise Invalid(field, kb_t('{field} must be a list of names, such as ["legal", "support"].', field=field))
    if len(found) > MOST_NAMES or any(len(one) > 1024 for one in found):
        raise Invalid(
            field,
            kb_t("{field} is too long: at most {most} names are possible.", field=field, most=MOST_NAMES),
        )
    return tuple(dict.fromkeys(one.strip() for one in found))


def _whole(field: str, value: Mapping[str, Any]) -> int | None:
    found = value.get(field.rpartition(".")[2])
    if found is None:
        return None
    if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found <= 10**12:
        raise Invalid(field, kb_t("{field} must be a whole number, 0 or more.", field=field))
    return found


def _number(field: str, value: Mapping[str, Any], least: float, most: float) -> float | None:
    found = value.get(field.rpartition(".")[2])
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, (int, float)) or not math.isfinite(found):
        raise Invalid(field, kb_t("{field} must be a number.", field=field))
    if not least <= found <= most:
        raise Invalid(
            field,
            kb_t("{field} must be between {least} and {most}.", field=field, least=f"{least:g}", most=f"{most:g}"),
        )
    return float(found)


def to_json(rule_part: Match | Effect | TrustNeeded | Due) -> dict[str, Any]:
    """The part as JSON, without what it leaves open."""
    written: dict[str, Any] = {}
    for one in fields(rule_part):
        value = getattr(rule_part, one.name)
        if value is None or value == ():
            continue
        if isinstance(value, (Due, TrustNeeded)):
            written[one.name] = to_json(value)
        else:
            written[one.name] = list(value) if isinstance(value, tuple) else value
    return written
