"""How the wiki stands: one look at everything that can fall behind, and what to do about it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import click
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from ..errors import KBWikiError
from ..journal.append import count_unsealed, unsealed_since
from ..journal.models import Entry
from ..journal.tail import cursor_of, last_position, waiting_since
from ..moderation.assessment.follow import CONSUMER as RISK
from ..pages.links import CONSUMER as LINKS
from ..search.engines.missing import MissingEngine
from ..search.engines.protocol import IndexUnusable
from ..upgrade import current_revision, newest_revision
from ..wiki import Wiki
from ..wording import N_, kb_t
from ..wording.amounts import grouped
from . import spoken
from .finding import PARTS, Finding
from .plugin_findings import look_at_plugins
from .plugin_lags import subscription

LOOK = "kbwiki.look"
"""Where in a command's context stands how to look at the host; without a host, nothing does."""

MOST_AHEAD = 120.0
"""How many seconds clocks may differ before it is said."""

UPGRADE = N_("Run: flask kbwiki db upgrade")
WORK = N_("Run: flask kbwiki work --once (or keep `flask kbwiki work` running)")
INSTALL = N_("Install what it needs, for Whoosh the package whoosh-reloaded and no other of that name, and restart")
REBUILD = N_("Run: flask kbwiki search rebuild (the next [search] begins to, too)")


@spoken.command(
    "check",
    help=N_("Say how the [wiki] stands, changing nothing. Exit code 1 when something needs doing; it is said what."),
)
@spoken.option(
    "--late-after",
    default=300.0,
    show_default=True,
    help=N_("Seconds that links, [search] and risk may be behind before something needs doing."),
)
@spoken.option("--json", "as_json", is_flag=True, help=N_("Print one JSON object for programs."))
@click.pass_obj
def check(wiki: Wiki, late_after: float, as_json: bool) -> None:
    around: Callable[[], Iterable[Finding]] = click.get_current_context().meta.get(LOOK, tuple)
    findings = [*look_at(wiki, late_after), *around()]
    needed = [finding for finding in findings if finding.to_do]
    if as_json:
        click.echo(json.dumps({"ok": not needed, "parts": _parts(findings), "problems": _problems(needed)}))
    else:
        for finding in findings:
            click.echo(
                f"{'!' if finding.to_do else ' '} {kb_t(PARTS.get(finding.part, finding.part)):<10} {finding.says}"
            )
            if finding.to_do:
                click.echo(f"             {finding.to_do}")
    if needed:
        raise SystemExit(1)


def _parts(findings: Iterable[Finding]) -> dict[str, Any]:
    """What is said of each part; where something needs doing, that goes before what does not."""
    said: dict[str, Any] = {}
    for finding in findings:
        if finding.part not in said or finding.to_do:
            said[finding.part] = {"says": finding.says, "to_do": finding.to_do, **finding.figures}
    return said


def _problems(needed: Iterable[Finding]) -> list[dict[str, str | None]]:
    return [{"code": one.code or one.part, "part": one.part, "says": one.says, "to_do": one.to_do} for one in needed]


def look_at(wiki: Wiki, late_after: float) -> Iterator[Finding]:
    """Every part in turn; where one is missing that the others stand on, the rest is left out."""
    kind = wiki.database.dialect
    try:
        with wiki.read() as connection:
            at = current_revision(connection)
    except (KBWikiError, SQLAlchemyError) as error:
        to_do = kb_t("See that the database runs and can be reached.")
        yield Finding("database", f"{kind}: {error}", to_do, code="database-unreachable")
        return
    says = kb_t("{kind}, reachable", kind=kind)
    yield Finding("database", f"{says}{_whose(wiki)}", figures={"kind": kind})
    newest = newest_revision()
    figures = {"revision": at, "newest": newest}
    if at != newest:
        yield Finding("tables", _behind(at, newest), kb_t(UPGRADE), figures, "tables-behind")
        return
    yield Finding("tables", kb_t("up to date ({at})", at=at), figures=figures)
    try:
        yield _journal(wiki, late_after)
        yield from _clock(wiki)
        yield from _files(wiki)
        yield _consumer(wiki, "links", _cursor(wiki, LINKS), late_after)
        yield _search(wiki, late_after)
        yield _consumer(wiki, "risk", _cursor(wiki, RISK), late_after)
        yield from (subscription(lag, late_after) for lag in wiki.subscriptions.lags())
        yield from look_at_plugins(wiki)
    except KBWikiError as error:
        yield Finding("wiki", str(error), kb_t(UPGRADE))


