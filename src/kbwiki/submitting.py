"""What plugins submit: their own rows and a change that is reviewed like any other, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Executable

from .actors import Actor, ActorKind
from .errors import Invalid
from .hooks.checking import problem_with
from .moderation.own_subject import SUBMIT, hold, write_state
from .pages.locking import require_write
from .pages.paths import normalise_path
from .pages.policy import clean_title
from .spaces.queries import find_space
from .wording import kb_t

if TYPE_CHECKING:
    from .wiki import Wiki

MOST_CHARACTERS = 100_000
"""How long a text may be: it stands in the journal for ever."""
_LONGEST_KIND = 40


def submit(
    wiki: Wiki,
    plugin: str,
    actor: Actor,
    kind: str,
    subject_id: int,
    statements: Sequence[Executable],
    *,
    title: str,
    text: str,
    path: str,
) -> int:
    """Carry out the statements, and record the change as the actor's; see `hooks.plugin.Site.submit`."""
    _require_declared(wiki, plugin, kind)
    require_own_tables(plugin, statements)
    for said in (title, text):
        if problem := problem_with(said, str):
            raise Invalid("text", kb_t("Title and text must be plain text: {problem}.", problem=problem))
    if len(text) > MOST_CHARACTERS:
        raise Invalid(
            "text", kb_t("The text is too long: at most {most} characters are possible.", most=MOST_CHARACTERS)
        )
    title, place = clean_title(title), normalise_path(path) if path.strip(" /") else ""
    with wiki.begin(actor) as tx:
        if actor.kind is not ActorKind.SYSTEM:
            require_write(tx, find_space(tx.connection, tx.wiki_id, place), place)
        row = hold(tx, kind, subject_id)
        for statement in statements:
            tx.connection.execute(statement)
        state = {"plugin": plugin, "title": title, "path": place, "before": row.text, "text": text}
        return write_state(tx, row, SUBMIT, state)


def _require_declared(wiki: Wiki, plugin: str, kind: str) -> None:
    """Errors: Invalid for a kind that the plugin did not declare, or that has another meaning."""
    declared = {given.value.name for given in wiki.plugins.declared("change_kinds") if given.plugin == plugin}
    if kind not in declared:
        raise Invalid(
            "kind", kb_t("The plugin {plugin} declares no kind of change {kind!r}.", plugin=plugin, kind=kind)
        )
    if not kind.startswith(f"{plugin}-") or len(kind) > _LONGEST_KIND or kind in wiki.subjects:
        raise Invalid(
            "kind",
            kb_t(
                "A kind of change of the plugin {plugin} must be called “{plugin}-…”; {kind!r} is not.",
                plugin=plugin,
                kind=kind,
            ),
        )


def require_own_tables(plugin: str, statements: Sequence[Executable]) -> None:
    """Errors: Invalid for anything but INSERT, UPDATE and DELETE on tables of the plugin's own."""
    ours = f"kbwiki_x_{plugin.replace('-', '_')}"
    for one in statements:
        name = getattr(getattr(one, "table", None), "name", "")
        if not getattr(one, "is_dml", False) or not (name == ours or name.startswith(f"{ours}_")):
            raise Invalid(
                "statements",
                kb_t(
                    "The plugin {plugin} may write into tables of its own only ({tables}).",
                    plugin=plugin,
                    tables=f"{ours}…",
                ),
            )
