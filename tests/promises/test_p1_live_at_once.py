"""P1: a valid save by somebody who may write is what the next request reads. Nothing holds it up."""

from __future__ import annotations

import stat
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbwiki import signals
from kbwiki.actors import ANONYMOUS, Actor, ActorKind
from kbwiki.errors import Forbidden, Invalid, NotFound
from kbwiki.moderation.queries.state import looked_at
from kbwiki.pages.actions import Edit, EditConflict, save_page
from kbwiki.pages.merge import resolve
from kbwiki.testing import AGENT, MODERATOR, READER, WRITER, answer, look, make_space, open_reviews, read, save
from kbwiki.wiki import Wiki

from .histories import examples

ON_BOTH = examples(20)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
PAGES = count()


@pytest.fixture
def next_request(wiki: Wiki) -> Any:
    """The same wiki as another process has it open."""
    other = Wiki(wiki.database.engine.url.render_as_string(hide_password=False))
    yield other
    other.close()


@given(text=TEXTS)
@ON_BOTH
def test_any_text_is_what_the_next_request_reads(wiki: Wiki, next_request: Wiki, text: str) -> None:
    path = f"page-{next(PAGES)}"
    save(wiki, path, text)
    assert read(next_request, path) == text


@given(texts=st.lists(TEXTS, min_size=2, max_size=4))
@ON_BOTH
def test_every_edit_is_what_the_next_request_reads(wiki: Wiki, next_request: Wiki, texts: list[str]) -> None:
    path = f"page-{next(PAGES)}"
    number: int | None = None
    for text in texts:
        number = save(wiki, path, text, base=number).number
        assert read(next_request, path) == text


@pytest.mark.parametrize(
    "author",
    [
        pytest.param(WRITER, id="a writer"),
        pytest.param(AGENT, id="a program"),
        pytest.param(Actor("new", "Somebody new"), id="somebody never seen before"),
        pytest.param(MODERATOR, id="a moderator"),
        pytest.param(Actor("bot", "Bot", kind=ActorKind.SYSTEM), id="a system account"),
    ],
)
def test_who_may_write_is_read_at_once_whoever_they_are(wiki: Wiki, author: Actor) -> None:
    save(wiki, "page", "Before.\n", by=AGENT)
    save(wiki, "page", "After.\n", by=author, base=1)
    assert read(wiki, "page") == "After.\n"


def test_where_everyone_may_write_somebody_not_signed_in_is_read_at_once(wiki: Wiki) -> None:
    make_space(wiki, "wall", writers=("everyone",))
    save(wiki, "wall/note", "I was here.\n", by=ANONYMOUS)
    assert read(wiki, "wall/note", by=ANONYMOUS) == "I was here.\n"


def test_an_author_whose_every_change_was_reverted_is_still_read_at_once(wiki: Wiki) -> None:
    for number in range(8):
        save(wiki, f"bad-{number}", "Nonsense.\n")
        verdict = "hide" if number % 2 else "revert"
        answer(wiki, look(wiki, open_reviews(wiki)[0].id), verdict, reason="abuse")
    save(wiki, "good", "Sense.\n")
    assert read(wiki, "good") == "Sense.\n"


def test_a_queue_as_long_as_the_wiki_holds_up_nothing(wiki: Wiki) -> None:
    with wiki.begin(AGENT) as tx:
        for number in range(150):
            save_page(tx, Edit(f"waiting-{number}", "Waits to be looked at.\n"))
    saved = save(wiki, "page", "Live.\n")
    assert read(wiki, "page") == "Live.\n"
    with wiki.read() as connection:
        state = looked_at(connection, saved.page_id)
    assert state is not None
    assert state.waiting == 1


def test_a_page_that_waits_for_review_shows_its_newest_text_and_not_the_last_approved_one(wiki: Wiki) -> None:
    save(wiki, "page", "Approved.\n")
    answer(wiki, look(wiki, open_reviews(wiki)[0].id), "approve")
    save(wiki, "page", "Not looked at yet.\n", base=1)
    for actor in (READER, ANONYMOUS, MODERATOR):
        assert read(wiki, "page", by=actor) == "Not looked at yet.\n"


