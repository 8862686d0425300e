"""What there is to say about a question that was not, or not all, understood, and about an answer that is not whole."""

from __future__ import annotations

from dataclasses import dataclass

from ..wording import N_, kb_t

TOO_LONG = N_("Only the first {subject} characters were read.")
TOO_MANY = N_("Only the first {subject} words were looked for.")
UNCLOSED = N_("A quotation mark is missing, so the words after it were looked for one by one.")
NO_FIELD = N_(
    "There is no field “{subject}”, so it was read as a word. The fields are title:, tag:, in:, by:, is: and changed:."
)
MORE_FIELDS = N_("Besides, there are: {subject}.")
EMPTY_FIELD = N_("“{subject}” needs a word after it.")
LONE_OR = N_("“OR” needs a word on both sides.")
LONE_NOT = N_("“NOT” needs a word after it.")
SHORT_OPENING = N_("“{subject}” is too short to look for what begins with it, so it was read as a word.")
STRAY_ASTERISK = N_("“*” only works at the end of a word.")

NO_INDEX = N_("The [search] index is being built, so only titles were looked through for now.")
CORRECTED = N_("Nothing has “{wrong}”; these are for “{right}”.")
LATE = N_("The newest changes are still being taken in and may be missing here.")
SOME = N_("No [page] has all of these words; these have some of them.")


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was not understood: a marked sentence with a place for what it is about."""

    template: str
    subject: str = ""

    def __str__(self) -> str:
        return kb_t(self.template, subject=self.subject)
