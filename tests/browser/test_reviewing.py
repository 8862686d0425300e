"""A moderator's screens in a real browser: twenty reviews by keyboard alone, and every state looked at.

The states are photographed into the artefacts folder and held against axe-core's rules, in light and dark colours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kbwiki import SpaceSettings, Wiki
from kbwiki.moderation.acts import lock_pages
from kbwiki.moderation.appeals import appeal
from kbwiki.moderation.decide import Answer, decide
from kbwiki.moderation.desk.leases import take_lease
from kbwiki.moderation.desk.opinions import ask_opinion
from kbwiki.moderation.evidence import answer_concern, report
from kbwiki.moderation.policy import Verdict
from kbwiki.moderation.rules.actions import set_rule
from kbwiki.moderation.subjects import ChangeKind, Place
from kbwiki.pages.actions import bring_back, delete_page, move_page, restore_revision
from kbwiki.testing import (
    MODERATOR,
    READER,
    SECOND_MODERATOR,
    SECOND_WRITER,
    WRITER,
    answer,
    look,
    make_space,
    open_reviews,
    save,
)

from .conftest import Visitor
from .watching import Watcher

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

Visit = Callable[..., Visitor]
SETTLED = 450
"""Milliseconds after which a page listens to keys."""
PRESSED_AT_ONCE = """
addEventListener("DOMContentLoaded", () => {
  const press = () => document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "a", bubbles: true }));
  press();
  requestAnimationFrame(() => requestAnimationFrame(() => { press(); window.pressedAtOnce = true; }));
});
"""
"""Presses a key when a page listens, and when it is seen: on a slow machine the test itself would come too late."""

TEXT = """The **lift** is serviced twice a year, in March and in September.

| Who | When |
| --- | --- |
| Facilities | the first Monday |
| The maker | on request |

