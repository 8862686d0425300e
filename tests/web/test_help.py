"""Help in the browser without script: where a page helps, what people see there, what they say, and what is missing."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from kbwiki import ANONYMOUS, Wiki
from kbwiki.help.policy import Binding
from kbwiki.help.queries import bindings_of
from kbwiki.help.wanted import wanted
from kbwiki.help_subject import bind_help
from kbwiki.pages.practice import practice_path
from kbwiki.pages.queries.view import get_page
from kbwiki.testing import ADMIN, MODERATOR, READER, WRITER, make_space, open_reviews, save

from .conftest import Visitor

HELP = "/wiki/-/help?endpoint=orders.edit"
SETTINGS = "/wiki/-/help/settings/page"
COVERAGE = "/wiki/-/help/coverage"
STEPS = "/wiki/-/first-steps"


def with_screens(app: Flask) -> None:
    """Give the host two screens of its own."""
    app.add_url_rule("/orders/<id>", "orders.edit", lambda id: "")
    app.add_url_rule("/orders", "orders.list", lambda: "")


def bound(wiki: Wiki, path: str = "page") -> list[str]:
    with wiki.read() as connection:
        page = get_page(connection, wiki.id, path, WRITER)
        return [str(one) for one in bindings_of(connection, page.id)[1]]


def bind(wiki: Wiki, path: str, *bindings: Binding) -> None:
    with wiki.begin(WRITER) as tx:
        bind_help(tx, path, bindings)


def test_a_page_is_bound_by_choosing_from_the_host_s_screens(app: Flask, wiki: Wiki, visitor: Visitor) -> None:
    with_screens(app)
    save(wiki, "page", "words", title="Page")
    offered = re.findall(r'name="endpoint" value="([^"]*)"', visitor.text(SETTINGS))
    assert offered == ["orders.*", "orders.edit", "orders.list", "*"]

    narrowed = visitor.post(SETTINGS, do="find", find="list", endpoint="orders.edit", error="404").text
    assert re.findall(r'name="endpoint" value="([^"]*)"( checked)?', narrowed) == [
        ("orders.edit", " checked"),
        ("orders.list", ""),
        ("*", ""),
    ]
    assert 'value="404"' in narrowed

    answer = visitor.post(
        SETTINGS, do="add", endpoint="orders.edit", args="id=5", error="404", roles="staff, clerks", priority="7"
    )
    assert answer.status_code == 303
    assert bound(wiki) == ["orders.edit id=5 · error 404 · for clerks, staff · priority 7"]
    shown = visitor.text(answer.location)
    assert "It holds at once; moderators will look at it afterwards." in shown
    assert [line.title for line in open_reviews(wiki)] == ["Page", "Help on screens: Page"]

    visitor.actor = MODERATOR
    review = next(line for line in open_reviews(wiki) if line.subject_kind == "help")
    assert "orders.edit id=5 · error 404" in visitor.text(f"/wiki/-/reviews/{review.id}")
    visitor.actor = WRITER

    visitor.post("/wiki/-/help/undo/1/page", form=answer.location)
    assert bound(wiki) == []


def test_what_is_wrong_is_said_and_what_was_typed_stays(app: Flask, wiki: Wiki, visitor: Visitor) -> None:
    with_screens(app)
    save(wiki, "page", "words")
    cases = (
        ({}, "Please choose a screen"),
        ({"endpoint": "orders.edit", "args": "nonsense"}, "is not name=value"),
        ({"endpoint": "orders.edit", "priority": "high"}, "The priority is a number"),
    )
    for fields, said in cases:
        answer = visitor.post(SETTINGS, do="add", comment="because", **fields)
        assert answer.status_code == 422
        assert said in answer.text
        assert 'value="because"' in answer.text


def test_one_is_removed_and_who_was_slower_is_told(wiki: Wiki, visitor: Visitor) -> None:
    save(wiki, "page", "words")
    bind(wiki, "page", Binding("a"), Binding("b"))
    form = visitor.text(SETTINGS)
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    assert "there is no such screen" in form

    visitor.post(SETTINGS, do="remove", at="0")
    assert bound(wiki) == ["b"]

    late = visitor.client.post(SETTINGS, data={**hidden, "do": "remove", "at": "0", "number": "1"})
    assert late.status_code == 409
    assert bound(wiki) == ["b"]


def test_choosing_is_for_those_who_may_write(wiki: Wiki, visitor: Visitor) -> None:
    save(wiki, "page", "words")
    make_space(wiki, "closed", readers=("bosses",))
    for actor, address, status in (
        (ANONYMOUS, SETTINGS, 403),
        (READER, SETTINGS, 200),
        (READER, "/wiki/-/help/settings/closed/x", 404),
    ):
        visitor.actor = actor
        assert visitor.get(address).status_code == status


def test_help_shows_the_closest_page_open_and_the_others_beside_it(wiki: Wiki, visitor: Visitor) -> None:
    for path, binding in (("near", Binding("orders.edit")), ("far", Binding("orders.*"))):
        save(wiki, path, f"All about {path}, see [[other]].\n", title=path.title())
        bind(wiki, path, binding)
    save(wiki, "other", "Something else.\n", title="Other")
    for panel in ("", "&part=panel"):
        shown = visitor.text(HELP + panel)
        assert "All about near" in shown
        assert "All about far" in shown
        assert shown.count('<details class="kb-help-page" open>') == 1
        assert ("<html" in shown) is (panel == "")
    assert "Something else." in visitor.text(f"{HELP}&page=other")
    assert "no such page here" in visitor.text(f"{HELP}&page=none")
    assert 'page=other" dir="auto">Other</a>' in unescape(visitor.text(f"{HELP}&q=something"))


def test_did_it_help_is_counted_and_a_sentence_becomes_a_report(wiki: Wiki, visitor: Visitor) -> None:
    save(wiki, "page", "words", title="Page")
    bind(wiki, "page", Binding("orders.edit"))
    visitor.actor = READER
    said = {"page": "page", "endpoint": "orders.edit"}
    for answer in ("yes", "no"):
        assert visitor.post("/wiki/-/help/helped", form=HELP, helped=answer, **said).status_code == 303
    empty = visitor.post("/wiki/-/help/wrong", form=HELP, text=" ", **said)
    assert empty.status_code == 422
    assert "Please write a sentence or two." in empty.text

    sent = visitor.post("/wiki/-/help/wrong", form=HELP, text="The button is blue now.", **said)
    assert "Your report has arrived" in visitor.text(sent.location)

    again = visitor.post("/wiki/-/help/wrong", form=HELP, text="And <b>round</b>.", **said)
    assert again.status_code == 422
    assert "And &lt;b&gt;round&lt;/b&gt;." in again.text
    visitor.actor = ADMIN
    assert "helped once · did not help once" in visitor.text(COVERAGE)
    visitor.actor = MODERATOR
    (review,) = [line for line in open_reviews(wiki) if line.subject_kind == "page"]
    assert "The button is blue now." in visitor.text(f"/wiki/-/reviews/{review.id}")


def test_help_that_is_not_there_is_asked_for_written_and_then_there(app: Flask, wiki: Wiki, visitor: Visitor) -> None:
    with_screens(app)
    assert "Nobody has written help for this screen yet" in visitor.text(HELP)
    answer = visitor.post("/wiki/-/help/wanted", form=HELP)
    assert "Nobody is told who asked" in visitor.text(answer.location)
    assert visitor.post("/wiki/-/help/wanted", form=HELP, endpoint="nowhere").status_code == 422
    assert "Ask for help here" not in visitor.text("/wiki/-/help?endpoint=nowhere")
    visitor.actor = ADMIN
    assert "asked for once" in visitor.text(COVERAGE)
    visitor.actor = MODERATOR
    (review,) = open_reviews(wiki)
    assert "Help is wanted for orders.edit" in visitor.text(f"/wiki/-/reviews/{review.id}")
    assert "looked for help that nobody has written" in visitor.text("/wiki/-/reviews")
    visitor.actor = WRITER

    write = "/wiki/-/new?help=orders.edit"
    saved = visitor.post(write, action="save", title="Orders", path="orders", text="How to order.\n")
    assert saved.location == "/wiki/-/help/settings/orders?endpoint=orders.edit"
    assert re.search('value="orders.edit" checked', visitor.text(saved.location))
    visitor.post("/wiki/-/help/settings/orders", do="add", endpoint="orders.edit")

    assert "How to order." in visitor.text(HELP)
    with wiki.read() as connection:
        assert wanted(connection, wiki.id) == []


def test_help_for_an_error_where_there_is_no_screen_is_asked_for_too(wiki: Wiki, visitor: Visitor) -> None:
    missing = "/wiki/-/help?error=404"
    assert "Ask for help here" not in visitor.text("/wiki/-/help")
    visitor.post("/wiki/-/help/wanted", form=missing)
    with wiki.read() as connection:
        assert [str(one) for one in wanted(connection, wiki.id)] == ["any screen · error 404"]
    write = "/wiki/-/new?help=*&error=404"
    assert unescape(visitor.text(missing)).count(write.replace("*", "%2A")) == 1

    saved = visitor.post(write, action="save", title="Lost", path="lost", text="Go home.\n")
    visitor.post(saved.location, form=saved.location, do="add", endpoint="*", error="404")

    assert bound(wiki, "lost") == ["any screen · error 404"]
    assert "Go home." in visitor.text(missing)
    with wiki.read() as connection:
        assert wanted(connection, wiki.id) == []


def test_what_is_missing_is_for_administrators_who_can_say_that_it_is_not_needed(
    app: Flask, wiki: Wiki, visitor: Visitor
) -> None:
    with_screens(app)
    save(wiki, "page", "words", title="Page")
    bind(wiki, "page", Binding("orders.list"), Binding("gone"))
    visitor.post("/wiki/-/help/wanted", form=HELP)
    assert visitor.get(COVERAGE).status_code == 403
    visitor.actor = ADMIN
    shown = visitor.text(COVERAGE)
    assert "1 of 2 screens have help." in shown
    assert "Shown on screens that are gone" in shown

    closed = visitor.post(f"{COVERAGE}/1/close", form=COVERAGE)

    assert "Nothing is asked for on orders.edit any more." in visitor.text(closed.location)
    assert "Nobody asked for help that is not there." in visitor.text(COVERAGE)
    assert [line.title for line in open_reviews(wiki) if line.subject_kind == "help-wanted"] == []


def test_the_first_steps_go_on_where_somebody_left_off(wiki: Wiki, visitor: Visitor) -> None:
    path = practice_path(wiki.settings, WRITER)
    assert path is not None
    assert "Give me a practice page" in visitor.text(STEPS)
    visitor.post(f"{STEPS}/practice", form=STEPS)
    assert "Edit your practice page" in visitor.text(STEPS)

    editing = f"/wiki/-/edit/{path}"
    assert "look at it afterwards" not in visitor.text(editing)
    saved = visitor.post(editing, action="save", title="Mine", text="Changed.\n")
    shown = visitor.text(saved.location)
    assert "nobody has to look at what you do here" in shown
    assert "It is your practice page, so nobody has to look at it." in shown
    assert "Open its history" in visitor.text(STEPS)

    visitor.post(f"/wiki/-/undo/2/{path}")
    assert "Every page works like this one." in visitor.text(STEPS)
    assert open_reviews(wiki) == []
    visitor.post(f"{STEPS}/practice", form=f"{STEPS}?step=2")
    assert "nobody has to look" in visitor.text(f"/wiki/{path}")


def test_nobody_is_made_to_take_the_first_steps_and_a_practice_page_is_somebody_s(wiki: Wiki, visitor: Visitor) -> None:
    shown = visitor.text(STEPS)
    assert "Skip this step" in shown
    assert "Leave" in shown
    visitor.actor = ANONYMOUS
    assert "please sign in" in visitor.text(STEPS)
    assert visitor.post(f"{STEPS}/practice", form="/wiki/-/help?error=404").status_code == 403


@pytest.mark.parametrize(
    ("came_from", "back"),
    [
        ("http://localhost/orders/5?a=1", "/orders/5?a=1"),
        ("http://localhost//evil.example/x", "/evil.example/x"),
        ("http://localhost/\\evil.example", "/evil.example"),
        ("http://evil.example/orders", None),
    ],
)
def test_the_way_back_leads_to_no_other_host(visitor: Visitor, came_from: str, back: str | None) -> None:
    page = visitor.client.get(HELP, headers={"Referer": came_from}).text

    assert (f'href="{back}"' in page) == (back is not None)
    assert 'href="//evil.example' not in page
    assert 'href="/\\evil.example' not in page
