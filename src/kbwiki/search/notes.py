"""What there is to say about a question that was not, or not all, understood, and about an answer that is not whole."""

from __future__ import annotations

from dataclasses import dataclass

TOO_LONG = "Only the first {subject} characters were read."
TOO_MANY = "Only the first {subject} words were looked for."
UNCLOSED = "A quotation mark is missing, so the words after it were looked for one by one."
NO_FIELD = (
    "There is no field “{subject}”, so it was read as a word. The fields are title:, tag:, in:, by:, is: and changed:."
)
EMPTY_FIELD = "“{subject}” needs a word after it."
LONE_OR = "“OR” needs a word on both sides."
LONE_NOT = "“NOT” needs a word after it."
SHORT_OPENING = "“{subject}” is too short to search for what begins with it, so it was read as a word."
STRAY_ASTERISK = "“*” only works at the end of a word."

NO_INDEX = "The search index is being built, so only titles were searched for now."
CORRECTED = "Nothing has “{wrong}”; these are for “{right}”."
LATE = "The newest changes are still being taken in and may be missing here."
SOME = "No page has all of these words; these have some of them."


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was not understood: an English sentence with a place for what it is about."""

    template: str
    subject: str = ""

    def __str__(self) -> str:
        return self.template.format(subject=self.subject)
