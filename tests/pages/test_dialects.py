"""What plugins make of texts, in a wiki: kept by what it depends on, never at the price of a page, a save or a lock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from markdown_it import MarkdownIt
from sqlalchemy import func, select

from kbwiki import Settings
from kbwiki.hooks import AllowedHtml, Fence, LinkScheme, Macro, MacroCall, Plugin, Span, hookimpl
from kbwiki.markup import PLAIN
from kbwiki.pages.actions import move_page
from kbwiki.pages.models import Rendered
from kbwiki.pages.queries.lists import backlinks
from kbwiki.pages.queries.view import get_page
from kbwiki.pages.rendering import PageHtml, RenderCache, page_html
from kbwiki.testing import READER, WRITER, read, save, shown_as_html
from kbwiki.wiki import Wiki

NOW = datetime(2026, 11, 26, tzinfo=UTC)
RELEASED = threading.Event()


class Texts(Plugin):
    """Everything that is declared for texts; what it makes is said by `answers`."""

    name = "texts"
    version = "1"
    asked: list[Any] = []
    answers: dict[str, Callable[[MacroCall], Any]] = {}

    @hookimpl
    def macros(self) -> Iterable[Macro]:
        """One that counts, one that varies, and one that does what the test says."""
        return (
            Macro("hi", self.hi),
            Macro("now", lambda call: f"<b>{len(self.asked)}</b>", varies=True),
            Macro("does", lambda call: self.answers[call.words[0]](call)),
        )

    def hi(self, call: MacroCall) -> str:
        self.asked.append(call)
        return f"<b>Hi {' '.join(call.words)} on {call.path}</b>"

    @hookimpl
    def spans(self) -> Span:
        return Span("$", "$", lambda text: f"<b>{text}</b>")

    @hookimpl
    def link_schemes(self) -> LinkScheme:
        return LinkScheme("jira", lambda rest: "javascript:alert(1)" if rest == "bad" else f"https://j.example/{rest}")

    @hookimpl
    def allowed_html(self) -> AllowedHtml:
        return AllowedHtml(("b",))


class Newer(Texts):
    version = "2"


class Marked(Plugin):
    """Extends the parser by `==marked==`, and fails where a text says so."""

    name = "marked"

    @hookimpl
    def markdown_extensions(self) -> Iterable[Callable[[MarkdownIt], None]]:
        return [self.extend]

    def extend(self, md: MarkdownIt) -> None:
        def marked(state: Any, silent: bool) -> bool:
            if "raise" in state.src:
                raise ValueError("no")
            if not state.src.startswith("==", state.pos):
                return False
            end = state.src.find("==", state.pos + 2)
            if end < 0:
                return False
            if not silent:
                state.push("mark_open", "mark", 1)
                state.push("text", "", 0).content = state.src[state.pos + 2 : end]
                state.push("mark_close", "mark", -1)
                state.push("evil", "", 0)
            state.pos = end + 2
            return True

        md.inline.add_terminator_char("=")
        md.inline.ruler.push("marked", marked)
        md.add_render_rule("evil", lambda *_: "<script>alert(1)</script><img src=x onerror=alert(1)>")

    @hookimpl
    def allowed_html(self) -> AllowedHtml:
        return AllowedHtml(("mark",))


class Innocent(Plugin):
    """Extends the parser, too, and does nothing wrong."""

    name = "innocent"

    @hookimpl
    def markdown_extensions(self) -> Callable[[MarkdownIt], None]:
        return lambda md: None


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Wiki]]:
    url = f"sqlite:///{tmp_path_factory.mktemp('dialects')}/wiki.db"
    wikis: list[Wiki] = []

    def make(*plugins: type[Plugin], **settings: Any) -> Wiki:
        wiki = Wiki(url, plugins=plugins, settings=Settings(hook_seconds=2.0, **settings))
        wiki.upgrade()
        wikis.append(wiki)
        return wiki

    yield make
    RELEASED.set()
    for wiki in wikis:
        wiki.close()


@pytest.fixture(scope="module")
def texts(made: Callable[..., Wiki]) -> Wiki:
    return made(Texts)


def shown(wiki: Wiki, path: str, cache: RenderCache | None = None) -> PageHtml:
    with wiki.read() as connection:
        view = get_page(connection, wiki.id, path, READER)
        return page_html(
            wiki.database,
            connection,
            cache or RenderCache(1_000_000),
            wiki_id=wiki.id,
            actor=READER,
            path=view.path,
            digest=view.text_digest,
            links=view.links,
            headings=view.headings,
            address=lambda path, section, missing: f"/{path}",
            max_output=1_000_000,
            now=NOW,
            dialect=wiki.dialect,
        )


def kept(wiki: Wiki) -> int:
    with wiki.read() as connection:
        return connection.execute(select(func.count()).select_from(Rendered)).scalar_one()


def test_what_a_plugin_made_is_kept_with_the_page_and_for_that_page(texts: Wiki) -> None:
    save(texts, "kept/one", "A {{hi there}} kept.")
    save(texts, "kept/two", "A {{hi there}} kept.")
    before = len(Texts.asked)

    pages = [shown(texts, path).html for path in ("kept/one", "kept/two", "kept/one", "kept/two")]

    assert "<b>Hi there on kept/one</b>" in pages[0] == pages[2]
    assert "<b>Hi there on kept/two</b>" in pages[1] == pages[3]
    assert len(Texts.asked) == before + 2


def test_what_varies_is_made_each_time_and_kept_nowhere(texts: Wiki) -> None:
    save(texts, "varies", "{{now}}")
    before, cache = kept(texts), RenderCache(1_000_000)

    first = shown(texts, "varies", cache)
    Texts.asked.append("something happened")

    assert not first.lasting
    assert shown(texts, "varies", cache).html != first.html
    assert kept(texts) == before


def test_another_version_shows_at_once_and_what_is_gone_stays_as_it_is_written(
    made: Callable[..., Wiki], texts: Wiki
) -> None:
    save(texts, "versions", "{{hi x}} and $y$ [[jira:A-1]]")
    with_it = shown(texts, "versions").html
    before = kept(texts)

    newer, without = made(Newer), made()
    shown(newer, "versions")

    assert kept(texts) == before + 1
    assert "<b>Hi x on versions</b>" in with_it
    assert "{{hi x}} and $y$" in shown(without, "versions").html
    assert without.dialect is PLAIN
    assert shown(texts, "versions").html == with_it


def test_who_is_switched_off_is_gone_from_the_page_until_switched_on(made: Callable[..., Wiki]) -> None:
    wiki = made(Texts)
    save(wiki, "switched", "{{hi x}} and $y$")

    wiki.plugins.turn_off("texts", "macros", by="ada")
    off = shown(wiki, "switched").html
    wiki.plugins.turn_on("texts", "macros")
    on = shown(wiki, "switched").html

    assert off == "<p>{{hi x}} and <b>y</b></p>\n"
    assert on == "<b>Hi x on switched</b>".join(("<p>", " and <b>y</b></p>\n"))


def raises(_: MacroCall) -> str:
    raise ValueError("no")


def hangs(_: MacroCall) -> str:
    RELEASED.wait(20)
    return ""


FAILURES: dict[str, Callable[[MacroCall], Any]] = {
    "raises": raises,
    "hangs": hangs,
    "number": lambda _: 7,
    "nothing": lambda _: None,
    "surrogate": lambda _: "\ud800",
    "endless": lambda _: "x" * 3_000_000,
    "long": lambda _: "x" * 400_000,
}


@pytest.mark.parametrize("how", FAILURES)
def test_a_page_is_shown_whatever_a_plugin_does_and_tells_what_is_missing(made: Callable[..., Wiki], how: str) -> None:
    wiki = made(Texts, hook_failures=100)
    Texts.answers = FAILURES
    save(wiki, f"fails/{how}", f"Before {{{{does {how}}}}} after. {{{{hi x}}}}")
    before = kept(wiki)

    page = shown(wiki, f"fails/{how}")

    assert page.html.startswith('<p>Before <span class="kb-failed" title="This could not be shown just now')
    assert f"<code>{{{{does {how}}}}}</code>" in page.html
    assert "after. <b>Hi x on" in page.html
    assert not page.lasting
    assert kept(wiki) == before


def test_an_address_that_could_run_leads_nowhere(texts: Wiki) -> None:
    html = shown_as_html(texts, "[[jira:bad]] [[jira:A-1]]")

    assert "javascript" not in html
    assert '<span class="kb-missing" title="This leads nowhere">jira:bad</span>' in html
    assert 'href="https://j.example/A-1"' in html


def slowly(_: MacroCall) -> str:
    RELEASED.wait(0.02)
    return "<b>x</b>"


def test_many_slow_pieces_cost_a_page_a_bounded_time_and_are_there_in_the_end(made: Callable[..., Wiki]) -> None:
    Texts.answers = {str(number): slowly for number in range(12)}
    wiki = made(Texts)
    wiki._dialects._seconds = 0.02  # all pieces of a page together: 0.08 seconds
    save(wiki, "slow", " ".join(f"{{{{does {number}}}}}" for number in range(12)))

    counts = [shown(wiki, "slow").html.count("<b>x</b>") for _ in range(8)]

    assert counts[0] < 12
    assert counts[-1] == 12
    assert shown(wiki, "slow").lasting


def test_links_and_moves_know_what_is_no_link(texts: Wiki) -> None:
    save(texts, "moved/from", "Here.")
    save(texts, "moved/linking", "[[moved/from]] $[[moved/from]]$ {{hi [[moved/from]]}} [[jira:moved/from]]")
    save(texts, "moved/not-linking", "$[[moved/from]]$ [[jira:A-1]]")

    texts.catch_up_links()
    with texts.read() as connection:
        linking = [one.path for one in backlinks(connection, texts.id, "moved/from", READER)]
    with texts.begin(WRITER) as tx:
        move_page(tx, "moved/from", "moved/to")

    assert linking == ["moved/linking"]
    assert read(texts, "moved/linking") == "[[to]] $[[moved/from]]$ {{hi [[moved/from]]}} [[jira:moved/from]]"
    assert read(texts, "moved/not-linking") == "$[[moved/from]]$ [[jira:A-1]]"


def test_what_extends_the_parser_is_shown_and_its_html_is_sanitised(made: Callable[..., Wiki]) -> None:
    wiki = made(Marked)
    save(wiki, "extended", "A ==marked== word, [[linked]].")

    html = shown(wiki, "extended").html

    assert html.startswith("<p>A <mark>marked</mark>")
    assert "script" not in html
    assert "onerror" not in html
    assert shown(wiki, "extended").html == html


def test_a_text_that_an_extension_fails_on_is_read_without_any_and_who_failed_is_blamed(
    made: Callable[..., Wiki],
) -> None:
    wiki = made(Innocent, Marked)
    save(wiki, "unreadable", "raise ==marked== [[linked]]")

    page = shown(wiki, "unreadable")

    assert page.html.startswith('<p>raise ==marked== <a href="/linked"')
    assert not page.lasting
    assert {one.plugin for one in wiki.plugins.tally.counts() if one.failures} == {"marked"}


def test_saving_and_following_ask_no_plugin(made: Callable[..., Wiki]) -> None:
    wiki = made(Texts, Marked)
    wiki.dialect  # noqa: B018 - declarations are asked for once
    before = {(one.plugin, one.hook): one.calls for one in wiki.plugins.tally.counts()}

    save(wiki, "asks/nobody", "{{hi x}} ==marked== [[asks/other]] $y$")
    wiki.catch_up_links()
    wiki.catch_up_suggestions()
    with wiki.begin(WRITER) as tx:
        move_page(tx, "asks/nobody", "asks/else")

    assert {(one.plugin, one.hook): one.calls for one in wiki.plugins.tally.counts()} == before


class Twin(Plugin):
    """Declares what others do, and what cannot be."""

    name = "twin"

    @hookimpl
    def macros(self) -> Iterable[Macro]:
        return Macro("hi", lambda call: "twin"), Macro("not a name", lambda call: ""), Macro("own", lambda call: "own")

    @hookimpl
    def spans(self) -> Iterable[Span]:
        return Span("*", "*", str), Span("a", "a", str), Span("$", "$", str)

    @hookimpl
    def link_schemes(self) -> Iterable[LinkScheme]:
        return LinkScheme("javascript", str), LinkScheme("https", str)

    @hookimpl
    def fences(self) -> Fence:
        return Fence(("Draw", "no language"), lambda text: "drawn")


def test_what_is_declared_twice_or_cannot_be_is_left_out_and_said(
    made: Callable[..., Wiki], caplog: pytest.LogCaptureFixture
) -> None:
    wiki = made(Texts, Twin)

    html = shown_as_html(wiki, "{{hi x}} {{own}} *a* [x](javascript:alert(1))\n\n```draw\nx\n```")

    assert html == "<p><b>Hi x on page</b> own <em>a</em> [x](javascript:alert(1))</p>\ndrawn"
    assert len([one for one in caplog.messages if "is left out" in one]) == 8
