"""Pages as HTML: nothing is rendered twice, and every link shows how things stand now, for whoever reads."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import event, func, select

from kbwiki.actors import ANONYMOUS, Actor
from kbwiki.pages.actions import bring_back, delete_page, move_page
from kbwiki.pages.models import ParsedText, Rendered
from kbwiki.pages.queries.view import get_page
from kbwiki.pages.rendering import PageHtml, RenderCache, existing, page_html, preview_html
from kbwiki.testing import READER, WRITER, make_space, read, save
from kbwiki.wiki import Wiki

INSIDER = Actor("insider", "Ines Insider", frozenset({"insiders"}))
NOW = datetime(2026, 11, 23, tzinfo=UTC)
LINK = re.compile(r'<a [^>]*?href="(?P<href>[^"]*)"')


def address(path: str, section: str | None, missing: bool) -> str:
    return f"/new/{path}" if missing else f"/wiki/{path}" + (f"#{section}" if section else "")


def shown(wiki: Wiki, path: str, by: Actor = READER, cache: RenderCache | None = None) -> PageHtml:
    """The page as HTML; without a cache, as a process that has just started shows it."""
    with wiki.read() as connection:
        view = get_page(connection, wiki.id, path, by)
        return page_html(
            wiki.database,
            connection,
            cache or RenderCache(1_000_000),
            wiki_id=wiki.id,
            actor=by,
            path=view.path,
            digest=view.text_digest,
            links=view.links,
            headings=view.headings,
            address=address,
            max_output=1_000_000,
            now=NOW,
        )


def hrefs(wiki: Wiki, path: str, by: Actor = READER) -> list[str]:
    return LINK.findall(shown(wiki, path, by).html)


def kept(wiki: Wiki) -> tuple[int, int]:
    """How many renderings and how many parsed texts the database holds."""
    with wiki.read() as connection:
        return (
            connection.execute(select(func.count()).select_from(Rendered)).scalar_one(),
            connection.execute(select(func.count()).select_from(ParsedText)).scalar_one(),
        )


@contextmanager
def statements(wiki: Wiki) -> Iterator[list[str]]:
    """The SQL the wiki sends while the block runs."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(" ".join(statement.split()))

    event.listen(wiki.database.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(wiki.database.engine, "before_cursor_execute", note)


def test_a_page_is_rendered_by_the_first_who_reads_it(wiki: Wiki) -> None:
    save(wiki, "page", "# Title\n\nSome *words*.\n")
    assert kept(wiki) == (0, 0)
    html = shown(wiki, "page")
    assert "<em>words</em>" in html.html
    assert [heading.title for heading in html.toc] == ["Title"]
    assert kept(wiki) == (1, 1)


def test_the_next_process_takes_the_html_from_the_database_without_looking_at_the_text(wiki: Wiki) -> None:
    save(wiki, "page", "# Title\n\nSome *words*.\n")
    first = shown(wiki, "page")
    with statements(wiki) as sent:
        second = shown(wiki, "page")
    assert second == first
    assert [one for one in sent if "kbwiki_text" in one or one.startswith("INSERT")] == []
    assert sum("kbwiki_rendered" in one for one in sent) == 1


def test_the_same_process_does_not_even_ask_for_the_html(wiki: Wiki) -> None:
    save(wiki, "page", "Some *words* and a [[link]].\n")
    cache = RenderCache(1_000_000)
    first = shown(wiki, "page", cache=cache)
    with statements(wiki) as sent:
        second = shown(wiki, "page", cache=cache)
    assert second == first
    assert [one for one in sent if "kbwiki_rendered" in one or "kbwiki_text" in one] == []
    assert kept(wiki) == (1, 1)


def test_a_page_with_links_takes_no_more_statements_than_it_has_reasons(wiki: Wiki) -> None:
    save(wiki, "page", " ".join(f"[[target-{number}]]" for number in range(50)))
    shown(wiki, "page")
    with statements(wiki) as sent:
        shown(wiki, "page")
    assert len([one for one in sent if one.startswith("SELECT")]) <= 3


def test_the_same_text_on_two_pages_without_links_is_rendered_once(wiki: Wiki) -> None:
    save(wiki, "one", "Same.\n")
    save(wiki, "two", "Same.\n")
    assert shown(wiki, "one") == shown(wiki, "two")
    assert kept(wiki) == (1, 1)


def test_what_cannot_change_the_html_renders_nothing_anew(wiki: Wiki) -> None:
    save(wiki, "page", "[[other]]\n")
    save(wiki, "other", "x\n")
    shown(wiki, "page")
    before = kept(wiki)
    save(wiki, "page", "[[other]]\n", title="New title", tags=("a",), base=1)
    save(wiki, "other", "y\n", base=1)
    save(wiki, "third", "z\n")
    shown(wiki, "page")
    shown(wiki, "page", by=WRITER)
    assert kept(wiki) == before


def test_an_edit_renders_the_new_text_and_going_back_renders_nothing(wiki: Wiki) -> None:
    save(wiki, "page", "Old.\n")
    old = shown(wiki, "page")
    save(wiki, "page", "New.\n", base=1)
    assert "New." in shown(wiki, "page").html
    assert kept(wiki) == (2, 2)
    save(wiki, "page", "Old.\n", base=2)
    assert shown(wiki, "page") == old
    assert kept(wiki) == (2, 2)


def test_a_link_shows_that_its_page_came(wiki: Wiki) -> None:
    save(wiki, "page", "[[other]]\n")
    cache = RenderCache(1_000_000)
    assert LINK.findall(shown(wiki, "page", cache=cache).html) == ["/new/other"]
    save(wiki, "other", "x\n")
    assert LINK.findall(shown(wiki, "page", cache=cache).html) == ["/wiki/other"]


def test_a_link_shows_that_its_page_went_and_came_back(wiki: Wiki) -> None:
    save(wiki, "page", "[[other]]\n")
    save(wiki, "other", "x\n")
    assert hrefs(wiki, "page") == ["/wiki/other"]
    with wiki.begin(WRITER) as tx:
        delete_page(tx, "other")
    assert hrefs(wiki, "page") == ["/new/other"]
    with wiki.begin(WRITER) as tx:
        bring_back(tx, "other")
    assert hrefs(wiki, "page") == ["/wiki/other"]


def test_a_link_to_a_page_that_moved_still_leads_to_it(wiki: Wiki) -> None:
    make_space(wiki, "rules", writers=("editors",))
    save(wiki, "other", "x\n")
    save(wiki, "rules/page", "[[/other]]\n", by=Actor("ed", "Ed", frozenset({"editors"})))
    with wiki.begin(WRITER) as tx:
        move_page(tx, "other", "elsewhere")
    assert read(wiki, "rules/page") == "[[/other]]\n"
    assert hrefs(wiki, "rules/page") == ["/wiki/other"]


def test_a_link_to_a_page_somebody_may_not_read_looks_missing_to_them_alone(wiki: Wiki) -> None:
    make_space(wiki, "closed", readers=("insiders",), writers=("insiders",))
    save(wiki, "closed/page", "x\n", by=INSIDER)
    save(wiki, "page", "[[closed/page]]\n")
    cache = RenderCache(1_000_000)
    for _ in range(2):
        assert LINK.findall(shown(wiki, "page", INSIDER, cache).html) == ["/wiki/closed/page"]
        assert LINK.findall(shown(wiki, "page", READER, cache).html) == ["/new/closed/page"]
        assert LINK.findall(shown(wiki, "page", ANONYMOUS, cache).html) == ["/new/closed/page"]


def test_links_change_when_a_space_is_closed_or_opened(wiki: Wiki) -> None:
    save(wiki, "hr/page", "x\n")
    save(wiki, "page", "[[hr/page]]\n")
    assert hrefs(wiki, "page") == ["/wiki/hr/page"]
    make_space(wiki, "hr", readers=("insiders",), writers=("insiders",))
    assert hrefs(wiki, "page") == ["/new/hr/page"]
    make_space(wiki, "hr", readers=None, writers=None)
    assert hrefs(wiki, "page") == ["/wiki/hr/page"]


def test_a_link_by_another_spelling_leads_to_the_only_page_it_can_mean(wiki: Wiki) -> None:
    save(wiki, "SDL_Log", "x\n")
    save(wiki, "page", "[[sdl_log]] [[SDL_Log]]\n")
    assert hrefs(wiki, "page") == ["/wiki/SDL_Log", "/wiki/SDL_Log"]
    save(wiki, "SDL_LOG", "y\n")
    assert hrefs(wiki, "page") == ["/new/sdl_log", "/wiki/SDL_Log"]


def test_a_page_that_came_back_to_its_old_address_is_still_found_by_other_spellings(wiki: Wiki) -> None:
    save(wiki, "foo-bar", "x\n")
    for old, new in (("foo-bar", "aside"), ("aside", "foo-bar")):
        with wiki.begin(WRITER) as tx:
            move_page(tx, old, new)
    save(wiki, "page", "[[foo-bar]] [[Foo Bar]]\n")
    assert hrefs(wiki, "page") == ["/wiki/foo-bar", "/wiki/foo-bar"]


def test_a_link_by_another_spelling_does_not_depend_on_the_other_links_of_the_page(wiki: Wiki) -> None:
    save(wiki, "foo-bar", "Moves away.\n")
    with wiki.begin(WRITER) as tx:
        move_page(tx, "foo-bar", "gone")
    save(wiki, "Foo Bar", "Looks like the old address.\n")
    save(wiki, "one", "[[foo_bar]]\n")
    save(wiki, "two", "[[foo_bar]] [[foo-bar]]\n")
    assert hrefs(wiki, "one") == ["/wiki/Foo Bar"]
    assert hrefs(wiki, "two") == ["/wiki/Foo Bar", "/wiki/foo-bar"]


def test_a_page_links_to_itself_even_before_it_is_saved(wiki: Wiki) -> None:
    with wiki.read() as connection:
        html = preview_html(connection, wiki.id, WRITER, "new/page", "[[#part]] [[page]]", address, 10_000).html
    found = LINK.findall(html)
    assert len(found) == 2
    assert all(href.startswith("#") or href == "/wiki/new/page" for href in found)


def test_a_preview_keeps_nothing(wiki: Wiki) -> None:
    with wiki.read() as connection, statements(wiki) as sent:
        html = preview_html(connection, wiki.id, WRITER, "page", "**Not** saved. [[x]]", address, 10_000)
    assert "<strong>Not</strong>" in html.html
    assert [one for one in sent if not one.startswith("SELECT")] == []
    assert kept(wiki) == (0, 0)


def test_a_reader_does_not_wait_for_somebody_who_is_writing(sqlite_wiki: Wiki) -> None:
    save(sqlite_wiki, "page", "Words.\n")
    with sqlite_wiki.database.write():
        reader: list[str] = []
        thread = threading.Thread(target=lambda: reader.append(shown(sqlite_wiki, "page").html))
        thread.start()
        thread.join(4)
        assert reader, "the reader waits for the writer"
    assert "Words." in reader[0]
    assert kept(sqlite_wiki) == (0, 0)
    shown(sqlite_wiki, "page")
    assert kept(sqlite_wiki) == (1, 1)


def test_readers_at_the_same_moment_keep_one_rendering(wiki: Wiki) -> None:
    save(wiki, "page", "Words.\n" * 200)
    seen: list[str] = []
    threads = [threading.Thread(target=lambda: seen.append(shown(wiki, "page").html)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 6
    assert len(set(seen)) == 1
    assert kept(wiki) == (1, 1)


def test_what_is_derived_can_be_dropped_at_any_time(wiki: Wiki) -> None:
    save(wiki, "page", "# Title\n\n[[other]]\n")
    first = shown(wiki, "page")
    for table in ("kbwiki_rendered", "kbwiki_parsed_text"):
        with wiki.database.write() as connection:
            connection.exec_driver_sql(f"DELETE FROM {table}")
        assert shown(wiki, "page") == first
    assert kept(wiki)[0] == 1


def test_raw_html_is_shown_as_text(wiki: Wiki) -> None:
    save(wiki, "page", "<script>alert(1)</script>\n\n<b onclick=x>bold</b>\n")
    html = shown(wiki, "page").html
    assert "<script" not in html
    assert "<b " not in html
    assert "&lt;script&gt;" in html


def test_more_links_than_one_statement_takes_are_all_resolved(wiki: Wiki) -> None:
    save(wiki, "target-1234", "x\n")
    paths = [f"target-{number}" for number in range(1300)]
    with wiki.read() as connection:
        assert existing(connection, wiki.id, READER, paths) == {"target-1234": "target-1234"}


def test_the_cache_of_a_process_lets_go_of_what_was_not_used_for_longest() -> None:
    cache = RenderCache(10)
    cache.put(b"one", "1111")
    cache.put(b"two", "2222")
    assert cache.get(b"one") == "1111"
    cache.put(b"three", "3333")
    assert (cache.get(b"one"), cache.get(b"two"), cache.get(b"three")) == ("1111", None, "3333")
    cache.put(b"huge", "x" * 11)
    assert cache.get(b"huge") is None
    assert cache.get(b"three") == "3333"