def test_a_page_that_was_hidden_or_reverted_can_be_written_again_at_once(wiki: Wiki) -> None:
    for number, verdict in enumerate(("hide", "revert")):
        path = f"page-{number}"
        save(wiki, path, "First try.\n")
        answer(wiki, look(wiki, open_reviews(wiki)[0].id), verdict, reason="abuse")
        save(wiki, path, "Second try.\n")
        assert read(wiki, path) == "Second try.\n"
        answer(wiki, look(wiki, open_reviews(wiki)[0].id), "approve")


def test_a_receiver_that_raises_holds_up_nothing(wiki: Wiki) -> None:
    told: list[str] = []

    def broken(_sender: object, event: signals.Committed) -> None:
        raise RuntimeError("the host's own code is broken")

    def sound(_sender: object, event: signals.Committed) -> None:
        told.append(event.payload["path"])

    with signals.change_committed.connected_to(broken), signals.change_committed.connected_to(sound):
        save(wiki, "page", "Live.\n")
    assert read(wiki, "page") == "Live.\n"
    assert told == ["page"]


def test_an_index_that_cannot_be_written_holds_up_nothing(database_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    folder.write_text("A file stands where the index wants its folder.")
    wiki = Wiki(database_url, index=folder)
    save(wiki, "page", "Live.\n", title="Findable")
    assert read(wiki, "page") == "Live.\n"
    found = wiki.search.find(READER, "findable")
    assert [result.path for result in found.results] == ["page"]
    save(wiki, "page", "Still live.\n", base=1)
    assert read(wiki, "page") == "Still live.\n"
    wiki.close()


def test_an_index_folder_that_vanishes_or_is_torn_holds_up_nothing(database_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    wiki = Wiki(database_url, index=folder)
    save(wiki, "page", "Live zebra.\n")
    wiki.search.catch_up()
    for file in folder.rglob("*"):
        if file.is_file():
            file.chmod(stat.S_IRUSR | stat.S_IWUSR)
            file.write_bytes(b"torn")
    save(wiki, "page", "Live giraffe.\n", base=1)
    assert read(wiki, "page") == "Live giraffe.\n"
    wiki.search.find(READER, "giraffe")
    save(wiki, "other", "Another.\n")
    assert read(wiki, "other") == "Another.\n"
    wiki.close()


def test_only_access_size_and_malformed_input_refuse_and_say_so(wiki: Wiki) -> None:
    make_space(wiki, "rules", writers=("editors",))
    make_space(wiki, "closed", readers=("insiders",), writers=("insiders",))
    refusals: list[tuple[Edit, type[Exception]]] = [
        (Edit("rules/page", "x"), Forbidden),
        (Edit("closed/page", "x"), NotFound),
        (Edit("page", "x" * 2_000_001), Invalid),
        (Edit("page", "\0"), Invalid),
        (Edit("../page", "x"), Invalid),
    ]
    for edit, error in refusals:
        with pytest.raises(error) as raised, wiki.begin(WRITER) as tx:
            save_page(tx, edit)
        assert len(str(raised.value)) > 20


@given(mine=TEXTS, theirs=TEXTS)
@ON_BOTH
def test_a_save_that_meets_another_is_live_or_is_given_back_whole(wiki: Wiki, mine: str, theirs: str) -> None:
    path = f"page-{next(PAGES)}"
    save(wiki, path, "One.\n\nTwo.\n")
    save(wiki, path, f"{theirs}\n\nTwo.\n", base=1)
    text = f"{mine}\n\nTwo.\n"
    merge = None
    try:
        assert save(wiki, path, text, base=1, by=AGENT).merged
    except EditConflict as conflict:
        merge = conflict.merge
    if merge is None:
        assert mine in read(wiki, path)
    else:
        assert resolve(merge, ["mine"] * sum(chunk.kind == "clash" for chunk in merge.chunks)) == text
        assert read(wiki, path) == f"{theirs}\n\nTwo.\n"
