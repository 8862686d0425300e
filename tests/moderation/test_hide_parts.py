"""Words, comment and author are hidden apart from each other, and each hiding is taken back by itself."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from kbwiki.actors import Actor
from kbwiki.errors import Invalid
from kbwiki.moderation.decide import Answer, decide
from kbwiki.moderation.policy import Verdict
from kbwiki.moderation.record import Decided
from kbwiki.moderation.take_back import restore_hidden, take_back
from kbwiki.pages.models import Revision
from kbwiki.pages.queries.history import changes_by, history, recent_changes
from kbwiki.pages.queries.view import get_by_id
from kbwiki.testing import MODERATOR, READER, SECOND_MODERATOR, WRITER, answer, look, open_reviews, read, save
from kbwiki.wiki import Wiki

from .conftest import PEOPLE, SAFETY, review_of

TEXT = "Words that stay.\n"


def hidden(
    wiki: Wiki,
    path: str,
    parts: tuple[str, ...],
    *,
    by: Actor = PEOPLE,
    group: str = "people",
    only_group: bool = False,
) -> Decided:
    """Hide the parts of what the group has to look at."""
    seen = look(wiki, review_of(wiki, path, group).id, by=by)
    shown = seen.shown
    details: dict[str, Any] = {"parts": parts, "only_group": only_group}
    answer = Answer(seen.id, shown.base, shown.head, shown.digest, Verdict.HIDE, reason="private", details=details)
    with wiki.begin(by) as tx:
        return decide(tx, answer)


def flags(wiki: Wiki, page_id: int) -> list[tuple[bool, bool, bool, str | None]]:
    """Of every revision, oldest first: words, comment, author hidden, and for whom."""
    with wiki.read() as connection:
        rows = connection.execute(
            select(Revision.hidden, Revision.comment_hidden, Revision.author_hidden, Revision.hidden_for)
            .where(Revision.page_id == page_id)
            .order_by(Revision.number)
        )
        return [tuple(row) for row in rows]  # type: ignore[misc]


def shown_again(wiki: Wiki, decision: Decided, by: Actor = PEOPLE) -> Decided:
    with wiki.begin(by) as tx:
        return restore_hidden(tx, decision.decision_id)


def test_a_hidden_comment_leaves_the_text_and_only_the_range_is_touched(organised: Wiki) -> None:
    saved = save(organised, "both/page", TEXT, comment="first")
    decided_by_people = hidden(organised, "both/page", ("comment",))
    save(organised, "both/page", TEXT + "More.\n", base=2, comment="second")

    assert read(organised, "both/page") == TEXT + "More.\n"
    assert decided_by_people.number == 2
    assert flags(organised, saved.page_id) == [(False, True, False, None), *[(False,) * 3 + (None,)] * 2]
    with organised.read() as connection:
        assert [line.comment for line in history(connection, saved.page_id, 9, 9)][::2] == ["second", ""]


def test_a_hidden_author_has_no_name_and_is_not_found_by_it(organised: Wiki) -> None:
    saved = save(organised, "both/page", TEXT)
    hidden(organised, "both/page", ("author",))

    with organised.read() as connection:
        view = get_by_id(connection, organised.id, saved.page_id, 1, READER)
        assert (view.author, view.author_kind) == ("", "")
        assert [line.author for line in recent_changes(connection, organised.id, READER)] == [PEOPLE.name, ""]
        assert [line.number for line in changes_by(connection, organised.id, WRITER, before=99, count=9)] == [1]


def test_the_other_group_of_the_page_sees_that_something_was_hidden_and_not_whose_it_was(organised: Wiki) -> None:
    save(organised, "both/page", TEXT, comment="because")
    hidden(organised, "both/page", ("comment", "author"))

    (line,) = open_reviews(organised, "safety")
    seen = look(organised, line.id, by=SAFETY)

    assert (line.head, line.kinds) == (2, ("create", "hide"))
    assert sorted(line.authors) == ["", PEOPLE.name]
    assert [(one.name, one.external_id, one.changes) for one in seen.authors] == [
        (PEOPLE.name, PEOPLE.id, 1),
        ("", "", 0),
    ]
    assert "because" not in repr((line, seen))
    assert WRITER.name not in repr((line, seen))


def test_a_hidden_author_is_still_kept_from_deciding_about_their_own_change(organised: Wiki) -> None:
    save(organised, "both/page", TEXT, by=SAFETY)
    hidden(organised, "both/page", ("author",))

    seen = look(organised, review_of(organised, "both/page", "safety").id, by=SAFETY)

    assert "your own" in seen.why_not


def test_an_author_with_another_change_in_the_range_that_names_them_is_named(organised: Wiki) -> None:
    saved = save(organised, "both/page", TEXT)
    hidden(organised, "both/page", ("author",))
    save(organised, "both/page", TEXT + "More.\n", base=2)

    (line,) = open_reviews(organised, "safety")

    assert saved.number == 1
    assert sorted(line.authors) == [PEOPLE.name, WRITER.name]


@pytest.mark.parametrize("parts", [("words",), ("comment",), ("author",), ("words", "comment", "author")])
@pytest.mark.parametrize("only_group", [False, True])
def test_showing_again_undoes_exactly_what_was_hidden(
    organised: Wiki, parts: tuple[str, ...], only_group: bool
) -> None:
    saved = save(organised, "both/page", TEXT, comment="because", title="Page", tags=["a"])
    decision = hidden(organised, "both/page", parts, only_group=only_group)
    assert flags(organised, saved.page_id)[0] == (
        "words" in parts,
        "comment" in parts,
        "author" in parts,
        "people" if only_group else None,
    )

    shown_again(organised, decision)

    assert set(flags(organised, saved.page_id)) == {(False, False, False, None)}
    assert read(organised, "both/page") == TEXT


def test_what_another_hiding_hides_stays_hidden(organised: Wiki) -> None:
    saved = save(organised, "both/page", TEXT, comment="because")
    first = hidden(organised, "both/page", ("comment", "author"), only_group=True)
    second = hidden(organised, "both/page", ("comment",), by=SAFETY, group="safety", only_group=True)
    assert flags(organised, saved.page_id)[0] == (False, True, True, "people")

    shown_again(organised, first)
    assert flags(organised, saved.page_id)[0] == (False, True, False, "safety")

    shown_again(organised, second, by=SAFETY)
    assert flags(organised, saved.page_id)[0] == (False, False, False, None)


def test_words_hidden_by_one_group_do_not_come_back_with_the_comment_of_another(organised: Wiki) -> None:
    saved = save(organised, "both/page", TEXT, comment="because")
    comment = hidden(organised, "both/page", ("comment",))
    words = hidden(organised, "both/page", ("words",), by=SAFETY, group="safety")

    shown_again(organised, comment)
    assert flags(organised, saved.page_id)[0] == (True, False, False, None)

    shown_again(organised, words, by=SAFETY)
    assert not any(flag for row in flags(organised, saved.page_id) for flag in row)


def test_taking_the_hiding_of_a_comment_back_lets_the_change_wait_again(wiki: Wiki) -> None:
    saved = save(wiki, "page", TEXT, comment="because")
    decision = hidden(wiki, "page", ("comment",), by=MODERATOR, group="moderators")

    with wiki.begin(SECOND_MODERATOR) as tx:
        take_back(tx, decision.decision_id)

    assert flags(wiki, saved.page_id)[0] == (False, False, False, None)
    assert (review_of(wiki, "page").base, review_of(wiki, "page").head) == (0, 1)


def test_without_parts_the_words_are_hidden_and_unknown_parts_are_refused(organised: Wiki) -> None:
    saved = save(organised, "both/page", TEXT)

    with pytest.raises(Invalid):
        hidden(organised, "both/page", ("everything",))
    hidden(organised, "both/page", ())

    assert flags(organised, saved.page_id)[0] == (True, False, False, None)


def test_a_comment_hidden_while_another_group_looked_is_news_to_them(organised: Wiki) -> None:
    save(organised, "both/page", TEXT, comment="because")
    before = look(organised, review_of(organised, "both/page", "safety").id, by=SAFETY)

    hidden(organised, "both/page", ("comment",))

    assert look(organised, before.id, by=SAFETY).shown.digest != before.shown.digest


def test_what_was_hidden_is_shown_again_once_for_one_key(wiki: Wiki) -> None:
    save(wiki, "page", "Once.\n")
    (line,) = open_reviews(wiki)
    hiding = answer(wiki, look(wiki, line.id), "hide", reason="private")
    said = []
    for _ in range(2):
        with wiki.begin(MODERATOR) as tx:
            said.append(restore_hidden(tx, hiding.decision_id, key="show-it"))
    assert [one.repeated for one in said] == [False, True]
    assert said[0].decision_id == said[1].decision_id
