"""Why a review is in its group's queue, as sentences."""

from __future__ import annotations

from ..moderation.lifecycle import get_review_row
from ..moderation.rules.actions import RESERVED
from ..moderation.rules.queries import Why, why
from .visit import Visit
from .words import kb_t


def why_here(visit: Visit, review_id: int) -> tuple[str, ...]:
    """Each reason once, in the order of the changes it is about; what decisions and imports did needs none."""
    review = get_review_row(visit.connection, visit.wiki.id, review_id)
    found = why(visit.connection, visit.wiki.id, review)
    said = [_sentence(one, review.group) for one in found if one.exempt not in RESERVED]
    return tuple(dict.fromkeys(said))


def _sentence(one: Why, group: str) -> str:
    if one.exempt is not None:
        return kb_t("“{rule}” left a change in between to trust: it goes along.", rule=one.exempt)
    if one.plugin and one.because:
        return kb_t("{group} is asked to look, too, because: {because}", group=group, because=one.because)
    if one.plugin:
        return kb_t("The plugin “{plugin}” asks {group} to look, too.", plugin=one.plugin, group=group)
    if one.late:
        return kb_t("{late} did not get to it in time, so {group} is asked to look, too.", late=one.late, group=group)
    if one.sampled is not None and not one.rule:
        share = f"{one.sampled * 100:.4g}"
        return kb_t("Its author is trusted; it is one of the {share} % that are drawn to be looked at.", share=share)
    if one.rule:
        return kb_t(
            "The [rule] “{rule}” (version {version}) asks {group} to look.",
            rule=one.rule,
            version=one.version,
            group=group,
        )
    return kb_t("{group} looks after this part of the [wiki].", group=group)
