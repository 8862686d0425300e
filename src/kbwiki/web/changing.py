"""What an author may say of a change, in words to choose from."""

from __future__ import annotations

from ..drafts.changed import What, what_changed
from .words import N_, kb_t

_WORDS = {
    What.SECTION_ADDED: N_("Added the section “{name}”"),
    What.SECTION_REMOVED: N_("Took the section “{name}” out"),
    What.SECTION_CHANGED: N_("Changed the section “{name}”"),
    What.WORDING: N_("Corrected wording"),
    What.LINK: N_("Added a link"),
    What.PICTURE: N_("Added a picture"),
    What.LONGER: N_("Added text"),
    What.SHORTER: N_("Shortened"),
}


def comments_for(before: str, after: str) -> tuple[str, ...]:
    """Comments to choose from for a change from one text to another."""
    return tuple(kb_t(_WORDS[said.what], name=said.name) for said in what_changed(before, after))
