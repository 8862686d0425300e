"""The handbook's texts: they parse, they link to what is there, and their story can be told."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from kbwiki.demo.chronicle import CONTENT, Decide, Delete, Move, Write, read_chronicle, text_of_page
from kbwiki.demo.growth import after
from kbwiki.demo.people import STAFF
from kbwiki.markup import Link, Resolved, parse, render
from kbwiki.markup.slugs import PREFIX, slug
from kbwiki.moderation.policy import REASONS, Verdict
from kbwiki.pages.paths import locate

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FOLDER = Path(str(CONTENT))
WANTED = {"field/drones", "people/family-leave", "safety/noise"}


@cache
def paths() -> tuple[str, ...]:
    pages = FOLDER / "pages"
    return tuple(sorted(file.relative_to(pages).with_suffix("").as_posix() for file in pages.rglob("*.md")))


@cache
def told() -> tuple[object, ...]:
    return read_chronicle(NOW).events


def written() -> list[Write]:
    return [event for event in told() if isinstance(event, Write)]


def latest_texts() -> dict[str, str]:
    """Every page's text when the story is over, bad edits and all; what moves keeps its first path here."""
    texts: dict[str, str] = {}
    for write in written():
        texts[write.page] = after(texts[write.page], write.swaps) if write.text is None else write.text
    return texts


def linked(path: str, text: str) -> set[tuple[str, str | None]]:
    targets = {(locate(link.target, link.style, path), link.section) for link in parse(text).links}
    return {(target, section) for target, section in targets if target is not None}


def test_every_page_has_a_history_and_every_history_a_page() -> None:
    histories = [
        page["path"]
        for file in (FOLDER / "history").glob("*.toml")
        for page in tomllib.loads(file.read_text("utf-8"))["page"]
    ]

    assert sorted(histories) == list(paths())


def test_the_handbook_is_worth_a_visit() -> None:
    assert len(paths()) >= 30
    assert len(written()) >= 250


@pytest.mark.parametrize("path", paths())
def test_a_page_parses_and_renders(path: str) -> None:
    def somewhere(link: Link) -> Resolved:
        return Resolved(f"/handbook/{link.target}", missing=False)

    html = render(parse(text_of_page(path)), resolve=somewhere, max_output=1_000_000).html

    assert "<p>" in html or "<table" in html
    for mark in ("[[", "[!", "[TOC]", "|--", "- [ ]", "- [x]"):
        assert mark not in html.partition("<code")[0], mark


def test_links_lead_to_pages_that_are_there_save_the_wanted_ones() -> None:
    there = set(paths()) | {write.page for write in written()}

    missing = {target for path, text in latest_texts().items() for target, _ in linked(path, text)} - there

    assert missing == WANTED


def test_links_to_sections_lead_to_headings_that_are_there() -> None:
    texts = latest_texts()
    anchors = {path: {heading.anchor for heading in parse(text).headings} for path, text in texts.items()}
    astray = [
        (path, target, section)
        for path, text in texts.items()
        for target, section in linked(path, text)
        if section is not None and PREFIX + slug(section) not in anchors[target]
    ]

    assert astray == []


def test_each_revision_changes_the_text_before_it() -> None:
    before: dict[str, str] = {}
    for write in written():
        text = after(before[write.page], write.swaps) if write.text is None else write.text
        assert text != before.get(write.page), (write.page, write.comment)
        before[write.page] = text


def test_each_revision_says_in_a_few_words_what_it_did() -> None:
    assert [write.page for write in written() if not 2 < len(write.comment) < 200] == []


def test_everybody_in_the_story_works_here() -> None:
    people = {event.by for event in told() if isinstance(event, Write | Move | Delete | Decide)}

    assert people <= set(STAFF)
    assert all("Staff" in STAFF[person].groups for person in people)


def test_pages_grew_over_two_years_by_many_hands() -> None:
    first, last = written()[0], written()[-1]

    assert (last.at - first.at).days > 700
    assert len({write.by for write in written()}) > 15


def test_nothing_in_the_story_happens_after_its_end_or_out_of_order() -> None:
    moments = [event.at for event in read_chronicle(NOW).events]

    assert moments == sorted(moments)
    assert moments[-1] < NOW


def test_decisions_that_take_something_away_give_a_reason() -> None:
    taken = [event for event in told() if isinstance(event, Decide) and event.verdict != Verdict.APPROVE]

    assert {event.verdict for event in taken} == {Verdict.REVERT, Verdict.HIDE, Verdict.CONCERN}
    assert all(event.reason in REASONS and event.reason and event.note for event in taken)


def test_the_last_fortnight_is_told_in_the_same_order_whatever_day_it_is() -> None:
    """Single decisions are made then: where one came before what it is about, the demo would not start that day."""
    weeks = [read_chronicle(NOW + timedelta(days=day)).events for day in range(7)]
    told_of = [
        [
            (type(event).__name__, getattr(event, "page", None), getattr(event, "group", None))
            for event in events
            if event.at.date() > (NOW + timedelta(days=day - 14)).date()
        ]
        for day, events in enumerate(weeks)
    ]

    assert len(told_of[0]) > 40
    assert [order == told_of[0] for order in told_of] == [True] * 7
