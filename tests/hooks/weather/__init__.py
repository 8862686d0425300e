"""A plugin for the tests that uses everything that is around the wiki: routes, feeds, work, commands, tables, words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from sqlalchemy import Column, Integer, MetaData, String, Table, UniqueConstraint, delete, insert, select

from kbwiki.actors import Actor
from kbwiki.hooks import (
    Asking,
    Exported,
    Exporter,
    Feed,
    FeedEntry,
    Go,
    Imported,
    Importer,
    Json,
    NavItem,
    Plugin,
    Raw,
    RouteTo,
    Screen,
    Setting,
    Tables,
    Term,
    Work,
    hookimpl,
)

METADATA = MetaData()
REPORTS = Table(
    "kbwiki_x_weather_report",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("wiki_id", Integer, nullable=False),
    Column("place", String(100), nullable=False),
    Column("words", String(1000), nullable=False, server_default=""),
    UniqueConstraint("wiki_id", "place", name="uq_kbwiki_x_weather_report_place"),
)


class Weather(Plugin):
    """Reports, one for each place."""

    name = "weather"
    version = "1.2"
    summary = "What it is like outside."
    settings = (
        Setting("places", ("Kiel",), help="Which places there are."),
        Setting("key", "", help="The key of the service.", secret=True),
    )
    tables = Tables(METADATA, "tests.hooks.weather:migrations")
    static = "static"
    templates = "templates"
    locales = "locales"

    @hookimpl
    def vocabulary(self) -> Term:
        """What a report is called."""
        return Term("report", "report", "reports")

    @hookimpl
    def navigation(self) -> Iterable[NavItem]:
        """For all, and for some."""
        yield NavItem(self.say("Weather"), self.site.route("list"))
        yield NavItem("Stations", "/stations", groups=("meteorologists",))

    @hookimpl
    def routes(self) -> Iterable[RouteTo]:
        """One of each kind of answer."""
        yield RouteTo("/", self.list_reports, "list")
        yield RouteTo("/report/<place>", self.report, "report", methods=("GET", "POST"))
        yield RouteTo("/secret", lambda asking: Json({"secret": True}), "secret", groups=("meteorologists",))
        yield RouteTo("/raw/<kind>", self.raw, "raw")
        yield RouteTo("/go", lambda asking: Go(asking.args["to"], "Off you go."), "go")
        yield RouteTo("/screen", self.screen, "screen", methods=("GET", "POST"))

    def list_reports(self, asking: Asking) -> Screen:
        """Through a template."""
        rows = self.site.rows(select(REPORTS).where(REPORTS.c.wiki_id == self.site.wiki_id).order_by(REPORTS.c.place))
        title = self.say("All [reports]")
        return Screen(title, template="kbwiki_x_weather/list.html", facts={"reports": [dict(row) for row in rows]})

    def report(self, asking: Asking) -> Screen | Go:
        """A form, and what it does."""
        place = asking.values["place"]
        if asking.method == "POST":
            ours = (REPORTS.c.wiki_id == self.site.wiki_id) & (REPORTS.c.place == place)
            made = insert(REPORTS).values(wiki_id=self.site.wiki_id, place=place, words=asking.form["words"])
            self.site.run(delete(REPORTS).where(ours), made)
            return Go(self.site.route("list"), "Kept.")
        form = f'<form method="post" action="{self.site.route("report", place=place)}">'
        return Screen(place, form + '<textarea name="words"></textarea><button type="submit">Keep</button></form>')

    def screen(self, asking: Asking) -> object:
        """Whatever is asked for: what plugins do wrong."""
        return eval(asking.args["give"], {"Screen": Screen, "Raw": Raw, "Json": Json, "Go": Go, "Path": Path})

    def raw(self, asking: Asking) -> Raw:
        """Bytes of a type."""
        kind = asking.values["kind"].replace("-", "/", 1)
        return Raw(b"<svg/onload=alert(1)><script>alert(1)</script>", kind, file_name=asking.args.get("name", ""))

    @hookimpl
    def feeds(self) -> Feed:
        """The newest reports."""
        return Feed("reports", "Weather & more", self.entries)

    def entries(self, actor: Actor) -> Iterator[FeedEntry]:
        """One."""
        at = datetime(2026, 1, 2, tzinfo=UTC)
        yield FeedEntry("1", f"For <{actor.name}>", self.site.route("list"), at, author="Nell", text="Rain\x0b.")

    @hookimpl
    def commands(self) -> Iterable[click.Command]:
        """Two commands, one of which fails."""

        @click.command("say")
        @click.option("--loud", is_flag=True)
        @click.argument("words")
        def say(words: str, loud: bool) -> None:
            click.echo(f"{words.upper() if loud else words} in {self.site.wiki}")

        @click.command("fail")
        def fail() -> None:
            raise ValueError("rain")

        return [say, fail]

    @hookimpl
    def scheduled_work(self) -> Iterable[Work]:
        """Work that writes what it does into the log of the settings' place, and work that fails."""
        yield Work("measure", self.measure, timedelta(minutes=10))
        yield Work("break", self.fail, timedelta(minutes=10))

    def measure(self) -> None:
        """Writes down that it was done."""
        places = self.site.rows(select(REPORTS.c.id))
        made = insert(REPORTS).values(wiki_id=self.site.wiki_id, place=f"measured {len(places)}", words="")
        self.site.run(made)

    def fail(self) -> None:
        """Raises."""
        raise ValueError("no wind")

    @hookimpl
    def importers(self) -> Importer:
        """From JSON lines."""
        return Importer("lines", self.read_lines)

    def read_lines(self, source: str) -> Iterator[Imported]:
        """A page on each line."""
        for line in Path(source).read_text("utf-8").splitlines():
            said = json.loads(line)
            yield Imported(**{**said, "tags": tuple(said.get("tags", ()))})

    @hookimpl
    def exporters(self) -> Exporter:
        """To JSON lines."""
        return Exporter("lines", self.write_lines)

    def write_lines(self, target: str, pages: Iterable[Exported]) -> None:
        """A page on each line."""
        lines = [json.dumps({"path": one.path, "text": one.text, "tags": one.tags}) for one in pages]
        Path(target).write_text("\n".join(lines), "utf-8")
