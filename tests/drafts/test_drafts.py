"""Drafts: kept for their author alone, each window's beside the other's, and forgotten once they are live."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from kbwiki import ANONYMOUS, Actor, Wiki
from kbwiki.drafts.actions import Kept, Written, bring_back, keep_draft, note_saved, prune, throw_away
from kbwiki.drafts.policy import MOST_DRAFTS
from kbwiki.drafts.queries import DraftView, drafts_at, drafts_of, get_draft
from kbwiki.errors import Forbidden, Invalid, NotFound
from kbwiki.leaving.export import export_wiki
from kbwiki.testing import SECOND_WRITER, WRITER, TickingClock, save


def keep(wiki: Wiki, text: str, *, tab: str = "window", counter: int = 1, by: Actor = WRITER, most: int = 1000) -> Kept:
    with wiki.begin(by) as tx:
        return keep_draft(tx, Written(text, "tea", "Tea", tab=tab, counter=counter), max_bytes=most)


def kept(wiki: Wiki, by: Actor = WRITER) -> list[DraftView]:
    with wiki.read() as connection:
        return drafts_at(connection, wiki.id, by, None, "tea")


def texts(wiki: Wiki, by: Actor = WRITER) -> set[str]:
    return {one.text for one in kept(wiki, by)}


def test_a_window_keeps_its_newest_text(wiki: Wiki) -> None:
    keep(wiki, "One.")
    keep(wiki, "Two.", counter=2)

    (draft,) = kept(wiki)
    assert (draft.text, draft.typed_title, draft.counter) == ("Two.", "Tea", 2)


def test_two_windows_keep_two_texts(wiki: Wiki) -> None:
    keep(wiki, "One.")
    keep(wiki, "Two.", tab="other")

    assert texts(wiki) == {"One.", "Two."}


def test_a_window_that_took_the_name_of_another_overwrites_nothing(wiki: Wiki) -> None:
    keep(wiki, "One.", counter=5)
    second = keep(wiki, "Two.", counter=5)

    assert second.is_second
    assert second.tab != "window"
    assert texts(wiki) == {"One.", "Two."}


def test_the_same_text_twice_is_one_draft(wiki: Wiki) -> None:
    keep(wiki, "One.", counter=3)

    assert not keep(wiki, "One.", counter=3).is_second
    assert texts(wiki) == {"One."}


def test_nobody_else_sees_a_draft(wiki: Wiki) -> None:
    keep(wiki, "One.")
    with wiki.read() as connection:
        (line,) = drafts_of(connection, wiki.id, WRITER)
        assert drafts_of(connection, wiki.id, SECOND_WRITER) == []
        with pytest.raises(NotFound):
            get_draft(connection, wiki.id, SECOND_WRITER, line.id)
    with pytest.raises(NotFound), wiki.begin(SECOND_WRITER) as tx:
        throw_away(tx, line.id)
    assert texts(wiki, SECOND_WRITER) == set()


def test_what_is_live_is_no_draft_and_what_comes_late_is_known(wiki: Wiki) -> None:
    keep(wiki, "One.", counter=2)
    with wiki.begin(WRITER) as tx:
        note_saved(tx, "window", 3)

    keep(wiki, "One.", counter=3)
    assert texts(wiki) == set()
    keep(wiki, "Written after going back.", counter=4)
    assert texts(wiki) == {"Written after going back."}


def test_what_comes_late_is_known_even_when_nothing_was_kept_before(wiki: Wiki) -> None:
    with wiki.begin(WRITER) as tx:
        note_saved(tx, "window", 1)
    keep(wiki, "One.", counter=1)

    assert texts(wiki) == set()


def test_what_was_thrown_away_can_be_had_back_for_a_day(wiki: Wiki) -> None:
    wiki.clock = clock = TickingClock()
    keep(wiki, "One.")
    (draft,) = kept(wiki)
    with wiki.begin(WRITER) as tx:
        throw_away(tx, draft.id)
    assert texts(wiki) == set()
    with wiki.begin(WRITER) as tx:
        bring_back(tx, draft.id)
    assert texts(wiki) == {"One."}

    with wiki.begin(WRITER) as tx:
        throw_away(tx, draft.id)
    clock.now += timedelta(days=2)
    with wiki.database.write() as connection:
        assert prune(connection, wiki.id, clock.now, 30) == 1
    with pytest.raises(NotFound), wiki.begin(WRITER) as tx:
        bring_back(tx, draft.id)


def test_a_draft_is_kept_for_so_many_days_after_the_last_word(wiki: Wiki) -> None:
    wiki.clock = clock = TickingClock()
    keep(wiki, "One.")
    clock.now += timedelta(days=29)
    with wiki.database.write() as connection:
        assert prune(connection, wiki.id, clock.now, 30) == 0
    clock.now += timedelta(days=2)
    with wiki.database.write() as connection:
        assert prune(connection, wiki.id, clock.now, 30) == 1


@pytest.mark.parametrize("text", ["x" * 1001, "NUL \0", "half \ud800"])
def test_what_no_page_can_be_is_not_kept_and_its_author_is_told(wiki: Wiki, text: str) -> None:
    with pytest.raises(Invalid):
        keep(wiki, text)


def test_there_is_room_for_so_many(wiki: Wiki) -> None:
    with wiki.begin(WRITER) as tx:
        for number in range(MOST_DRAFTS):
            keep_draft(tx, Written("x", "tea", tab=f"w{number}"), max_bytes=1000)
    with pytest.raises(Invalid, match="too many"):
        keep(wiki, "One more.")
    keep(wiki, "y", tab="w1", counter=2)  # what there is goes on


def test_nobody_in_particular_has_drafts(wiki: Wiki) -> None:
    with pytest.raises(Forbidden):
        keep(wiki, "One.", by=ANONYMOUS)


def test_odd_characters_stay_as_they_are(wiki: Wiki) -> None:
    odd = "e\u0301 👩‍👩‍👧 \u2028\ufeff\t \r\n\r last"
    with wiki.begin(WRITER) as tx:
        keep_draft(tx, Written(odd, "tea", "T\0itle \ud800", "a,\u00a0b"), max_bytes=1000)

    (draft,) = kept(wiki)
    assert (draft.text, draft.typed_title, draft.tags) == (odd, "T\0itle \ud800", "a,\u00a0b")


def test_no_entry_of_the_journal_tells_of_a_draft_and_the_export_has_its_text(wiki: Wiki, tmp_path: Path) -> None:
    save(wiki, "tea", "Green.")
    keep(wiki, "My own words.")

    export_wiki(wiki, tmp_path / "out")
    assert "My own words." in (tmp_path / "out" / "tables" / "kbwiki_draft.jsonl").read_text("utf-8")
    assert "My own words." not in (tmp_path / "out" / "journal.jsonl").read_text("utf-8")
    assert wiki.search(SECOND_WRITER, "words").total == 0
