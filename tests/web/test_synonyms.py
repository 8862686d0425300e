"""Words that mean the same in the browser: listed, set, changed, removed, undone; for those who look after the wiki."""

from __future__ import annotations

from kbwiki import Wiki
from kbwiki.search.synonyms.actions import set_synonyms
from kbwiki.search.synonyms.queries import list_synonyms
from kbwiki.testing import ADMIN, MODERATOR, SECOND_MODERATOR, WRITER, open_reviews

from .conftest import Visitor

SYNONYMS = "/wiki/-/synonyms"


def words(wiki: Wiki) -> list[tuple[str, ...]]:
    with wiki.read() as connection:
        return [line.words for line in list_synonyms(connection, wiki.id)]


def test_they_are_for_those_who_look_after_the_wiki(visitor: Visitor) -> None:
    for actor, status in ((WRITER, 403), (MODERATOR, 200), (ADMIN, 200)):
        visitor.actor = actor
        assert visitor.get(SYNONYMS).status_code == status


def test_words_are_set_listed_and_undone(wiki: Wiki, visitor: Visitor) -> None:
    visitor.actor = MODERATOR
    assert "No words have been set yet" in visitor.text(SYNONYMS)

    answer = visitor.post(SYNONYMS, words="holiday\r\nannual leave\r\n\r\nvacation", comment="asked for")

    assert answer.status_code == 303
    assert words(wiki) == [("holiday", "annual leave", "vacation")]
    shown = visitor.text(answer.location)
    assert "Known now: holiday = annual leave = vacation" in shown
    assert [line.title for line in open_reviews(wiki)] == ["holiday = annual leave = vacation"]

    visitor.post(f"{SYNONYMS}/1/undo/1", form=answer.location)
    assert words(wiki) == []


def test_a_set_is_changed_with_its_history_and_removed_and_comes_back(wiki: Wiki, visitor: Visitor) -> None:
    visitor.actor = MODERATOR
    visitor.post(SYNONYMS, words="PTO = leave")
    visitor.post(SYNONYMS, form=f"{SYNONYMS}?set=1", words="PTO\nannual leave", one_way="1")
    assert "PTO → annual leave" in visitor.text(f"{SYNONYMS}?set=1")
    assert "PTO = leave" in visitor.text(f"{SYNONYMS}?set=1")

    answer = visitor.post(SYNONYMS, form=f"{SYNONYMS}?set=1", do="remove", words="")
    assert words(wiki) == []
    visitor.post(f"{SYNONYMS}/1/undo/3", form=answer.location)

    assert words(wiki) == [("PTO", "annual leave")]


def test_what_is_wrong_is_said_and_what_was_typed_stays(wiki: Wiki, visitor: Visitor) -> None:
    visitor.actor = MODERATOR

    answer = visitor.post(SYNONYMS, words="lonely", comment="because")

    assert answer.status_code == 422
    assert "at least two different words" in answer.text
    assert ">lonely</textarea>" in answer.text
    assert 'value="because"' in answer.text


def test_who_comes_second_sees_what_the_first_one_set(wiki: Wiki, visitor: Visitor) -> None:
    with wiki.begin(MODERATOR) as tx:
        set_id = set_synonyms(tx, ("holiday", "vacation"))
    visitor.actor = MODERATOR
    with wiki.begin(SECOND_MODERATOR) as tx:
        set_synonyms(tx, ("holiday", "feast"), set_id=set_id)

    answer = visitor.post(SYNONYMS, form=f"{SYNONYMS}?set=1", words="holiday\nleave", number="1")

    assert answer.status_code == 409
    assert "holiday = feast" in answer.text
    assert ">holiday\nleave</textarea>" in answer.text
    assert words(wiki) == [("holiday", "feast")]
