"""How the wiki stands: one look at everything that can fall behind, and what to do about it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import click
from sqlalchemy.exc import SQLAlchemyError

from ..errors import KBWikiError
from ..journal.append import count_unsealed, unsealed_since
from ..journal.tail import cursor_of, last_position, waiting_since
from ..moderation.assessment.follow import CONSUMER as RISK
from ..pages.links import CONSUMER as LINKS
from ..search.engines.missing import MissingEngine
from ..search.engines.protocol import IndexUnusable
from ..upgrade import current_revision, newest_revision
from ..wiki import Wiki
from ..wording import N_, kb_t
from . import spoken

UPGRADE = N_("Run: flask kbwiki db upgrade")
WORK = N_("Run: flask kbwiki work --once (or keep `flask kbwiki work` running)")
INSTALL = N_("Install what it needs, for Whoosh the package whoosh-reloaded and no other of that name, and restart")
REBUILD = N_("Run: flask kbwiki search rebuild (the next search begins to, too)")


@dataclass(frozen=True, slots=True)
class Finding:
    """How one part stands: what is said of it, in figures, and what has to be done (None: nothing)."""

    part: str
    says: str
    to_do: str | None = None
    figures: dict[str, Any] = field(default_factory=dict)


@spoken.command(
    "check",
    help=N_("Say how the [wiki] stands, changing nothing. Exit code 1 when something needs doing; it is said what."),
)
@spoken.option(
    "--late-after",
    default=300.0,
    show_default=True,
    help=N_("Seconds that links, search and risk may be behind before something needs doing."),
)
@spoken.option("--json", "as_json", is_flag=True, help=N_("Print one JSON object for programs."))
@click.pass_obj
def check(wiki: Wiki, late_after: float, as_json: bool) -> None:
    findings = list(look_at(wiki, late_after))
    needed = [finding for finding in findings if finding.to_do]
    if as_json:
        said = {finding.part: {"says": finding.says, "to_do": finding.to_do, **finding.figures} for finding in findings}
        click.echo(json.dumps({"ok": not needed, "parts": said}))
    else:
        for finding in findings:
            click.echo(f"{'!' if finding.to_do else ' '} {finding.part:<9} {finding.says}")
            if finding.to_do:
                click.echo(f"            {finding.to_do}")
    if needed:
        raise SystemExit(1)


def look_at(wiki: Wiki, late_after: float) -> Iterator[Finding]:
    """Every part in turn; where one is missing that the others stand on, the rest is left out."""
    kind = wiki.database.dialect
    try:
        with wiki.read() as connection:
            at = current_revision(connection)
    except (KBWikiError, SQLAlchemyError) as error:
        yield Finding(
            "database",
            f"{kind}: {error}",
            kb_t("See that the database runs and can be reached."),
        )
        return
    yield Finding("database", kb_t("{kind}, reachable", kind=kind), figures={"kind": kind})
    newest = newest_revision()
    figures = {"revision": at, "newest": newest}
    if at != newest:
        yield Finding("tables", _behind(at, newest), kb_t(UPGRADE), figures)
        return
    yield Finding("tables", kb_t("up to date (revision {at})", at=at), figures=figures)
    try:
        yield _journal(wiki, late_after)
        yield _consumer(wiki, "links", _cursor(wiki, LINKS), late_after)
        yield _search(wiki, late_after)
        yield _consumer(wiki, "risk", _cursor(wiki, RISK), late_after)
    except KBWikiError as error:
        yield Finding("wiki", str(error), kb_t(UPGRADE))


def _behind(at: str | None, newest: str | None) -> str:
    if at is None:
        return kb_t("at nothing: there are none yet; newest is {newest}", newest=newest)
    return kb_t("at {at}; newest is {newest}", at=at, newest=newest)


def _cursor(wiki: Wiki, name: str) -> int:
    with wiki.read() as connection:
        return cursor_of(connection, wiki.id, name)


def _journal(wiki: Wiki, late_after: float) -> Finding:
    with wiki.read() as connection:
        last, waiting = last_position(connection, wiki.id), count_unsealed(connection, wiki.id)
        since = unsealed_since(connection, wiki.id)
    figures = {"position": last, "unsealed": waiting}
    if since is not None:
        late = (wiki.clock() - since).total_seconds() > late_after
        says = kb_t("{last} entries sealed, {waiting} wait for their place", last=f"{last:,}", waiting=f"{waiting:,}")
        return Finding("journal", says, kb_t(WORK) if late else None, figures)
    return Finding("journal", kb_t("{last} entries, all sealed", last=f"{last:,}"), figures=figures)


def _consumer(wiki: Wiki, part: str, reached: int, late_after: float) -> Finding:
    entries, seconds = _lag(wiki, reached)
    figures = {"position": reached, "entries_behind": entries, "seconds_behind": seconds}
    if not entries:
        return Finding(part, kb_t("up to date"), figures=figures)
    says = kb_t(
        "{entries} entries behind, the first of them {seconds} seconds old",
        entries=f"{entries:,}",
        seconds=f"{seconds:,.0f}",
    )
    return Finding(part, says, kb_t(WORK) if seconds > late_after else None, figures)


def _lag(wiki: Wiki, reached: int) -> tuple[int, float]:
    """How many sealed entries were not taken in, and for how many seconds the first of them has waited."""
    with wiki.read() as connection:
        since = waiting_since(connection, wiki.id, reached)
        if since is None:
            return 0, 0.0
        entries = last_position(connection, wiki.id) - reached
    return entries, max((wiki.clock() - since).total_seconds(), 0.0)


def _search(wiki: Wiki, late_after: float) -> Finding:
    sync = wiki.search.sync
    if sync is None:
        return Finding(
            "search", kb_t("no index: titles and paths are searched"), figures={"engine": None, "usable": False}
        )
    engine = sync.engine
    figures: dict[str, Any] = {"engine": engine.name, "usable": engine.is_usable()}
    try:
        figures |= {"pages": engine.page_count(), "bytes": engine.size()}
        behind = _consumer(wiki, "search", engine.position(), late_after)
    except IndexUnusable as error:
        to_do = kb_t(INSTALL) if isinstance(engine, MissingEngine) else kb_t(REBUILD)
        return Finding("search", kb_t("{name}: not usable, {error}", name=engine.name, error=error), to_do, figures)
    size = kb_t(
        "{pages} [pages], {megabytes} MB",
        pages=f"{figures['pages']:,}",
        megabytes=f"{figures['bytes'] / 1e6:,.1f}",
    )
    return Finding(
        "search",
        f"{engine.name}: {size}, {behind.says}",
        behind.to_do,
        figures | behind.figures,
    )
