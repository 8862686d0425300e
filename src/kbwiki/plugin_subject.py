"""Switching plugins on and off: who did it stands in the journal, is looked at, and can be taken back.

Here, since hooks know neither spaces nor moderation. What kbwiki switches off by itself after failures is no entry.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select

from .actors import ActorKind
from .db import Change, Transaction, insert_or_ignore
from .errors import Conflict, Forbidden
from .hooks.models import PluginSwitch
from .journal.models import Entry, WikiRow
from .journal.states import State, states_of
from .moderation.subjects import Place
from .spaces.queries import find_space
from .wording import kb_t

KIND = "plugins"
"""What the plugins of a wiki are called in the journal, as a subject of review; its id is the wiki's."""
SWITCH = "switch-plugin"
"""What switching one is called there."""

_NEWEST = select(func.max(Entry.number)).where(Entry.subject_id == bindparam("subject_id"), Entry.subject_kind == KIND)
_OFF = select(PluginSwitch.plugin, PluginSwitch.hook).where(PluginSwitch.wiki_id == bindparam("wiki_id"))


def switch_plugin(tx: Transaction, plugin: str, hook: str = "", *, on: bool, comment: str = "") -> int:
    """Switch a plugin, or one hook of it, on or off; the number of what was done, or of the last, where it was so.

    Errors: Forbidden for all but the admin group.
    """
    if tx.settings.admin_group not in tx.actor.groups and tx.actor.kind is not ActorKind.SYSTEM:
        raise Forbidden(kb_t("Only administrators can switch plugins on and off."))
    _lock(tx)
    if ((plugin, hook) in _off(tx)) is not on:
        return newest(tx.connection, tx.wiki_id)
    return _write(tx, {(plugin, hook): not on}, comment=comment)


def take_back_switch(tx: Transaction, number: int) -> int:
    """Undo what was done last. Errors: Forbidden; Conflict where something was done since."""
    if tx.settings.admin_group not in tx.actor.groups and tx.actor.kind is not ActorKind.SYSTEM:
        raise Forbidden(kb_t("Only administrators can switch plugins on and off."))
    return set_switches_back(tx, number - 1, number, comment=kb_t("Undid {number}", number=number))


def set_switches_back(tx: Transaction, base: int, head: int, *, comment: str, decided_by: str | None = None) -> int:
    """Let hold again what held at `base`. Errors: Conflict where something was done after `head`."""
    _lock(tx)
    if newest(tx.connection, tx.wiki_id) != head:
        raise Conflict(kb_t("Plugins were switched again since, so this cannot be set back by itself."))
    before = {key: was for key, (was, _) in switched(tx.connection, tx.wiki_id, base, head).items()}
    return _write(tx, before, comment=comment, decided_by=decided_by)


def newest(connection: Connection, wiki_id: int) -> int:
    """The number of what was done last; 0 where nothing was."""
    return int(connection.execute(_NEWEST, {"subject_id": wiki_id}).scalar() or 0)


def history(connection: Connection, wiki_id: int, most: int = 30) -> list[State]:
    """What was done last, the newest first."""
    head = newest(connection, wiki_id)
    return states_of(connection, KIND, wiki_id, max(1, head - most + 1), head, kind=SWITCH)[::-1]


def switched(connection: Connection, wiki_id: int, base: int, head: int) -> dict[tuple[str, str], tuple[bool, bool]]:
    """What was switched after `base`, up to `head`: by plugin and hook, whether it was off before and is off then."""
    found: dict[tuple[str, str], tuple[bool, bool]] = {}
    for one in states_of(connection, KIND, wiki_id, base + 1, head, kind=SWITCH):
        for plugin, hook, off in one.payload["switched"]:
            before = found.get((plugin, hook), (not off, off))[0]
            found[plugin, hook] = (before, off)
    return found


class PluginsSubject:
    """The plugins of a wiki: what the journal says of their switches, and undoing switches back."""

    def place(self, connection: Connection, subject_id: int) -> Place:
        """The plugins; they lie in the root space."""
        return Place(kb_t("Plugins"), "", find_space(connection, subject_id, ""), newest(connection, subject_id))

    def lock(self, tx: Transaction, subject_id: int) -> None:
        """Be the only one who switches."""
        _lock(tx)

    def facts(self, connection: Connection, subject_id: int, base: int, head: int) -> Any:
        """What was switched, one after the other."""
        return [
            [one.number, one.payload["switched"]]
            for one in states_of(connection, KIND, subject_id, base + 1, head, kind=SWITCH)
        ]

    def sides(self, connection: Connection, subject_id: int, base: int, head: int) -> tuple[str, str] | None:
        """Each plugin and hook that was switched, on a line of its own, before and after."""
        found = switched(connection, subject_id, base, head)
        return _lines({key: was for key, (was, _) in found.items()}), _lines(
            {key: now for key, (_, now) in found.items()}
        )

    def returned(self, connection: Connection, subject_id: int, base: int, head: int) -> bool:
        """Whether everything that was switched is as it was."""
        return all(was == now for was, now in switched(connection, subject_id, base, head).values())

    def undo(self, tx: Transaction, subject_id: int, base: int, head: int, *, group: str, comment: str) -> int:
        """Switch back. Errors: Conflict where something was switched since."""
        return set_switches_back(tx, base, head, comment=comment, decided_by=group)


def _lines(off: dict[tuple[str, str], bool]) -> str:
    said = {True: kb_t("off"), False: kb_t("on")}
    return "".join(
        f"{plugin}{f' ({hook})' if hook else ''}: {said[is_off]}\n" for (plugin, hook), is_off in off.items()
    )


def _lock(tx: Transaction) -> None:
    tx.connection.execute(select(WikiRow.id).where(WikiRow.id == tx.wiki_id).with_for_update())


def _off(tx: Transaction) -> set[tuple[str, str]]:
    return {(row.plugin, row.hook) for row in tx.connection.execute(_OFF, {"wiki_id": tx.wiki_id})}


def _write(tx: Transaction, wanted: dict[tuple[str, str], bool], *, comment: str, decided_by: str | None = None) -> int:
    for (plugin, hook), off in wanted.items():
        if off:
            values = {
                "plugin": plugin,
                "hook": hook,
                "off_at": tx.now,
                "by": tx.actor.name[:200],
                "why": comment[:1000],
            }
            tx.connection.execute(insert_or_ignore(tx.connection, PluginSwitch), {"wiki_id": tx.wiki_id, **values})
        else:
            tx.connection.execute(
                delete(PluginSwitch).where(
                    PluginSwitch.wiki_id == tx.wiki_id, PluginSwitch.plugin == plugin, PluginSwitch.hook == hook
                )
            )
    number = newest(tx.connection, tx.wiki_id) + 1
    tx.record(
        Change(
            kind=SWITCH,
            subject_kind=KIND,
            subject_id=tx.wiki_id,
            number=number,
            spaces=(find_space(tx.connection, tx.wiki_id, ""),),
            payload={
                "switched": [[plugin, hook, off] for (plugin, hook), off in wanted.items()],
                "comment": comment.strip()[:1000],
            },
            exempt="administration" if tx.actor.kind is ActorKind.SYSTEM else None,
            decided_by=decided_by,
        )
    )
    return number
