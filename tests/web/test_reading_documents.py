"""A page and everything below it as one document; the first page, what is new, and a wiki without any."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, select

from kbwiki import ANONYMOUS, Wiki
from kbwiki.files import NewFile, upload_file
from kbwiki.notices.models import LastVisit
from kbwiki.testing import ADMIN, MODERATOR, READER, SECOND_WRITER, WRITER, make_space, save
from tests.databases import SqliteTemplate

from .conftest import Visitor, come, host


@pytest.fixture
def small(tmp_path: Path, _sqlite_template: SqliteTemplate) -> Flask:
    """A host whose documents have four pages at most."""
    return host(_sqlite_template.copy_to(tmp_path / "wiki.db"), tmp_path / "instance")


def keys(html: str) -> list[str]:
    return re.findall(r'<h[1-6][^>]* id="(kb_d\d+)"', html)


def test_a_subtree_is_one_document_in_the_order_of_the_tree(visitor: Visitor, wiki: Wiki) -> None:
    note = "Words.[^1]\n\n[^1]: A note.\n"
    save(wiki, "a", f"See [[/a/b#part]] and [[/c]].\n\n## Part\n\n{note}", title="A")
    save(wiki, "a/b/c", f"## Part\n\nBack to [[/a]]. [Here](#part).\n\n{note}", title="C")
    save(wiki, "a/b", f"# Title\n\n## Part\n\n{note}", title="B")
    save(wiki, "a/b-c", "Words.", title="B-C")
    save(wiki, "a-b", "Not below.", title="Not below")
    save(wiki, "c", "Elsewhere.", title="Elsewhere")
    make_space(wiki, "a/secret", readers=("insiders",), writers=("staff",))
    save(wiki, "a/secret", "Hidden plans.", title="Secret")
    visitor.actor = READER

    html = visitor.text("/wiki/-/document/a")

    titles = [re.sub(r"<[^>]+>", "", one) for one in re.findall(r'<h\d[^>]* id="kb_d\d+"[^>]*>(.*?)</h', html)]
    assert titles == ["A", "B", "C", "B-C"]
    ids = Counter(re.findall(r'\sid="([^"]+)"', html))
    assert [one for one, times in ids.items() if times > 1] == []
    inside = re.findall(r'href="#([^"]+)"', html)
    assert set(inside) <= set(ids)
    assert "kb_d2-kb_s-part" in inside or any(one.startswith("kb_d2-") for one in inside)
    assert 'href="/wiki/c"' in html, "what is not in it is linked to as ever"
    levels = [int(one) for one in re.findall(r"<h([1-6])[ >]", html.partition("<article")[2].partition("</article")[0])]
    assert levels[0] == 1
    assert 1 not in levels[1:]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels)), levels
    assert "Secret" not in html
    assert "Hidden plans" not in html


def test_what_there_is_no_room_for_is_said(small: Flask) -> None:
    mount = small.extensions["kbwiki"]["main"]
    object.__setattr__(mount.settings, "document_pages", 3)
    visitor, wiki = come(small), mount.wiki
    for number in range(5):
        save(wiki, f"a/{number}", "Words.")
    save(wiki, "a", "Words.")

    html = visitor.text("/wiki/-/document/a")

    assert len(keys(html)) == 3
    assert "There was no room for 3 more pages." in html
    wiki.close()


@pytest.fixture
def at(wiki: Wiki) -> Callable[..., datetime]:
    """Set the wiki's clock, in hours after a morning in January."""
    start = datetime(2026, 1, 5, 9, tzinfo=UTC)

    def set_to(hours: float) -> datetime:
        now = start + timedelta(hours=hours)
        wiki.clock = lambda: now
        return now

    return set_to


def new_in(html: str) -> list[str]:
    """The pages that the list of what is new names."""
    part = re.search(r'<section aria-labelledby="kb_news">.*?</section>', html, re.DOTALL)
    assert part is not None
    return re.findall(r'<li><a href="/wiki/([^"]+)"', part[0])