def _behind(at: str | None, newest: str | None) -> str:
    if at is None:
        return kb_t("at nothing: there are none yet; newest is {newest}", newest=newest)
    return kb_t("at {at}; newest is {newest}", at=at, newest=newest)


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
        says = kb_t(
            "{last} entries sealed, {waiting} wait for their place", last=grouped(last), waiting=grouped(waiting)
        )
        return Finding("journal", says, kb_t(WORK) if late else None, figures, "unsealed" if late else "")
    return Finding("journal", kb_t("{last} entries, all sealed", last=grouped(last)), figures=figures)


def _clock(wiki: Wiki) -> Iterator[Finding]:
    """An entry from the future: a clock was wrong then, or is now."""
    newest = select(func.max(Entry.at)).where(Entry.wiki_id == wiki.id)
    with wiki.read() as connection:
        at = connection.execute(newest).scalar()
    ahead = (at - wiki.clock()).total_seconds() if at is not None else 0.0
    if ahead > MOST_AHEAD:
        says = kb_t(
            "the newest entry is {seconds} seconds in the future: clocks of machines differ", seconds=grouped(ahead)
        )
        yield Finding("clock", says, kb_t("Set the clocks of all machines by one (NTP)."), code="clock-ahead")


def _files(wiki: Wiki) -> Iterator[Finding]:
    """Whether SQLite could set itself up so that reading and writing do not wait for each other."""
    if wiki.database.dialect != "sqlite":
        return
    with wiki.read() as connection:
        mode = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar())
    if mode != "wal":
        says = kb_t("SQLite keeps its journal in mode {mode!r}: who reads waits for who writes", mode=mode)
        yield Finding("database", says, kb_t("Run: sqlite3 FILE 'PRAGMA journal_mode = WAL'"), code="journal-mode")


def _consumer(wiki: Wiki, part: str, reached: int, late_after: float) -> Finding:
    entries, seconds = _lag(wiki, reached)
    figures = {"position": reached, "entries_behind": entries, "seconds_behind": seconds}
    if not entries:
        return Finding(part, kb_t("up to date"), figures=figures)
    says = kb_t(
        "{entries} entries behind, the first of them {seconds} seconds old",
        entries=grouped(entries),
        seconds=grouped(seconds),
    )
    late = seconds > late_after
    return Finding(part, says, kb_t(WORK) if late else None, figures, "late" if late else "")


def _lag(wiki: Wiki, reached: int) -> tuple[int, float]:
    """How many sealed entries were not taken in, and for how many seconds the first of them has waited."""
    with wiki.read() as connection:
        since = waiting_since(connection, wiki.id, reached)
        if since is None:
            return 0, 0.0
        entries = last_position(connection, wiki.id) - reached
    return entries, max((wiki.clock() - since).total_seconds(), 0.0)


def _is_empty(wiki: Wiki) -> bool:
    with wiki.read() as connection:
        return last_position(connection, wiki.id) == 0


def _search(wiki: Wiki, late_after: float) -> Finding:
    sync = wiki.search.sync
    if sync is None:
        return Finding(
            "search", kb_t("no index: titles and paths are looked through"), figures={"engine": None, "usable": False}
        )
    engine = sync.engine
    figures: dict[str, Any] = {"engine": engine.name, "usable": engine.is_usable()}
    try:
        figures |= {"pages": engine.page_count(), "bytes": engine.size()}
        behind = _consumer(wiki, "search", engine.position(), late_after)
    except IndexUnusable as error:
        missing = isinstance(engine, MissingEngine)
        if not missing and _is_empty(wiki):
            says = kb_t("{name}: no index yet, and nothing to be found", name=engine.name)
            return Finding("search", says, figures=figures)
        says = kb_t("{name}: not usable, {error}", name=engine.name, error=error)
        return Finding("search", says, kb_t(INSTALL if missing else REBUILD), figures, "index-unusable")
    size = kb_t(
        "{pages} [pages], {megabytes} MB",
        pages=grouped(figures["pages"]),
        megabytes=grouped(figures["bytes"] / 1e6, 1),
    )
    says = f"{engine.name}: {size}, {behind.says}"
    return Finding("search", says, behind.to_do, figures | behind.figures, behind.code)
