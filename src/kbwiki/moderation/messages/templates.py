"""The words of messages to authors, pure: whatever the template, a message says who, what, why, what next, and how to
object; and no template can say anything about a page that its reader may not know.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...errors import Invalid
from ...wording import N_, kb_t
from ..policy import CAN_BE_APPEALED, Verdict

PLACEHOLDERS: Mapping[str, str] = {
    "who": N_("the [group] that decided, and the person if the setting name_moderators says so"),
    "group": N_("the [group] that decided"),
    "what": N_("what was done, to follow who did it"),
    "title": N_("the [page]'s title, where its reader may know it"),
    "when": N_("day and time of the [decision]"),
    "why": N_("the words of the reason"),
    "note": N_("the [moderator]'s own note"),
    "next": N_("what the author can do now"),
    "object": N_("how to object"),
}
"""Everything a template can fill in, and what it stands for."""

MAX_TEMPLATE = 4000

_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
_HEAD = N_("{who} {what}: {title}, {when}.")
_WHY = N_("Why: {why}")
_NOTE = "{note}"
_NEXT = N_("What next: {next}")
_OBJECT = N_("If you see it differently: {object}")

_SAY_SO = N_("Say so beside this [message], on the screen “[Messages]”. Somebody who did not decide this looks at it.")
_NOTHING_TAKEN = N_("Nothing was taken away from you. If something is not right all the same, speak with the [group].")

OBJECT: Mapping[Verdict, str] = {
    **dict.fromkeys(Verdict, _NOTHING_TAKEN),
    **dict.fromkeys(sorted(CAN_BE_APPEALED), _SAY_SO),
    Verdict.CONCERN: N_("Answer from “My changes”; the [group] looks at your answer before anything else happens."),
    Verdict.LOCK: N_("Speak with the [group]; it can end this at any time."),
    Verdict.UPHOLD: N_("Speak with the [group]. What you wrote is not lost: it stands in the [history]."),
}
"""How to object."""

WHY: Mapping[Verdict, str] = {
    Verdict.APPROVE: N_("Somebody has looked at it, and it is good as it is."),
    Verdict.EDIT: N_("A small thing was not right, and it was quicker to mend it than to ask."),
    Verdict.HAND_OVER: N_("Another [group] knows more about this."),
    Verdict.RESTORE: N_("What was hidden may be read after all."),
    Verdict.UPHOLD: N_("Somebody who did not decide before has looked, and sees it as it was decided."),
    Verdict.OVERTURN: N_("Somebody who did not decide before has looked, and agrees with you."),
    Verdict.TAKE_BACK: N_("The [group] sees it differently now, or it was a slip."),
}
"""Why, where the one who decided had not to give a reason and gave none."""

WHAT: Mapping[Verdict, str] = {
    Verdict.APPROVE: N_("looked at your change and approved it"),
    Verdict.EDIT: N_("mended your change and approved it"),
    Verdict.REVERT: N_("took your change out again"),
    Verdict.REVERT_PART: N_("took a part of your change out again and approved the rest"),
    Verdict.HIDE: N_("took your change out and hid it from readers"),
    Verdict.DELETE: N_("deleted the [page] with your change"),
    Verdict.CONCERN: N_("asks you to look at your change once more"),
    Verdict.HAND_OVER: N_("asked another [group] to look at your change"),
    Verdict.RESTORE: N_("showed your hidden change again"),
    Verdict.LOCK: N_("locked this for everybody"),
    Verdict.RESTRICT: N_("asked you to pause: you cannot write here"),
    Verdict.UPHOLD: N_("looked at your [appeal]; the [decision] stands"),
    Verdict.OVERTURN: N_("looked at your [appeal] and took the [decision] back"),
    Verdict.TAKE_BACK: N_("took an earlier [decision] about your change back"),
}
"""What was done, to follow who did it."""

NEXT: Mapping[Verdict, str] = {
    Verdict.APPROVE: N_("There is nothing you need to do."),
    Verdict.EDIT: N_("There is nothing you need to do. The [page] shows what was mended."),
    Verdict.REVERT: N_(
        "Nothing is lost: your change stands in the [history] of the [page]. You can write it anew, better."
    ),
    Verdict.REVERT_PART: N_(
        "The rest is live. What was taken out stands in the [history]; you can write it anew, better."
    ),
    Verdict.HIDE: N_("You can write it anew without what must not be shown."),
    Verdict.DELETE: N_("Nothing is lost: a deleted [page] can be brought back. Please speak with the [group] first."),
    Verdict.CONCERN: N_("Your change is live. Please mend it, or answer; then the [group] looks again."),
    Verdict.HAND_OVER: N_("There is nothing you need to do."),
    Verdict.RESTORE: N_("There is nothing you need to do."),
    Verdict.LOCK: N_("You can write here again when the time is over."),
    Verdict.RESTRICT: N_("You can read as before, and write again when the time is over."),
    Verdict.UPHOLD: N_(
        "Somebody who did not take the first [decision] has looked. You can still write it anew, better."
    ),
    Verdict.OVERTURN: N_("What the [decision] took away is there again. There is nothing you need to do."),
    Verdict.TAKE_BACK: N_(
        "What it did is undone. Where it was about a change of yours, somebody looks at that once more."
    ),
}
"""What the author can do now."""


def check_template(template: str) -> str:
    """The template as it is stored. Errors: Invalid names every placeholder that nothing fills in, and the length."""
    text = template.replace("\r\n", "\n").strip()
    if len(text) > MAX_TEMPLATE:
        raise Invalid(
            "template",
            kb_t(
                "The [message] is too long: at most {max_template} characters are possible.", max_template=MAX_TEMPLATE
            ),
        )
    unknown = [name for name in dict.fromkeys(_PLACEHOLDER.findall(text)) if name not in PLACEHOLDERS]
    if unknown:
        named = ", ".join(f"{{{name}}}" for name in unknown)
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise Invalid(
            "template", kb_t("Nothing fills in {named}. What can be filled in: {known}.", named=named, known=known)
        )
    return text


def completed(template: str, verdict: Verdict) -> str:
    """The template with whatever a message must say and this one leaves out; an empty one is the verdict's default."""
    if not template:
        return "\n\n".join([kb_t(_HEAD), f"{kb_t(_WHY)}\n{_NOTE}", kb_t(_NEXT), kb_t(_OBJECT)])
    used = set(_PLACEHOLDER.findall(template))
    head = [] if "what" in used and used & {"who", "group"} else [kb_t(_HEAD)]
    parts = {"why": kb_t(_WHY), "note": _NOTE, "next": kb_t(_NEXT), "object": kb_t(_OBJECT)}
    return "\n\n".join([*head, template, *(line for name, line in parts.items() if name not in used)])


def render(template: str, values: Mapping[str, str]) -> str:
    """The template as plain text. Values are put in as they are, once; a line whose placeholders all are empty goes."""
    lines = [_line(line, values) for line in template.split("\n")]
    text = "\n".join(line for line in lines if line is not None)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _line(line: str, values: Mapping[str, str]) -> str | None:
    named = _PLACEHOLDER.findall(line)
    if named and not any(values.get(name) for name in named):
        return None
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], ""), line).rstrip()
