"""Spaces as a subject of review: a change of who may read and write is looked at, too.

A space keeps no versions of itself; the journal's entries about it hold every one.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, select

from ..db import Transaction
from ..errors import Conflict, NotFound
from ..journal.states import states_of
from ..pages.refile import refile_pages
from ..spaces.actions import set_space
from ..spaces.models import Space
from ..spaces.policy import Edition, SpaceSettings
from ..wording import N_, kb_t
from .subjects import Place

KIND = "space"

_PLACE = select(Space.id, Space.title, Space.path, Space.number).where(Space.id == bindparam("space_id"))
_LISTS = (
    ("readers", N_("who reads: {groups}")),
    ("writers", N_("who writes: {groups}")),
    ("reviewers", N_("who looks afterwards: {groups}")),
)


_EDITIONS = {
    Edition.LIVE: N_("readers see first: the newest text"),
    Edition.REVIEWED: N_("readers see first: the reviewed edition"),
}


class SpaceSubject:
    """Spaces: undoing sets the earlier settings again."""

    def place(self, connection: Connection, subject_id: int) -> Place:
        """The space itself. Errors: NotFound."""
        row = connection.execute(_PLACE, {"space_id": subject_id}).first()
        if row is None:
            raise NotFound("space", str(subject_id))
        return Place(row.title, row.path, row.id, row.number)

    def lock(self, tx: Transaction, subject_id: int) -> None:
        """Lock the space's row."""
        tx.connection.execute(select(Space.id).where(Space.id == subject_id).with_for_update(key_share=True))

    def facts(self, connection: Connection, subject_id: int, base: int, head: int) -> Any:
        """The settings of every version in the range."""
        versions = self._versions(connection, subject_id, base, head)
        return [[number, _readable(payload)] for number, payload in versions.items()]

    def sides(self, connection: Connection, subject_id: int, base: int, head: int) -> tuple[str, str] | None:
        """The settings before and after, as lines people can read."""
        versions = self._versions(connection, subject_id, base, head)
        texts = [_readable(versions[number]) if number in versions else "" for number in (base, head)]
        return texts[0], texts[1]

    def returned(self, connection: Connection, subject_id: int, base: int, head: int) -> bool:
        """Whether the settings at `head` are those at `base`."""
        before, after = self.sides(connection, subject_id, base, head) or ("", "")
        return before == after

    def undo(self, tx: Transaction, subject_id: int, base: int, head: int, *, group: str, comment: str) -> int:
        """Set the earlier settings again; a space that was new inherits everything, as if it were not there.

        Errors: Conflict when it was set again since, and for the root's first settings, which no entry holds.
        """
        now = self.place(tx.connection, subject_id)
        if now.number != head:
            raise Conflict(
                kb_t("The [space] was set again since, so it cannot be set back by itself. Please set it by hand.")
            )
        payload = self._versions(tx.connection, subject_id, base, base).get(base)
        if payload is None and now.path == "":
            raise Conflict(kb_t("What the root [space] was at first is not recorded. Please set it by hand."))
        set_space(tx, now.path, _settings(payload or {}), tx.settings, refile_pages, decided_by=group)
        return now.number + 1

    @staticmethod
    def _versions(connection: Connection, space_id: int, base: int, head: int) -> dict[int, Any]:
        return {one.number: one.payload for one in states_of(connection, KIND, space_id, base, head)}


def _readable(payload: Any) -> str:
    lines = [
        kb_t("address: {address}", address=payload.get("path") or "/"),
        kb_t("title: {title}", title=payload.get("title", "")),
    ]
    for name, line in _LISTS:
        groups = payload.get(name)
        said = kb_t("as in the [space] above") if groups is None else ", ".join(groups) or kb_t("nobody")
        lines.append(kb_t(line, groups=said))
    if edition := payload.get("edition"):  # older entries, and spaces that leave it to the one above, say nothing
        lines.append(kb_t(_EDITIONS[Edition(edition)]))
    return "\n".join(lines) + "\n"


def _settings(payload: Any) -> SpaceSettings:
    lists = {name: None if payload.get(name) is None else tuple(payload[name]) for name, _ in _LISTS}
    edition = Edition(payload["edition"]) if payload.get("edition") else None
    return SpaceSettings(payload.get("title"), lists["readers"], lists["writers"], lists["reviewers"], edition)
