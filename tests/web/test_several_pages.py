"""Moving, deleting and several pages at once: what would happen is said before, and all of it can be undone after."""

from __future__ import annotations

import pytest

from kbwiki import ANONYMOUS, Wiki
from kbwiki.testing import MODERATOR, READER, SECOND_WRITER, make_space, save
from kbwiki.web import several_pages

from .conftest import Visitor


@pytest.fixture
def pages(wiki: Wiki) -> Wiki:
    """`vans` with a page below, `index` that links to both, and `closed/notes` that writers can read and not write."""
    wiki.upgrade()
    make_space(wiki, "closed", readers=("everyone",), writers=("moderators",))
    make_space(wiki, "people", title="People", readers=("staff",), writers=("staff",), reviewers=("people",))
    save(wiki, "vans", "Vans.\n", title="Our vans")
    save(wiki, "vans/fuel", "Diesel.\n", tags=["cars"])
    save(wiki, "index", "[[vans]] and [[vans/fuel]]\n")
    save(wiki, "closed/notes", "[the vans](../vans)\n", by=MODERATOR)
    return wiki


def test_a_move_says_what_it_changes_and_is_undone_by_one_button(pages: Wiki, visitor: Visitor) -> None:
    shown = visitor.post("/wiki/-/move/vans", action="preview", path="people/vans").get_data(as_text=True)
    for said in (
        "It leaves the space Wiki and comes to People.",
        "Who may read it then:",
        "people/vans/fuel",
        "1 page below gets other readers.",
        "The links in this page are rewritten for you",
        "not yours to change",
        "This address goes on leading here",
    ):
        assert said in shown, said
    moved = visitor.post("/wiki/-/move/vans", path="people/vans", comment="tidy")
    assert "done=moved&batch=" in moved.location
    page = visitor.text(moved.location)
    assert "/undo" in page
    undo = page.partition('action="/wiki/-/several/')[2].partition('"')[0]
    back = visitor.post(f"/wiki/-/several/{undo}", form=moved.location)
    assert back.location.endswith("/wiki/vans?done=undone")
    assert "Diesel" in visitor.text("/wiki/vans/fuel")


def test_a_deletion_says_what_depends_on_the_page(pages: Wiki, visitor: Visitor) -> None:
    shown = visitor.text("/wiki/-/delete/vans")
    assert "2 pages link here and would lead nowhere" in shown
    assert "1 page lies below this one and stays where it is." in shown
    assert "closed/notes" in shown
    visitor.post("/wiki/-/delete/vans")
    assert "bring" in visitor.get("/wiki/vans").get_data(as_text=True).lower()


@pytest.mark.parametrize(
    ("act", "value", "said", "then"),
    [
        ("tag", "fleet", "vans/fuel", "/wiki/-/tags?tag=fleet"),
        ("move-to", "archive", "goes to archive/vans", "/wiki/archive/vans/fuel"),
        ("delete", "", "2 pages link here", None),
    ],
)
def test_several_are_shown_done_and_undone(
    pages: Wiki, visitor: Visitor, act: str, value: str, said: str, then: str | None
) -> None:
    form = "/wiki/-/several?path=vans"
    assert visitor.text(form).count('type="checkbox"') == 2
    chosen = {"page": ["vans", "vans/fuel"], "act": act, "value": value}
    shown = visitor.post("/wiki/-/several", form=form, action="preview", **chosen)  # type: ignore[arg-type]
    assert said in shown.get_data(as_text=True)
    assert "Diesel" in visitor.text("/wiki/vans/fuel")

    did = visitor.post("/wiki/-/several", form=form, action="do", **chosen)  # type: ignore[arg-type]
    report = visitor.text(did.location)
    assert "done, 0 not done, 0 undone" in report
    if then is not None:
        assert visitor.get(then).status_code == 200
    else:
        assert visitor.get("/wiki/vans").status_code == 404
    back = visitor.post(f"{did.location}/undo", form=did.location)
    assert "Undo" not in visitor.text(back.location).partition("<h1")[2].partition("</main>")[0]
    assert "Diesel" in visitor.text("/wiki/vans/fuel")


def test_who_may_read_them_then_is_said(pages: Wiki, visitor: Visitor) -> None:
    sent = {"page": "vans", "act": "move-to", "value": "people"}
    shown = visitor.post("/wiki/-/several", form="/wiki/-/several?path=vans", action="preview", **sent)
    assert "who may read it then: admins, people and staff" in shown.get_data(as_text=True)


def test_wrong_forms_are_kindly_refused(pages: Wiki, visitor: Visitor) -> None:
    form = "/wiki/-/several?path=vans"
    for sent, status in (
        ({"page": ["vans"], "act": "burn"}, 422),
        ({"page": [], "act": "delete"}, 422),
        ({"page": ["closed/notes"], "act": "delete"}, 422),
        ({"page": ["vans"], "act": "tag", "value": " "}, 422),
        ({"page": ["vans"], "act": "move-to", "value": "a\0b"}, 422),
    ):
        answer = visitor.post("/wiki/-/several", form=form, action="do", **sent)  # type: ignore[arg-type]
        assert answer.status_code == status, sent
    assert "Diesel" in visitor.text("/wiki/vans/fuel")
    for query in ("tag=cars", "q=Diesel", "recent=", "path=nowhere"):
        assert "closed/notes" not in visitor.text(f"/wiki/-/several?{query}")


def test_what_somebody_did_is_theirs_alone(pages: Wiki, visitor: Visitor) -> None:
    did = visitor.post(
        "/wiki/-/several", form="/wiki/-/several?path=vans", action="do", page="vans", act="tag", value="fleet"
    )
    for actor in (SECOND_WRITER, READER, ANONYMOUS):
        visitor.actor = actor
        assert visitor.get(did.location).status_code == 404
        assert visitor.post(f"{did.location}/undo", form="/wiki/-/tree").status_code in (400, 404)
    assert visitor.get("/wiki/-/several").status_code == 403


def test_of_many_pages_a_preview_looks_into_the_first_and_says_so(
    pages: Wiki, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(several_pages, "MOST_LOOKED_INTO", 1)
    chosen = {"page": ["index", "vans/fuel"], "act": "move-to", "value": "archive"}
    shown = visitor.post("/wiki/-/several?path=vans", action="preview", **chosen).text  # type: ignore[arg-type]

    assert "What depends on it is said of the first 1 here." in shown
    assert "goes to archive/fuel" in shown
    assert "the link in 1 page follows" not in shown, "that is said of the second page, which was not looked into"
