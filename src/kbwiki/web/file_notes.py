"""Short notes after something was done with a file; see notes."""

from __future__ import annotations

from ..files.queries import FileView
from ..spaces.queries import responsible_groups
from .notes import Note
from .visit import Visit
from .words import N_, kb_t, listed

_SAID = {
    "added": N_("Your file is here."),
    "replaced": N_("The file is replaced, wherever it is shown."),
    "described": N_("The description is there for everybody."),
    "moved": N_("The file has moved. Old addresses and links go on working."),
    "deleted": N_("The file is deleted. Its versions are kept."),
    "back": N_("The file is back."),
    "restored": N_("The earlier version is live again."),
    "same": N_("Nothing was changed: the file is like that already."),
    "reported": N_("Thank you. Your [report] has arrived; those who look after this file will read it."),
}


def notes_for(visit: Visit, file: FileView) -> tuple[Note, ...]:
    """What to say above a file that was just changed."""
    done = visit.request.args.get("done", "")
    if done not in _SAID:
        return ()
    if done in ("same", "reported"):
        return (Note("info", kb_t(_SAID[done])),)
    groups = listed(responsible_groups(visit.connection, [file.space_id]))
    looked = kb_t("Visible at once; {groups} will look at it afterwards.", groups=groups)
    return (Note("success", f"{kb_t(_SAID[done])} {looked}"),)