Ask [[office]] for the key.
"""


@pytest.fixture
def settings() -> dict[str, str]:
    """Those who look after the pages look after spaces and rules, too: so everything stands in one queue."""
    return {"KBWIKI_ADMIN_GROUP": "moderators"}


@pytest.fixture(autouse=True)
def other_group(wiki: Wiki) -> None:
    """A second group that looks after something, so that a review can be handed over."""
    make_space(wiki, "people", reviewers=("people-team",))


def review_of(wiki: Wiki, path: str) -> int:
    return next(line.id for line in open_reviews(wiki) if line.path == path)


def seen(wiki: Wiki, path: str) -> None:
    """Let a colleague approve what waits at a path."""
    answer(wiki, look(wiki, review_of(wiki, path), by=SECOND_MODERATOR), "approve", by=SECOND_MODERATOR)


def page(wiki: Wiki, path: str, title: str) -> None:
    """A page that somebody has looked at already."""
    save(wiki, path, TEXT, title=title)
    seen(wiki, path)


def write_pages(wiki: Wiki) -> Iterator[str]:
    """Changes of pages, each with the keys that answer it."""
    save(wiki, "canteen", "Soup is at noon.\n", title="Canteen")
    yield "a"
    save(wiki, "bikes", "Buy a bike at https://bikes.example/cheap?from=wiki now!\n", title="Bikes")
    yield "r5"
    page(wiki, "lift", "The lift")
    save(wiki, "lift", TEXT.replace("September", "October") + "\nSee [[lift/keys]].\n", base=1, comment="New month")
    yield "a"
    page(wiki, "rooms", "Rooms")
    save(wiki, "rooms", TEXT.replace("Monday", "Tuesday"), base=1)
    save(wiki, "rooms", TEXT.replace("Monday", "Friday"), base=2, by=SECOND_WRITER)
    yield "r1"
    for path, keys in (("parking", "a"), ("post-room", "r3")):
        page(wiki, path, path.capitalize())
        with wiki.begin(WRITER) as tx:
            move_page(tx, path, f"office/{path}")
        yield keys
    for path, keys in (("fax", "a"), ("printers", "r8")):
        page(wiki, path, path.capitalize())
        with wiki.begin(WRITER) as tx:
            delete_page(tx, path, comment="Nobody needs it")
        yield keys
    page(wiki, "phones", "Phones")
    save(wiki, "phones", "Ring.\n", base=1, by=SECOND_MODERATOR)
    with wiki.begin(WRITER) as tx:
        restore_revision(tx, "phones", 1)
    yield "a"
    page(wiki, "plants", "Plants")
    with wiki.begin(SECOND_WRITER) as tx:
        delete_page(tx, "plants")
    seen(wiki, "plants")
    with wiki.begin(WRITER) as tx:
        bring_back(tx, "plants")
    yield "a"
    save(wiki, "holidays", "Wim's number at home is 555 1234.\n", title="Holidays")
    yield "h6"
    save(wiki, "expenses", "Everything is paid.\n", title="Expenses")
    yield "c4"
    page(wiki, "wages", "Wages")
    save(wiki, "wages", "Paid on the 20th.\n", base=1)
    yield "o1"


def write_what_is_said(wiki: Wiki) -> Iterator[str]:
    """What people say about pages and decisions, with the keys that answer it."""
    save(wiki, "stairs", "Mind the step.\n", title="Stairs")
    concern = review_of(wiki, "stairs")
    answer(wiki, look(wiki, concern, by=SECOND_MODERATOR), "concern", by=SECOND_MODERATOR, reason="unclear")
    with wiki.begin(WRITER) as tx:
        answer_concern(tx, concern, "The one at the front door.")
    yield "a"
    page(wiki, "fire", "Fire")
    with wiki.begin(READER) as tx:
        report(tx, "fire", "unsafe", "The assembly point has moved.")
    yield "a"
    for path, keys in (("tea", "a"), ("coffee", "o")):
        page(wiki, path, path.capitalize())
        save(wiki, path, "Gone.\n", base=1)
        decided = answer(
            wiki, look(wiki, review_of(wiki, path), by=SECOND_MODERATOR), "revert", by=SECOND_MODERATOR, reason="wrong"
        )
        with wiki.begin(WRITER) as tx:
            appeal(tx, decided.decision_id, "But it is so.")
        yield keys


def write_other_kinds(wiki: Wiki) -> Iterator[str]:
    """Changes of what is no page, and of pages in a special state."""
    with wiki.begin(SECOND_MODERATOR) as tx:
        wiki.set_space(tx, "lab", SpaceSettings(title="The lab", writers=("staff",)))
    yield "a"
    with wiki.begin(SECOND_MODERATOR) as tx:
        set_rule(tx, "Large changes", {"min_change": 5000}, {"add_groups": ["people-team"]})
    yield "r1"
    posts = ["", "First words of a post.\n"]
    wiki.register_change_kind(
        ChangeKind(
            "post",
            lambda *_: Place("A post in the forum", "", 0, len(posts) - 1),
            lambda _connection, _subject, base, head: (posts[base], posts[head]),
            lambda _tx, _subject, base, _head: posts.append(posts[base]) or len(posts) - 1,
        )
    )
    with wiki.begin(WRITER) as tx:
        wiki.submit_change(tx, "post", 1, 1)
    yield "r5"
    save(wiki, "server", "Restart it.\n", title="Server")
    with wiki.begin(SECOND_MODERATOR) as tx:
        until = datetime.now(UTC) + timedelta(days=1)
        lock_pages(tx, "server", until=until, group="moderators", reason="wrong")
    yield "a"
    save(wiki, "visitors", "Somebody's name.\n", title="Visitors", comment="about somebody")
    hide(wiki, "visitors")
    save(wiki, "visitors", "Sign in at the desk.\n", base=1)
    yield "a"


def hide(wiki: Wiki, path: str) -> None:
    """Let a colleague hide a comment."""
    view = look(wiki, review_of(wiki, path), by=SECOND_MODERATOR)
    shown = view.shown
    with wiki.begin(SECOND_MODERATOR) as tx:
        details = {"parts": ("comment",)}
        decide(tx, Answer(view.id, shown.base, shown.head, shown.digest, Verdict.HIDE, "private", details=details))


def press(page: Page, keys: str) -> None:
    """Press keys as a person does who has seen the page."""
    page.evaluate("() => new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))")
    page.wait_for_timeout(SETTLED)
    for key in keys:
        page.keyboard.press(key)


def answered(page: Page, keys: str) -> None:
    """Answer the review on the screen by keyboard, and see that something else came by itself."""
    before = page.url
    press(page, keys)
    page.wait_for_url(lambda url: url != before)


def test_twenty_reviews_of_mixed_kinds_by_keyboard_alone(visit: Visit, wiki: Wiki, artefacts: Path) -> None:
    plan = [*write_pages(wiki), *write_what_is_said(wiki), *write_other_kinds(wiki)]
    first, *_ = order = [line.id for line in open_reviews(wiki)]
    assert len(order) == len(plan) >= 20
    moderator = visit().sign_in(MODERATOR).page
    moderator.goto(f"/wiki/-/reviews/{first}")

    met = []
    for number, keys in enumerate(plan):
        met.append(int(moderator.url.split("?")[0].rsplit("/", 1)[1]))
        moderator.screenshot(path=artefacts / f"keys-{number + 1:02}-{keys}.png")
        answered(moderator, keys)

    assert met == order, "the next came by itself, in the order of the queue"
    answered(moderator, "a")  # what the overturned decision had taken out waits again
    assert open_reviews(wiki) == []
    moderator.get_by_text("Nothing is left for you").wait_for()
    watcher = Watcher(moderator, artefacts)
    watcher.look("nothing-left")
    assert watcher.faults == {}
    pressed = sum(len(keys) for keys in plan)
    print(f"\n{len(plan)} reviews, {pressed} keys: {pressed / len(plan):.2f} a review, at most {max(map(len, plan))}")
    assert pressed / len(plan) <= 1.5
    assert max(map(len, plan)) <= 3


def test_the_last_act_is_one_key_away_from_undone(visit: Visit, wiki: Wiki) -> None:
    for path in ("tea", "coffee"):
        save(wiki, path, "Hot.\n")
    moderator = visit().sign_in(MODERATOR).page
    moderator.goto(f"/wiki/-/reviews/{review_of(wiki, 'tea')}")
    answered(moderator, "r1")
    moderator.get_by_text("You reverted “Tea”.").wait_for()

    answered(moderator, "u")
    moderator.get_by_role("heading", name="Tea").wait_for()
    moderator.get_by_text("Taken back.").wait_for()
    assert {line.path for line in open_reviews(wiki)} == {"tea", "coffee"}

    answered(moderator, "s")
    answered(moderator, "z")
    moderator.get_by_role("heading", name="Tea").wait_for()


def test_keys_never_decide_unseen_or_by_the_way(visit: Visit, wiki: Wiki) -> None:
    for path in ("tea", "coffee", "water"):
        save(wiki, path, "Hot.\n")
    moderator = visit().sign_in(MODERATOR).page
    address = f"/wiki/-/reviews/{review_of(wiki, 'tea')}"
    moderator.goto(address)
    waiting = len(open_reviews(wiki))

    press(moderator, "n")
    moderator.keyboard.type("a rare ache")
    moderator.keyboard.press("Escape")
    for keys in ("Control+a", "Alt+a", "Meta+a", "Shift+A"):
        moderator.keyboard.press(keys)
    held = "document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'a', repeat: true, bubbles: true }))"
    moderator.evaluate(held)
    moderator.wait_for_timeout(SETTLED)
    assert moderator.url.endswith(address)
    assert len(open_reviews(wiki)) == waiting

    before = moderator.url
    moderator.add_init_script(PRESSED_AT_ONCE)
    moderator.keyboard.press("a")
    moderator.keyboard.press("a")
    moderator.wait_for_url(lambda url: url != before)
    moderator.wait_for_function("() => window.pressedAtOnce")
    moderator.wait_for_timeout(SETTLED)
    assert len(open_reviews(wiki)) == waiting - 1

    press(moderator, "?")
    dialog = moderator.get_by_role("dialog")
    moderator.keyboard.press("a")
    moderator.get_by_role("button", name="Turn the keys off").click()
    moderator.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    press(moderator, "a")
    moderator.wait_for_timeout(SETTLED)
    assert len(open_reviews(wiki)) == waiting - 1


def test_every_state_of_the_desk_looked_at(visit: Visit, wiki: Wiki, artefacts: Path) -> None:
    for _ in (*write_pages(wiki), *write_what_is_said(wiki), *write_other_kinds(wiki)):
        pass
    moderator = visit().sign_in(MODERATOR).page
    watcher = Watcher(moderator, artefacts)

    def show(path: str, name: str, keys: str = "") -> None:
        moderator.goto(path if path.startswith("/") else f"/wiki/-/reviews/{review_of(wiki, path)}")
        if keys:
            press(moderator, keys)
        watcher.look(name)

    show("/wiki/-/reviews", "list")
    show("canteen", "created", "r")
    show("bikes", "links-out")
    show("lift", "edited", "v")
    moderator.locator("[data-kb-tab][aria-current]").wait_for()
    watcher.look("rendered-after")
    press(moderator, "v")
    moderator.locator("[data-kb-tab][aria-current]", has_text="Before").wait_for()
    watcher.look("rendered-before")
    show("lift", "keys", "?")
    show("rooms", "two-authors", "h")
    show("office/parking", "moved")
    show("fax", "deleted")
    show("stairs", "verify")
    show("fire", "report")
    show("server", "locked", "o")
    show("visitors", "hidden-comment")
    ids = {line.title: line.id for line in open_reviews(wiki)}
    show(f"/wiki/-/reviews/{ids['Objection about Tea']}", "appeal")
    show(f"/wiki/-/reviews/{ids['A post in the forum']}", "host-kind")
    show(f"/wiki/-/reviews/{next(key for title, key in ids.items() if 'lab' in title.lower())}", "space")
    show(f"/wiki/-/reviews/{next(key for title, key in ids.items() if 'Large' in title)}", "rule")

    answer(wiki, look(wiki, review_of(wiki, "holidays")), "approve")  # who never did anything here cannot be asked
    with wiki.begin(SECOND_MODERATOR) as tx:
        take_lease(tx, review_of(wiki, "wages"))
        ask_opinion(tx, review_of(wiki, "wages"), MODERATOR.id, "revert")
    show("wages", "second-look-asked", "y")
    press(moderator, "1")
    moderator.get_by_role("heading", name="Second looks").wait_for()
    watcher.look("second-look-given")

    expenses = review_of(wiki, "expenses")
    show("expenses", "before-concern", "c")
    answered(moderator, "4")
    watcher.look("undo-offered")
    show(f"/wiki/-/reviews/{expenses}", "concern")
    moderator.goto(f"/wiki/-/reviews/{review_of(wiki, 'printers')}")
    press(moderator, "r9")
    watcher.look("needs-a-note")

    moderator.goto(f"/wiki/-/reviews/{review_of(wiki, 'canteen')}")
    save(wiki, "canteen", "Soup is at one.\n", base=1)
    press(moderator, "a")
    moderator.get_by_text("Your decision was not taken").wait_for()
    watcher.look("stale")
    seen(wiki, "canteen")
    press(moderator, "a")
    moderator.get_by_text("has already decided").wait_for()
    watcher.look("lost-race")

    assert watcher.faults == {}


def test_a_phone_has_everything_within_reach_of_a_thumb(
    visit: Visit, wiki: Wiki, artefacts: Path, browser: object
) -> None:
    for _ in write_pages(wiki):
        pass
    page = visit(width=390, touch=True).sign_in(MODERATOR).page
    watcher = Watcher(page, artefacts)
    page.goto(f"/wiki/-/reviews/{review_of(wiki, 'lift')}")
    watcher.look("phone", full=False)
    assert not watcher.is_wide
    assert small_targets(page) == []

    page.wait_for_timeout(SETTLED)
    page.locator("summary", has_text="Revert").tap()
    watcher.look("phone-reasons", full=False)
    assert small_targets(page) == []
    page.get_by_role("button", name="It is not correct").tap()
    page.get_by_text("You reverted “The lift”.").wait_for()
    watcher.look("phone-undo", full=False)

    page.set_viewport_size({"width": 844, "height": 390})
    page.locator("summary", has_text="More").tap()
    watcher.look("phone-landscape", full=False)
    assert not watcher.is_wide
    assert small_targets(page) == []
    assert watcher.faults == {}


def small_targets(page: Page) -> list[str]:
    """What can be pressed in the bar of the decision and is less than 44 pixels high."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll(".kb-panel :is(button, summary, a, label)")]
            .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44)
            .map((one) => one.textContent.trim())"""
    )
    return found
