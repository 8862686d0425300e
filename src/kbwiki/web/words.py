"""Words and times as people read them."""

from __future__ import annotations

from datetime import datetime, timedelta

from markupsafe import Markup

from ..wording import kb_t as kb_t

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip


def who(author: str) -> str:
    """The author's name; where queries give none, because it is hidden, somebody."""
    return author or kb_t("somebody")


def day(moment: datetime) -> str:
    """A day as people write it: 3 May 2026."""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def when(moment: datetime, now: datetime) -> Markup:
    """A time element: how long ago for what is recent, the day for what is not, the exact moment on hovering."""
    exact = f"{day(moment)}, {moment:%H:%M} UTC"
    return Markup(  # noqa: S704 - made of numbers and month names only
        f'<time datetime="{moment:%Y-%m-%dT%H:%M:%SZ}" title="{exact}">{_ago(moment, now)}</time>'
    )


def _ago(moment: datetime, now: datetime) -> str:
    age = now - moment
    if age < timedelta(minutes=1):
        return "just now"
    if age < timedelta(hours=1):
        minutes = age.seconds // 60
        return f"{minutes} minutes ago" if minutes != 1 else "a minute ago"
    if age < timedelta(days=1):
        hours = age.seconds // 3600
        return f"{hours} hours ago" if hours != 1 else "an hour ago"
    if age < timedelta(days=7):
        return f"{age.days} days ago" if age.days != 1 else "yesterday"
    return day(moment)


KINDS = {
    "create": "wrote this page",
    "edit": "changed the text",
    "move": "moved it",
    "relink": "let its links follow a move",
    "delete": "deleted it",
    "bring-back": "brought it back",
    "restore": "went back to an earlier revision",
    "undo": "undid a change",
    "revert": "reverted it after a review",
    "hide": "hid it after a review",
    "unhide": "showed hidden text again",
    "import": "imported",
    "page": "a reader reported something",
    "decision": "an author objects to a decision",
    "rule": "set a rule",
    "space": "set up a space",
    "set-space": "set who reads, writes and looks there",
    "set-rule": "set a rule about who looks at what",
    "synonyms": "said which words mean the same",
    "set-synonyms": "said which words mean the same",
    "help": "chose where a page helps",
    "set-help": "chose where a page helps",
    "help-wanted": "looked for help that nobody has written",
    "ask-for-help": "looked for help that nobody has written",
    "close-help-wanted": "saw to it that help is not asked for any more",
}
"""What each kind of revision did, to follow the author's name."""

REASON_KINDS = {
    "": "",
    "revert": "to revert",
    "hide": "to hide",
    "delete": "to delete",
    "concern": "to ask the author",
    "lock": "to lock a page",
    "restrict": "to make somebody pause",
}
"""What a reason can be for."""

VERDICTS = {
    "approve": "approved",
    "edit": "mended and approved",
    "revert": "reverted",
    "revert-part": "reverted in part",
    "hide": "hidden",
    "delete": "deleted",
    "concern": "asked about",
    "hand-over": "handed over",
    "restore": "shown again",
    "lock": "locked for a time",
    "restrict": "restricted for a time",
    "uphold": "upheld",
    "overturn": "overturned",
    "take-back": "taken back",
}

RECORD_KINDS = {
    "decide": "decisions",
    "look": "looks at hidden text",
    "take": "reviews taken up",
    "second-look": "second looks",
    "export": "exports of this record",
}
"""What the record is made of."""

RECORDED = {
    "look": "hidden text of revision {n} looked at",
    "take": "taken up to be looked at",
    "second-look": "looked at a second time",
    "export": "exported",
}
"""What happened, where it was no decision."""
