"""Words and times as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from markupsafe import Markup

from ..wording import N_ as N_
from ..wording import kb_t as kb_t
from ..wording.amounts import clock as clock
from ..wording.amounts import day as day
from ..wording.amounts import day_and_time as day_and_time
from ..wording.amounts import listed as listed
from ..wording.amounts import number as number
from ..wording.amounts import per_cent as per_cent


def begun(text: str) -> str:
    """The text as a sentence begins: its first letter large, and no other made small, as German nouns need."""
    return text[:1].upper() + text[1:]


def who(author: str) -> str:
    """The author's name; where queries give none, because it is hidden, somebody."""
    return author or kb_t("somebody")


def when(moment: datetime, now: datetime) -> Markup:
    """A time element: how long ago for what is recent, the day for what is not, the exact moment on hovering."""
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        f"{moment:%Y-%m-%dT%H:%M:%SZ}", day_and_time(moment), _ago(moment, now)
    )


def _ago(moment: datetime, now: datetime) -> str:
    age = now - moment
    if age < timedelta(minutes=1):
        return kb_t("just now")
    if age < timedelta(hours=1):
        return kb_t("a minute ago", "{n} minutes ago", n=age.seconds // 60)
    if age < timedelta(days=1):
        return kb_t("an hour ago", "{n} hours ago", n=age.seconds // 3600)
    if age < timedelta(days=7):
        return kb_t("yesterday", "{n} days ago", n=age.days)
    return day(moment)


KINDS: Mapping[str, tuple[str, str]] = {
    "create": N_("wrote this [page]", "wrote this [page]"),
    "edit": N_("changed the text", "changed the text"),
    "move": N_("moved it", "moved it"),
    "relink": N_("let its links follow a move", "let its links follow a move"),
    "delete": N_("deleted it", "deleted it"),
    "bring-back": N_("brought it back", "brought it back"),
    "restore": N_("went back to an earlier [revision]", "went back to an earlier [revision]"),
    "undo": N_("undid a change", "undid a change"),
    "revert": N_("reverted it after [a review]", "reverted it after [a review]"),
    "hide": N_("hid it after [a review]", "hid it after [a review]"),
    "unhide": N_("showed hidden text again", "showed hidden text again"),
    "import": N_("imported", "imported"),
    "submit": N_("submitted this", "submitted this"),
    "undo-submit": N_("took it out after [a review]", "took it out after [a review]"),
    "page": N_("a reader sent [a report]", "a reader sent [a report]"),
    "decision": N_("an author objects to [a decision]", "an author objects to [a decision]"),
    "rule": N_("set [a rule]", "set [a rule]"),
    "space": N_("set up [a space]", "set up [a space]"),
    "set-space": N_("set who reads, writes and looks there", "set who reads, writes and looks there"),
    "set-rule": N_("set [a rule] about who looks at what", "set [a rule] about who looks at what"),
    "synonyms": N_("said which words mean the same", "said which words mean the same"),
    "vocabulary": N_("chose what things are called", "chose what things are called"),
    "set-vocabulary": N_("chose what things are called", "chose what things are called"),
    "plugins": N_("switched a plugin on or off", "switched a plugin on or off"),
    "switch-plugin": N_("switched a plugin on or off", "switched a plugin on or off"),
    "set-synonyms": N_("said which words mean the same", "said which words mean the same"),
    "help": N_("chose where [a page] helps", "chose where [a page] helps"),
    "set-help": N_("chose where [a page] helps", "chose where [a page] helps"),
    "file": N_("added or changed a file", "added or changed a file"),
    "upload": N_("added this file", "added this file"),
    "replace": N_("replaced the file", "replaced the file"),
    "describe": N_("said what the file shows", "said what the file shows"),
    "help-wanted": N_("looked for help that nobody has written", "looked for help that nobody has written"),
    "ask-for-help": N_("looked for help that nobody has written", "looked for help that nobody has written"),
    "close-help-wanted": N_(
        "saw to it that help is not asked for any more", "saw to it that help is not asked for any more"
    ),
}
"""What each kind of revision did, to follow its author's name, and to follow several names."""


def did(kind: str, authors: int = 1, *, small: bool = False) -> str:
    """What a change of this kind did, to follow the names of so many authors; `small` is what its author called it."""
    if small and kind == "edit":
        return kb_t("made a small change")
    return kb_t(*KINDS[kind], n=authors) if kind in KINDS else kind


REASON_KINDS = {
    "": "",
    "revert": N_("to revert"),
    "hide": N_("to hide"),
    "delete": N_("to delete"),
    "concern": N_("to ask the author"),
    "lock": N_("to lock [a page]"),
    "restrict": N_("to make somebody pause"),
}
"""What a reason can be for."""

VERDICTS = {
    "approve": N_("approved"),
    "edit": N_("mended and approved"),
    "revert": N_("reverted"),
    "revert-part": N_("reverted in part"),
    "hide": N_("hidden"),
    "delete": N_("deleted"),
    "concern": N_("asked about"),
    "hand-over": N_("handed over"),
    "restore": N_("shown again"),
    "lock": N_("locked for a time"),
    "restrict": N_("restricted for a time"),
    "uphold": N_("upheld"),
    "overturn": N_("overturned"),
    "take-back": N_("taken back"),
}

RECORD_KINDS = {
    "decide": N_("[decisions]"),
    "look": N_("looks at hidden text"),
    "take": N_("[reviews] taken up"),
    "second-look": N_("second looks"),
    "export": N_("exports of this record"),
}
"""What the record is made of."""

RECORDED = {
    "look": N_("hidden text of [revision] {n} looked at"),
    "take": N_("taken up to be looked at"),
    "second-look": N_("looked at a second time"),
    "export": N_("exported"),
}
"""What happened, where it was no decision."""
