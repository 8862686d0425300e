"""Every screen, wide and narrow, light and dark: it fits the window, and axe-core finds nothing wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kbwiki import ANONYMOUS, Actor, Wiki
from kbwiki.drafts.actions import Written, keep_draft
from kbwiki.files import NewFile, upload_file
from kbwiki.help.policy import Binding, Where
from kbwiki.help.screens import Screen as HostScreen
from kbwiki.help.wanted import ask_for_help
from kbwiki.help_subject import bind_help
from kbwiki.moderation.evidence import report
from kbwiki.moderation.rules.actions import set_rule
from kbwiki.search.log.recording import Asked, Screen
from kbwiki.search.synonyms.actions import set_synonyms
from kbwiki.testing import ADMIN, MODERATOR, READER, SECOND_WRITER, WRITER, answer, look, make_space, open_reviews, save
from tests.files.conftest import picture

from .accessibility import violations
from .conftest import Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
NARROW = 390

TEXT = """Our **travel rules**, short.

| Who | How |
| --- | --- |
| Everybody | By train, second class |

> [!NOTE]
> Ask [[finance]] for anything else.
"""
TO_READ = {
    "page": "/wiki/",
    "edit": "/wiki/-/edit/home/travel",
    "history": "/wiki/-/history/home/travel",
    "difference": "/wiki/-/diff/home/travel",
    "difference-inline": "/wiki/-/diff/home/travel?mode=inline",
    "undo": "/wiki/-/undo/2/home/travel",
    "delete": "/wiki/-/delete/home/travel",
    "backlinks": "/wiki/-/backlinks/home/travel",
    "helpful": "/wiki/-/helpful/home/travel?helped=no",
    "document": "/wiki/-/document/home",
    "for-you": "/wiki/-/for-you",
    "recent": "/wiki/-/recent",
    "tree": "/wiki/-/tree",
    "wanted": "/wiki/-/wanted",
    "tags": "/wiki/-/tags",
    "search": "/wiki/-/search?q=train",
    "nothing-found": "/wiki/-/search?q=zzzz",
    "missing": "/wiki/nowhere",
    "help": "/wiki/-/help?endpoint=sign_in",
    "help-nothing": "/wiki/-/help?endpoint=nothing",
    "help-settings": "/wiki/-/help/settings/home/travel",
    "first-steps": "/wiki/-/first-steps",
    "files": "/wiki/-/files",
    "file": "/wiki/-/files/about/home/travel/plan.png",
    "file-new": "/wiki/-/files/new?folder=home",
    "file-report": "/wiki/-/files/report/home/travel/plan.png",
}
TO_MODERATE = {
    "queue": "/wiki/-/reviews",
    "review": "/wiki/-/reviews/2",
    "pieces": "/wiki/-/reviews/2/pieces",
    "mend": "/wiki/-/reviews/2/mend",
    "aside": "/wiki/-/reviews/aside",
    "decisions": "/wiki/-/decisions",
    "report": "/wiki/-/report/home/travel",
    "lock": "/wiki/-/lock?path=home/travel",
    "restrict": f"/wiki/-/restrict?author={WRITER.id}&path=home",
    "batches": "/wiki/-/batches",
    "batch-new": "/wiki/-/batches/new?group=moderators",
    "earlier": "/wiki/-/search/earlier?q=train",
    "synonyms": "/wiki/-/synonyms",
    "synonyms-change": "/wiki/-/synonyms?set=1",
    "searches": "/wiki/-/searches?closed=lunch",
    "searches-closed": "/wiki/-/searches?view=closed",
}
OF_AUTHORS = {
    "mine": "/wiki/-/mine",
    "messages": "/wiki/-/messages",
    "appeal": "/wiki/-/decisions/1/appeal",
    "drafts": "/wiki/-/drafts",
    "draft": "/wiki/-/drafts/1",
    "edit-offer": "/wiki/-/edit/home/travel",
}
TO_SET_UP = {
    "vocabulary": "/wiki/-/vocabulary",
    "plugins": "/wiki/-/plugins",
    "spaces": "/wiki/-/spaces",
    "space": "/wiki/-/space?path=people",
    "reasons": "/wiki/-/reasons?path=people",
    "rules": "/wiki/-/rules",
    "rule": "/wiki/-/rule?rule=new+pages",
    "rule-new": "/wiki/-/rule",
    "help-coverage": "/wiki/-/help/coverage",
}


@pytest.fixture
def lived_in(wiki: Wiki) -> Wiki:
    """A wiki in which something of every kind has happened."""
    save(wiki, "home", "# Welcome\n\n" + TEXT + "\n![The way](home/travel/plan.png)\n", title="Welcome", tags=["start"])
    save(wiki, "home/travel", TEXT, title="Travel rules")
    save(wiki, "home/travel", TEXT.replace("second", "first"), base=1, comment="First class now")
    save(wiki, "refused", "Buy a car.")
    (refused,) = [line for line in open_reviews(wiki) if line.path == "refused"]
    answer(wiki, look(wiki, refused.id), "revert", reason="wrong")
    make_space(wiki, "people", reviewers=("moderators",))
    with wiki.begin(READER) as tx:
        report(tx, "home/travel", "wrong", "It was second class yesterday.")
    with wiki.begin(ADMIN) as tx:
        set_rule(tx, "new pages", {"new_page": True}, {"add_groups": ["safety"]})
    with wiki.begin(MODERATOR) as tx:
        set_synonyms(tx, ("holiday", "annual leave", "vacation"), comment="People look for all of them")
    for text in ("parking at the office for visitors who come by bicycle", "lunch", "lunch"):
        wiki.search_log.record(Asked(text, 0, Screen.PAGE, "home"))
    with wiki.begin(WRITER) as tx:
        keep_draft(tx, Written("Begun.\n", "home/travel", "Travel rules", base=2, tab="window"), max_bytes=1000)
    wiki.deliver_messages()
    content = wiki.files.keep(BytesIO(picture(320, 200, 90)))
    with wiki.begin(WRITER) as tx:
        upload_file(tx, NewFile("home/travel/plan.png", content, comment="The way to the station"))
    with wiki.begin(WRITER) as tx:
        bind_help(tx, "home/travel", [Binding("sign_in"), Binding("gone", error="404", roles=("staff",))])
    with wiki.begin(ANONYMOUS) as tx:
        ask_for_help(tx, Where.of("lunch", {}), [HostScreen("lunch", ("/lunch",), frozenset(), True)])
    return wiki


@pytest.mark.parametrize(
    ("who", "screens"),
    [
        (SECOND_WRITER, TO_READ),
        (MODERATOR, TO_MODERATE),
        (WRITER, OF_AUTHORS),
        (ADMIN, TO_SET_UP),
    ],
    ids=["to-read", "to-moderate", "of-authors", "to-set-up"],
)
@pytest.mark.parametrize("width", [1280, NARROW])
def test_every_screen_fits_the_window_and_breaks_no_rule_of_accessibility(
    visit: Visit, lived_in: Wiki, artefacts: Path, who: Actor, screens: dict[str, str], width: int
) -> None:
    visitor = visit(width=width).sign_in(who)
    faults = {}
    for name, where in screens.items():
        answered = visitor.page.goto(where)
        assert answered.status in (200, 404), (name, answered.status)
        visitor.page.screenshot(path=artefacts / f"{name}-{width}-light.png", full_page=True)
        overflow = visitor.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        found = violations(visitor.page) + ([f"{overflow} px too wide"] if overflow > 0 else [])
        if width == NARROW:
            found += in_the_dark(visitor.page, artefacts / f"{name}-{width}-dark.png")
        if found:
            faults[name] = found
    assert faults == {}


def in_the_dark(page: Page, picture: Path) -> list[str]:
    """What is wrong with the same screen in dark colours; but for the colours it is the same document."""
    page.emulate_media(color_scheme="dark")
    page.screenshot(path=picture, full_page=True)
    found = violations(page, only="color-contrast")
    page.emulate_media(color_scheme="light")
    return found


def test_colours_are_measured_when_they_have_changed(visit: Visit, lived_in: Wiki) -> None:
    page = visit(width=NARROW).sign_in(WRITER).page
    page.goto("/wiki/-/files")
    motion = page.context.new_cdp_session(page)
    motion.send("Animation.enable")
    motion.send("Animation.setPlaybackRate", {"playbackRate": 0.01})  # a slow machine may be as slow at times
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("document.getAnimations().length") > 0
    assert violations(page, only="color-contrast") == []


def test_what_is_wrong_with_a_screen_is_found(visit: Visit, lived_in: Wiki) -> None:
    page = visit().page
    page.goto("/wiki/")
    page.evaluate("document.querySelector('main').innerHTML = '<img src=\"/x.png\"><p>No heading.</p>'")
    found = " ".join(violations(page))
    assert "image-alt" in found
    assert "page-has-heading-one" in found
