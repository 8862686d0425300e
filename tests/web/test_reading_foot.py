"""The foot of a page: who, when, how far it was looked at, what belongs with it, and whether it helped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from sqlalchemy import update

from kbwiki import ANONYMOUS, Actor, Wiki
from kbwiki.files import NewFile, upload_file
from kbwiki.help.answers import helped_least
from kbwiki.moderation.queries.evidence import evidence_of
from kbwiki.pages.actions import delete_page
from kbwiki.pages.models import Page, Revision
from kbwiki.testing import ADMIN, MODERATOR, READER, SECOND_WRITER, WRITER, answer, look, make_space, open_reviews, save

from .conftest import Visitor, come, host

INSIDER = Actor("insider", "Ines Insider", frozenset({"insiders"}))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def visitor(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """Somebody in a wiki that the tests of this module have in common; each has pages of its own in it."""
    folder = tmp_path_factory.mktemp("host")
    template = request.getfixturevalue(f"_{request.param}_template")
    with ExitStack() as stack:
        in_a_file = request.param == "sqlite"
        url = template.copy_to(folder / "wiki.db") if in_a_file else stack.enter_context(template.lend())
        app = host(url, folder / "instance")
        wiki = app.extensions["kbwiki"]["main"].wiki
        stack.callback(wiki.close)
        yield come(app)


@pytest.fixture
def wiki(visitor: Visitor) -> Wiki:
    """The wiki that the visitor is in; the visitor is a writer again."""
    visitor.actor = WRITER
    found: Wiki = visitor.client.application.extensions["kbwiki"]["main"].wiki
    return found


def foot(visitor: Visitor, path: str) -> str:
    """What the foot of the page says, as words."""
    html = visitor.text(f"/wiki/{path}").partition('<footer class="kb-colophon">')[2].partition("</article>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def section(visitor: Visitor, path: str, heading: str) -> str:
    """What stands under one heading of the foot, '' where there is none."""
    html = visitor.text(f"/wiki/{path}")
    found = re.search(rf'<section aria-labelledby="{heading}">.*?</section>', html, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split()) if found else ""


def test_it_names_those_who_wrote_most_first_and_since_when(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "who", "one", by=WRITER)
    for base in (1, 2):
        save(wiki, "who", f"more {base}", by=SECOND_WRITER, base=base)

    said = foot(visitor, "who")

    assert f"Written by {SECOND_WRITER.name} and {WRITER.name} since" in said
    assert f"by {SECOND_WRITER.name} · revision 3" in said


def test_a_hidden_author_is_not_named(visitor: Visitor, wiki: Wiki) -> None:
    made = save(wiki, "hidden-author", "one", by=SECOND_WRITER)
    save(wiki, "hidden-author", "two", by=WRITER, base=1)
    with wiki.database.write() as connection:
        hides = (Revision.page_id == made.page_id) & (Revision.number == 1)
        connection.execute(update(Revision).where(hides).values(author_hidden=True))

    assert SECOND_WRITER.name not in visitor.text("/wiki/hidden-author")
    assert f"Written by {WRITER.name}" in foot(visitor, "hidden-author")


def test_it_says_for_whom_it_waits_and_who_has_looked(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "state", "one")
    assert "Waits for moderators to look at it" in foot(visitor, "state")

    (review,) = [one for one in open_reviews(wiki) if one.path == "state"]
    answer(wiki, look(wiki, review.id), "approve")

    assert "Looked at by moderators on" in foot(visitor, "state")


def test_a_link_is_there_with_the_next_look_and_goes_with_it(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "target", "words")
    assert section(visitor, "target", "kb_linking") == ""

    save(wiki, "source", "See [[target]].", title="The source")
    assert "The source" in section(visitor, "target", "kb_linking")
    assert "The source" in section(visitor, "target", "kb_linking"), "as kept"

    save(wiki, "source", "No more.", base=1)
    assert section(visitor, "target", "kb_linking") == ""


def test_many_links_are_the_first_five_and_a_way_to_all(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "popular", "words")
    for number in range(7):
        save(wiki, f"fan/{number}", "See [[/popular]].", title=f"Fan {number}")

    said = section(visitor, "popular", "kb_linking")

    assert re.findall(r"Fan \d", said) == [f"Fan {number}" for number in range(5)]
    assert "/wiki/-/backlinks/popular" in visitor.text("/wiki/popular")


def test_what_belongs_with_a_page_says_why(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "near/leave", "See [[/near/pay]].", tags=["hr", "time"])
    save(wiki, "near/pay", "words", title="Pay")
    save(wiki, "far/holidays", "words", title="Holidays", tags=["hr", "time"])
    save(wiki, "near/beside", "words", title="Only beside")

    said = section(visitor, "near/leave", "kb_related")

    assert said.index("Holidays 2 tags in common") < said.index("Pay linked from here · in the same folder")
    assert "Only beside" not in said


@pytest.mark.parametrize("gone", ["forbidden", "deleted"])
def test_nobody_is_told_of_what_they_may_not_read(visitor: Visitor, wiki: Wiki, gone: str) -> None:
    here = f"open-{gone}"
    make_space(wiki, f"secret-{gone}", readers=("insiders", "moderators", "staff"), writers=("staff",))
    secret = f"secret-{gone}/plans"
    save(wiki, here, f"See [[{secret}]].", tags=[f"tag-{gone}"])
    save(wiki, secret, f"See [[/{here}]].", title="Secret plans", tags=[f"tag-{gone}"])
    visitor.actor = INSIDER
    assert "Secret plans" in foot(visitor, here)

    if gone == "deleted":
        with wiki.begin(WRITER) as tx:
            delete_page(tx, secret)
    else:
        visitor.actor = READER

    assert "Secret plans" not in foot(visitor, here)


def test_files_right_below_are_named(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "with-files", "words")
    for name in ("plan.txt", "below/other.txt"):
        content = wiki.files.keep(BytesIO(name.encode()))
        with wiki.begin(WRITER) as tx:
            upload_file(tx, NewFile(f"with-files/{name}", content))

    assert section(visitor, "with-files", "kb_files") == "Files of this page plan.txt 8 bytes"


def test_yes_and_no_are_counted_and_thanked_for(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "asked", "words")
    visitor.actor = ANONYMOUS
    for said in ("yes", "no", "no"):
        sent = visitor.post("/wiki/-/helpful/asked", helped=said)
        assert sent.status_code == 303
        assert "Thank you" in visitor.text(sent.headers["Location"])

    with wiki.read() as connection:
        (counted,) = [one for one in helped_least(connection, wiki.id, ADMIN) if one.path == "asked"]
    assert (counted.helped, counted.did_not) == (1, 2)


def test_a_sentence_reaches_those_who_look_after_the_page(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "told", "words")
    visitor.actor = READER

    visitor.post("/wiki/-/helpful/told", helped="no", text="The number is an old one.")

    (review,) = [one for one in open_reviews(wiki) if one.path == "told"]
    with wiki.read() as connection:
        said = [one.text for one in evidence_of(connection, review.id, MODERATOR)]
    assert said == ["The number is an old one."]


def test_saying_nothing_is_no_answer_and_too_much_keeps_the_words(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "often", "words")
    visitor.actor = READER
    assert visitor.post("/wiki/-/helpful/often").status_code == 422

    visitor.post("/wiki/-/helpful/often", text="First.")
    again = visitor.post("/wiki/-/helpful/often", text="Second thoughts.")

    assert again.status_code == 422
    assert "Second thoughts." in again.get_data(as_text=True)


def test_the_part_for_the_page_thanks_and_asks_for_a_sentence(visitor: Visitor, wiki: Wiki) -> None:
    save(wiki, "in-place", "words")
    part = "/wiki/-/helpful/in-place?helped=yes&fragment=1"
    assert "<html" not in visitor.text(part)

    thanked = visitor.post("/wiki/-/helpful/in-place?fragment=1", form=part, helped="yes").get_data(as_text=True)

    assert 'role="status"' in thanked
    assert 'name="text"' in thanked
    assert 'name="helped"' not in thanked, "it is counted once"


def test_a_page_with_a_foot_is_kept_for_the_next_look(visitor: Visitor, wiki: Wiki) -> None:
    now = datetime.now(tz=wiki.clock().tzinfo) + timedelta(days=1)
    clock, wiki.clock = wiki.clock, lambda: now
    try:
        save(wiki, "kept", "See [[target]].", tags=["kept"])
        visitor.text("/wiki/kept")
        with wiki.database.write() as connection:  # behind the journal's back, so that only a kept answer is the same
            connection.execute(update(Page).where(Page.path == "kept").values(title="Changed"))
        assert "Changed" not in visitor.text("/wiki/kept")
    finally:
        wiki.clock = clock
