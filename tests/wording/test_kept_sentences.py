"""What the wiki writes by itself is said to each reader in their language; what people wrote stays as it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from kbwiki import Wiki
from kbwiki.db import table_of
from kbwiki.leaving import export_wiki
from kbwiki.moderation.batches.plan import plan_batch
from kbwiki.moderation.batches.run import run_batch, take_back_batch
from kbwiki.moderation.batches.selection import Selection
from kbwiki.moderation.models import Decision
from kbwiki.moderation.policy import why_of
from kbwiki.moderation.rules.actions import reorder, set_rule
from kbwiki.moderation.rules.queries import get_rule
from kbwiki.pages.actions import move_page
from kbwiki.pages.models import Page, Revision
from kbwiki.search.earlier import search_earlier
from kbwiki.search.synonyms.actions import set_synonyms, take_back_synonyms
from kbwiki.search.synonyms.queries import states
from kbwiki.testing import ADMIN, MODERATOR, answer, look, open_reviews, save
from kbwiki.wording import N_, speaking
from kbwiki.wording.kept import LONGEST, SIGN, Kept, as_said, as_stored, keep
from kbwiki.wording.speech import Speech
from kbwiki.wording.vocabularies import vocabularies_of

OWN = {"preset": "Wiki", "en": {"decision": "verdict"}, "de": {"decision": ["Urteil", "Urteile", "n"]}}
SPEECH = Speech(["en", "de"], "", vocabularies_of(OWN))
ENGLISH, GERMAN = SPEECH.wording("en"), SPEECH.wording("de")


def newest(wiki: Wiki, path: str) -> str:
    """The comment on the newest revision, as it is read."""
    wanted = select(Revision.comment).join(Page, Page.id == Revision.page_id).where(Page.path == path)
    with wiki.read() as connection:
        return str(connection.execute(wanted.order_by(Revision.number.desc()).limit(1)).scalar())


def both(read: Any) -> tuple[Any, Any]:
    """What is read, in English and in German."""
    with speaking(ENGLISH):
        english = read()
    with speaking(GERMAN):
        return english, read()


def test_a_sentence_is_said_in_the_language_of_whoever_reads_it() -> None:
    kept = keep(N_("The [decision] was taken back"))

    assert both(lambda: as_said(kept)) == ("The verdict was taken back", "Das Urteil wurde aufgehoben")
    assert as_said(keep(N_("Undid {number}"), number=3)) == "Undid 3"


@pytest.mark.parametrize("written", ["Undid 3", "", "{number}", '["Undid {number}", {"number": 3}]', "a [page]"])
def test_what_people_wrote_stays_as_it_is(written: str) -> None:
    assert as_said(as_stored(written)) == written


def test_nobody_can_type_a_sentence_of_ours(wiki: Wiki) -> None:
    typed = str(keep(N_("Moved to the end")))

    save(wiki, "a", "x", comment=typed)

    assert SIGN not in as_stored(typed)
    assert newest(wiki, "a") == typed.removeprefix(SIGN)


@pytest.mark.parametrize("stored", [f"{SIGN}[", f"{SIGN}{{}}", f"{SIGN}[1]", f'{SIGN}["{{x.y}} {{z}}", {{}}]'])
def test_a_broken_row_is_shown_as_far_as_it_goes(stored: str) -> None:
    assert as_said(stored).isprintable()


def test_a_sentence_about_long_names_fits_its_column() -> None:
    kept = keep(N_("Links follow the move of {old} to {new}"), old="o" * 1024, new='"' * 1024)

    assert len(kept) <= LONGEST
    assert as_said(kept).startswith("Links follow the move of ooo")
    assert "… to " in as_said(kept)


def test_a_comment_on_a_page_is_said_and_found_and_exported_as_a_sentence(wiki: Wiki, tmp_path: Path) -> None:
    save(wiki, "old", "x")
    save(wiki, "from", "see [[old]]")
    wiki.catch_up_links()
    with wiki.begin(MODERATOR) as tx:
        move_page(tx, "old", "new")

    said = "Links follow the move of old to new", "Links folgen dem Umzug von old nach new"
    assert both(lambda: newest(wiki, "from")) == said
    with wiki.read() as connection, speaking(GERMAN):
        (found,) = search_earlier(connection, wiki.id, MODERATOR, "folgen dem Umzug").pages
    assert (found.path, found.comment) == ("from", said[1])
    with speaking(GERMAN):
        export_wiki(wiki, tmp_path / "out")
    lines = [json.loads(line) for line in (tmp_path / "out" / "revisions.jsonl").read_text("utf-8").splitlines()]
    assert said[1] in [one["comment"] for one in lines if "comment" in one]


def test_the_reason_of_a_revert_is_said_in_its_comment(wiki: Wiki) -> None:
    save(wiki, "a", "x")
    answer(wiki, look(wiki, open_reviews(wiki)[0].id), "approve")
    save(wiki, "a", "y", base=1)
    with speaking(GERMAN):  # whoever decides speaks German, whoever reads does not
        answer(wiki, look(wiki, open_reviews(wiki)[0].id), "revert", reason="wrong")

    assert both(lambda: newest(wiki, "a")) == ("It is not correct", "Es ist nicht richtig")


def test_what_was_undone_or_moved_is_said(wiki: Wiki) -> None:
    with wiki.begin(MODERATOR) as tx:
        number = set_synonyms(tx, ("holiday", "vacation"))
        take_back_synonyms(tx, number, 1)
    with wiki.begin(ADMIN) as tx:
        set_rule(tx, "first", {}, {"add_groups": ["moderators"]})
        set_rule(tx, "second", {}, {"add_groups": ["moderators"]})
        reorder(tx, "second", before="first")

    with wiki.read() as connection:
        assert both(lambda: states(connection, number, 2, 2)[0].comment) == ("Undid 1", "1 rückgängig gemacht")
        said = both(lambda: get_rule(connection, wiki.id, "second").versions[0].comment)
    assert said == ("Moved in front of “first”", "Vor „first“ gestellt")


def test_why_a_batch_was_taken_back_is_said(wiki: Wiki) -> None:
    save(wiki, "a", "x")
    plan = plan_batch(wiki, MODERATOR, Selection(), "approve")
    run_batch(wiki, MODERATOR, plan.batch_id)
    take_back_batch(wiki, MODERATOR, plan.batch_id)

    decision = table_of(Decision)
    with wiki.read() as connection:
        row = connection.execute(select(decision).where(decision.c.takes_back.is_not(None))).one()
    said = both(lambda: why_of(row.reason, row.facts))
    assert said == ("The whole batch was taken back", "Der ganze Stapel wurde aufgehoben")


def test_rows_of_earlier_versions_are_shown_as_they_are(wiki: Wiki) -> None:
    save(wiki, "a", "x")
    with wiki.database.write() as connection:
        connection.execute(text("UPDATE kbwiki_revision SET comment = 'Undid 3'"))

    assert both(lambda: newest(wiki, "a")) == ("Undid 3", "Undid 3")


def test_what_is_stored_says_itself_without_us(wiki: Wiki) -> None:
    kept = keep(N_("Moved in front of “{name}”"), name="Größe")

    assert isinstance(kept, Kept)
    assert json.loads(kept.removeprefix(SIGN)) == ["Moved in front of “{name}”", {"name": "Größe"}]
