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

UPGRADE = "Run: flask kbwiki db upgrade"
WORK = "Run: flask kbwiki work --once (or keep `flask kbwiki work` running)"
INSTALL = "Install what it needs, for Whoosh the package whoosh-reloaded and no other of that name, and restart"
REBUILD = "Run: flask kbwiki search rebuild (the next search begins to, too)"


@dataclass(frozen=True, slots=True)
class Finding:
    """How one part stands: what is said of it, in figures, and what has to be done (None: nothing)."""

    part: str
    says: str
    to_do: str | None = None
    figures: dict[str, Any] = field(default_factory=dict)


@click.command()
@click.option(
    "--late-after",
    default=300.0,
    show_default=True,
    help="Seconds that links, search and risk may be behind before something needs doing.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for programs.")
@click.pass_obj
def check(wiki: Wiki, late_after: float, as_json: bool) -> None:
    """Say how the wiki stands, changing nothing. Exit code 1 when something needs doing; it is said what."""
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
        yield Finding("database", f"{kind}: {error}", "See that the database runs and can be reached.")
        return
    yield Finding("database", f"{kind}, reachable{_whose(wiki)}", figures={"kind": kind})
    newest = newest_revision()
    figures = {"revision": at, "newest": newest}
    if at != newest:
        yield Finding("tables", f"at {at or 'nothing: there are none yet'}; newest is {newest}", UPGRADE, figures)
        return
    yield Finding("tables", f"up to date (revision {at})", figures=figures)
    try:
        yield _journal(wiki, late_after)
        yield _consumer(wiki, "links", _cursor(wiki, LINKS), late_after)
        yield _search(wiki, late_after)
        yield _consumer(wiki, "risk", _cursor(wiki, RISK), late_after)
    except KBWikiError as error:
        yield Finding("wiki", str(error), UPGRADE)


def _whose(wiki: Wiki) -> str:
    """Whose database it is, where a host app knows."""
    says = getattr(wiki.sender, "extensions", {}).get("kbwiki", {})
    mount = says.get(wiki.name.partition("/")[0])
    return f", {mount.choice.says}" if mount is not None else ""


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
        says = f"{last:,} entries sealed, {waiting:,} wait for their place"
        return Finding("journal", says, WORK if late else None, figures)
    return Finding("journal", f"{last:,} entries, all sealed", figures=figures)


def _consumer(wiki: Wiki, part: str, reached: int, late_after: float) -> Finding:
    entries, seconds = _lag(wiki, reached)
    figures = {"position": reached, "entries_behind": entries, "seconds_behind": seconds}
    if not entries:
        return Finding(part, "up to date", figures=figures)
    says = f"{entries:,} entries behind, the first of them {seconds:,.0f} seconds old"
    return Finding(part, says, WORK if seconds > late_after else None, figures)


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
        return Finding("search", "no index: titles and paths are searched", figures={"engine": None, "usable": False})
    engine = sync.engine
    figures: dict[str, Any] = {"engine": engine.name, "usable": engine.is_usable()}
    try:
        figures |= {"pages": engine.page_count(), "bytes": engine.size()}
        behind = _consumer(wiki, "search", engine.position(), late_after)
    except IndexUnusable as error:
        to_do = INSTALL if isinstance(engine, MissingEngine) else REBUILD
        return Finding("search", f"{engine.name}: not usable, {error}", to_do, figures)
    size = f"{figures['pages']:,} pages, {figures['bytes'] / 1e6:,.1f} MB"
    return Finding("search", f"{engine.name}: {size}, {behind.says}", behind.to_do, figures | behind.figures)