def test_what_is_new_is_what_others_did_since_the_last_visit(
    visitor: Visitor, wiki: Wiki, at: Callable[..., datetime]
) -> None:
    at(0)
    save(wiki, "old", "words", by=SECOND_WRITER)
    assert "/wiki/old" in visitor.text("/wiki/-/for-you"), "at first: the last week"
    at(5)
    save(wiki, "new", "words", by=SECOND_WRITER, title="A new one")
    save(wiki, "mine", "words", by=WRITER)
    make_space(wiki, "secret", readers=("insiders",), writers=("insiders",))
    save(wiki, "secret", "words", by=ADMIN)

    at(6)
    assert new_in(visitor.text("/wiki/-/for-you")) == ["new"]
    at(6.5)
    assert new_in(visitor.text("/wiki/-/for-you")) == ["new"], "this visit goes on"
    at(9)
    assert new_in(visitor.text("/wiki/-/for-you")) == []


def test_a_visit_is_noted_every_ten_minutes_at_most_and_nothing_of_strangers(
    visitor: Visitor, wiki: Wiki, at: Callable[..., datetime]
) -> None:
    def noted() -> list[tuple[str, datetime]]:
        with wiki.read() as connection:
            return [tuple(row) for row in connection.execute(select(LastVisit.actor, LastVisit.here_at))]

    first = at(0)
    visitor.text("/wiki/-/for-you")
    at(0.1)
    visitor.text("/wiki/-/for-you")
    assert noted() == [(WRITER.id, first)]
    later = at(0.2)
    visitor.text("/wiki/-/for-you")
    assert noted() == [(WRITER.id, later)]

    visitor.actor = ANONYMOUS
    assert visitor.get("/wiki/-/for-you").status_code == 403
    assert "data-kb-for-you" not in visitor.get("/wiki/").get_data(as_text=True)
    assert len(noted()) == 1


def test_what_waits_and_what_is_missing_is_named(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "home", "See [[unwritten]].", by=SECOND_WRITER)
    visitor.actor = MODERATOR

    brief, html = (visitor.text(f"/wiki/-/for-you?fragment={how}") for how in ("brief", "whole"))

    assert "/wiki/-/new?path=unwritten" not in brief, "it takes longer, so it comes when somebody looks"

    assert "1 review is open" in html
    assert 'data-kb-said="1 new · 1 waits for you"' in html
    assert "/wiki/-/new?path=unwritten" in html
    assert "<html" not in html


def test_the_first_page_stays_kept_for_those_signed_in(
    visitor: Visitor, wiki: Wiki, at: Callable[..., datetime]
) -> None:
    at(0)
    save(wiki, "home", "words")
    assert "data-kb-for-you" in visitor.text("/wiki/")
    asked: list[str] = []
    event.listen(wiki.database.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))

    visitor.text("/wiki/")

    assert len(asked) == 1


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        (
            ADMIN,
            {"Write the first page", "First steps", "Make a space", "Choose words", "flask kbwiki import git FOLDER"},
        ),
        (WRITER, {"Write the first page", "First steps"}),
        (ANONYMOUS, set()),
    ],
    ids=["admin", "writer", "stranger"],
)
def test_an_empty_wiki_says_what_this_visitor_can_begin_with(
    visitor: Visitor, wiki: Wiki, who: object, offered: set[str]
) -> None:
    visitor.actor = who  # type: ignore[assignment]
    main = visitor.get("/wiki/").get_data(as_text=True).partition("<main")[2].partition("</main")[0]
    every = {"Write the first page", "First steps", "Make a space", "Choose words", "flask kbwiki import git FOLDER"}

    assert {one for one in every if one in main} == offered


def test_what_is_a_file_is_not_asked_for_as_a_page(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "home", "[[nowhere]] ![plan](plan.txt)\n")
    content = wiki.files.keep(BytesIO(b"words"))
    with wiki.begin(WRITER) as tx:
        upload_file(tx, NewFile("plan.txt", content))

    shown = visitor.text("/wiki/-/for-you")

    assert "path=nowhere" in shown
    assert "path=plan.txt" not in shown
