"""Dead links become work for the page's group; everything else is left alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from kbwiki import Actor, Settings, Wiki
from kbwiki.testing import TickingClock, answer, look, make_space, open_reviews, save
from kbwiki_linkcheck import LinkCheck
from kbwiki_linkcheck.finding import links_in

MEMBER = Actor("member", "Member", frozenset({"hr-team"}))


class Site:
    """A site elsewhere: paths and their answers; what it was asked is kept."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers: dict[str, int] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                self.answer()

            def do_GET(self) -> None:
                self.answer()

            def answer(self) -> None:
                outer.asked.append(f"{self.command} {self.path}")
                status = outer.answers.get(f"{self.command} {self.path}", outer.answers.get(self.path, 200))
                self.send_response(status)
                self.send_header("location", "/moved")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()


@pytest.fixture
def site() -> Iterator[Site]:
    one = Site()
    yield one
    one.server.shutdown()
    one.server.server_close()


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Callable[..., Wiki]]:
    wikis: list[Wiki] = []

    def make(**options: Any) -> Wiki:
        chosen = {
            "LINKCHECK_ENABLED": True, "LINKCHECK_ALLOW_PRIVATE": True, "LINKCHECK_HOST_SECONDS": 0.0, **options,
        }  # fmt: skip
        settings = Settings(plugin_options=chosen, hook_seconds=10.0)
        wiki = Wiki(f"sqlite:///{tmp_path / 'wiki.db'}", plugins=[LinkCheck], settings=settings, clock=TickingClock())
        wiki.upgrade()
        wikis.append(wiki)
        return wiki

    yield make
    for wiki in wikis:
        wiki.close()


def plugin_of(wiki: Wiki) -> LinkCheck:
    [loaded] = wiki.plugins.loaded
    assert isinstance(loaded.plugin, LinkCheck)
    return loaded.plugin


def a_day(wiki: Wiki) -> None:
    """What `flask kbwiki work` does of it in a day."""
    clock: Any = wiki.clock
    plugin_of(wiki).find()
    plugin_of(wiki).check()
    clock.now += timedelta(days=1, minutes=1)


def titles(wiki: Wiki, group: str) -> list[str]:
    return [line.title for line in open_reviews(wiki, group)]


def test_a_link_dead_three_times_is_told_to_the_pages_group_once(made: Callable[..., Wiki], site: Site) -> None:
    wiki = made()
    make_space(wiki, "hr", reviewers=("hr-team",))
    site.answers["/gone"] = 404
    save(wiki, "hr/leave", f"See [this]({site.url}/gone), <{site.url}/here> and `{site.url}/code`.\n")

    for day in range(5):
        a_day(wiki)
        assert (f"Dead link: {site.url}/gone" in titles(wiki, "hr-team")) == (day >= 2)

    assert titles(wiki, "hr-team").count(f"Dead link: {site.url}/gone") == 1
    assert titles(wiki, "moderators") == []
    assert not [one for one in site.asked if "code" in one]
    [line] = [one for one in open_reviews(wiki, "hr-team") if one.title.startswith("Dead")]
    answer(wiki, look(wiki, line.id, by=MEMBER), "approve", by=MEMBER)
    assert len(titles(wiki, "hr-team")) == 1, "the page's own review is left"


def test_what_works_again_counts_from_the_beginning(made: Callable[..., Wiki], site: Site) -> None:
    wiki = made(LINKCHECK_EVERY_DAYS=1)
    save(wiki, "page", f"{site.url}/shaky\n")

    for status in (500, 500, 200, 500, 500):
        site.answers["/shaky"] = status
        a_day(wiki)

    assert titles(wiki, "moderators") == ["page"]


def test_sites_that_do_not_like_head_are_asked_with_get_and_redirects_are_no_fault(
    made: Callable[..., Wiki], site: Site
) -> None:
    wiki = made()
    site.answers = {"HEAD /a": 405, "GET /a": 200, "/b": 302, "/c": 401}
    save(wiki, "page", f"{site.url}/a {site.url}/b {site.url}/c\n")

    a_day(wiki)

    assert sorted(site.asked) == ["GET /a", "HEAD /a", "HEAD /b", "HEAD /c"]


def test_inside_the_network_nothing_is_asked(made: Callable[..., Wiki], site: Site) -> None:
    wiki = made(LINKCHECK_ALLOW_PRIVATE=False)
    save(wiki, "page", f"{site.url}/gone\n")

    for _ in range(4):
        a_day(wiki)

    assert site.asked == []
    assert titles(wiki, "moderators") == ["page"]


def test_links_that_were_taken_out_are_forgotten(made: Callable[..., Wiki], site: Site) -> None:
    wiki = made()
    save(wiki, "page", f"{site.url}/gone\n")
    a_day(wiki)
    save(wiki, "page", "nothing\n", base=1)
    site.asked.clear()

    a_day(wiki)
    a_day(wiki)

    assert site.asked == []


def test_it_is_off_by_default(made: Callable[..., Wiki]) -> None:
    assert plugin_of(made(LINKCHECK_ENABLED=False)).scheduled_work() == ()


def test_links_are_found_as_people_write_them() -> None:
    text = "(https://a.example/x_(y)) **https://b.example/**, https://c.example/p?q=1#part. `https://d.example`\n"
    fenced = "```\nhttps://e.example\n```\n"

    assert links_in(text + fenced) == ["https://a.example/x_(y)", "https://b.example/", "https://c.example/p?q=1"]
