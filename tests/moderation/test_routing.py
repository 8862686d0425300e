"""Routing: leaving a transaction gives every change to its groups, and nothing else can."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from kbwiki.actors import SYSTEM
from kbwiki.db import Change
from kbwiki.journal.models import Entry
from kbwiki.moderation.models import Review
from kbwiki.moderation.take_back import restore_hidden
from kbwiki.pages.actions import Edit, bring_back, delete_page, move_page, restore_revision, save_page, undo_change
from kbwiki.testing import ADMIN, MODERATOR, SECOND_WRITER, WRITER, make_space, open_reviews, save
from kbwiki.wiki import Wiki
from tests.promises.invariants import faults

from .conftest import PEOPLE, SAFETY, decided, ranges, review_of


def entries(wiki: Wiki) -> list[tuple[str, str | None, object]]:
    """Kind, exemption and what the payload says of it, of every entry."""
    with wiki.read() as connection:
        rows = connection.execute(select(Entry.kind, Entry.exempt, Entry.payload).order_by(Entry.position))
        return [(row.kind, row.exempt, row.payload.get("exempt")) for row in rows]


def test_a_change_without_a_responsible_group_goes_to_the_fallback_group(organised: Wiki) -> None:
    save(organised, "anywhere/page", "x\n")
    assert ranges(organised) == {"anywhere/page": (0, 1)}
    assert ranges(organised, "people") == {}


def test_a_change_goes_to_the_group_of_its_space_and_to_no_other(organised: Wiki) -> None:
    save(organised, "people/page", "x\n")
    assert ranges(organised, "people") == {"people/page": (0, 1)}
    assert ranges(organised) == {}
    assert ranges(organised, "safety") == {}


def test_every_responsible_group_has_a_review_of_its_own(organised: Wiki) -> None:
    save(organised, "both/page", "x\n")
    assert ranges(organised, "people") == ranges(organised, "safety") == {"both/page": (0, 1)}


def test_later_changes_extend_the_open_review(organised: Wiki) -> None:
    save(organised, "page", "1\n")
    first = review_of(organised, "page")
    save(organised, "page", "2\n", base=1, by=SECOND_WRITER)
    save(organised, "page", "3\n", base=2)
    line = review_of(organised, "page")
    assert (line.id, line.base, line.head) == (first.id, 0, 3)
    assert line.authors == (SECOND_WRITER.name, WRITER.name)
    assert line.opened_at == first.opened_at
    assert line.updated_at > first.updated_at


def test_a_change_after_a_decision_opens_a_review_of_that_change_alone(organised: Wiki) -> None:
    save(organised, "page", "1\n")
    decided(organised, "page", "approve")
    assert ranges(organised) == {}
    save(organised, "page", "2\n", base=1)
    assert ranges(organised) == {"page": (1, 2)}
    assert review_of(organised, "page").authors == (WRITER.name,)


def test_groups_of_one_page_decide_independently(organised: Wiki) -> None:
    save(organised, "both/page", "1\n")
    decided(organised, "both/page", "approve", by=PEOPLE, group="people")
    save(organised, "both/page", "2\n", base=1)
    assert ranges(organised, "people") == {"both/page": (1, 2)}
    assert ranges(organised, "safety") == {"both/page": (0, 2)}


def test_a_move_between_spaces_is_looked_at_by_both_groups(organised: Wiki) -> None:
    save(organised, "people/page", "x\n")
    with organised.begin(WRITER) as tx:
        move_page(tx, "people/page", "safety/page")
    assert ranges(organised, "people") == {"safety/page": (0, 2)}
    assert ranges(organised, "safety") == {"safety/page": (1, 2)}
    save(organised, "safety/page", "y\n", base=2)
    assert ranges(organised, "people") == {"safety/page": (0, 2)}
    assert ranges(organised, "safety") == {"safety/page": (1, 3)}
    assert faults(organised) == []


def test_every_kind_of_change_of_a_page_is_reviewed(organised: Wiki) -> None:
    save(organised, "page", "1\n")
    save(organised, "page", "2\n", base=1)
    save(organised, "linking", "[[page]]\n")
    with organised.begin(WRITER) as tx:
        move_page(tx, "page", "moved")
    for action in (delete_page, bring_back):
        with organised.begin(WRITER) as tx:
            action(tx, "moved")
    with organised.begin(WRITER) as tx:
        restore_revision(tx, "moved", 1)
    with organised.begin(WRITER) as tx:
        undo_change(tx, "moved", 6)
    kinds = {kind for kind, exempt, _ in entries(organised) if exempt is None}
    assert kinds == {"create", "edit", "move", "relink", "delete", "bring-back", "restore", "undo"}
    line = review_of(organised, "moved")
    assert (line.base, line.head) == (0, 7)
    assert faults(organised) == []


def test_all_changes_of_one_transaction_are_routed(organised: Wiki) -> None:
    with organised.begin(WRITER) as tx:
        save_page(tx, Edit("page", "1\n"))
        save_page(tx, Edit("page", "2\n", base=1))
        save_page(tx, Edit("people/page", "3\n"))
    assert ranges(organised) == {"page": (0, 2)}
    assert ranges(organised, "people") == {"people/page": (0, 1)}


def test_a_transaction_that_raises_leaves_no_review(organised: Wiki) -> None:
    def interrupted() -> None:
        with organised.begin(WRITER) as tx:
            save_page(tx, Edit("page", "1\n"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        interrupted()
    assert ranges(organised) == {}


def test_a_change_of_a_responsible_group_by_its_own_member_is_reviewed_too(organised: Wiki) -> None:
    save(organised, "people/page", "x\n", by=PEOPLE)
    line = review_of(organised, "people/page", "people")
    assert line.authors == (PEOPLE.name,)


def test_changes_by_administrators_and_by_kbwiki_itself_are_reviewed(organised: Wiki) -> None:
    save(organised, "page", "1\n", by=ADMIN)
    save(organised, "other", "1\n", by=SYSTEM)
    assert ranges(organised) == {"page": (0, 1), "other": (0, 1)}


def test_a_revert_by_the_only_group_is_exempt_because_a_human_has_just_looked(organised: Wiki) -> None:
    save(organised, "page", "1\n")
    decided(organised, "page", "approve")
    save(organised, "page", "2\n", base=1)
    decided(organised, "page", "revert")
    assert ranges(organised) == {}
    rule = {"rule": "decision", "probability": 1}
    assert entries(organised)[-2:] == [("revert", "decision", rule), ("decide", "decision", rule)]
    assert faults(organised) == []


def test_a_revert_goes_to_the_other_groups_of_the_page(organised: Wiki) -> None:
    save(organised, "both/page", "1\n")
    for actor, group in ((PEOPLE, "people"), (SAFETY, "safety")):
        decided(organised, "both/page", "approve", by=actor, group=group)
    save(organised, "both/page", "2\n", base=1)
    decided(organised, "both/page", "revert", by=PEOPLE, group="people")
    assert ranges(organised, "people") == {}
    assert ranges(organised, "safety") == {"both/page": (1, 3)}
    assert PEOPLE.name in review_of(organised, "both/page", "safety").authors
    assert faults(organised) == []


def test_hiding_and_showing_again_go_to_the_other_groups_of_the_page(organised: Wiki) -> None:
    save(organised, "both/page", "1\n")
    hidden = decided(organised, "both/page", "hide", by=PEOPLE, group="people")
    assert ranges(organised, "safety") == {"both/page": (0, 2)}
    with organised.begin(PEOPLE) as tx:
        restore_hidden(tx, hidden.decision_id)
    assert ranges(organised, "safety") == {"both/page": (0, 3)}
    assert ranges(organised, "people") == {}
    assert faults(organised) == []


def test_an_approval_is_no_change_of_the_page(organised: Wiki) -> None:
    save(organised, "both/page", "1\n")
    assert decided(organised, "both/page", "approve", by=PEOPLE, group="people").number == 1
    assert ranges(organised, "safety") == {"both/page": (0, 1)}


def test_an_exemption_is_recorded_with_its_rule_and_probability(organised: Wiki) -> None:
    with organised.begin(WRITER) as tx:
        tx.record(Change("note", "note", 7, 1, (), {"words": 3}, exempt="trusted"))
    with organised.read() as connection:
        assert connection.execute(select(Review.id)).all() == []
    assert entries(organised)[-1] == ("note", "trusted", {"rule": "trusted", "probability": 1})
    assert all(said == {"rule": exempt, "probability": 1} for _, exempt, said in entries(organised) if exempt)


def test_an_exempt_change_does_not_close_or_extend_an_open_review(organised: Wiki) -> None:
    save(organised, "page", "1\n")
    first = decided(organised, "page", "hide", reason="private")
    save(organised, "page", "2\n", by=SECOND_WRITER)
    with organised.begin(MODERATOR) as tx:
        restore_hidden(tx, first.decision_id)
    assert ranges(organised) == {"page": (2, 3)}
    save(organised, "page", "5\n", base=4)
    assert ranges(organised) == {"page": (2, 5)}
    assert faults(organised) == []


def test_a_change_of_something_that_is_no_page_joins_the_queues_by_its_spaces(organised: Wiki) -> None:
    with organised.begin(WRITER) as tx:
        tx.record(Change("upload", "file", 3, 1, (1,), {}))
    with organised.read() as connection:
        row = connection.execute(select(Review.group, Review.subject_kind, Review.base, Review.head)).one()
    assert tuple(row) == ("moderators", "file", 0, 1)


def test_a_page_and_another_subject_of_the_same_number_do_not_share_a_review(organised: Wiki) -> None:
    saved = save(organised, "page", "1\n")
    with organised.begin(WRITER) as tx:
        tx.record(Change("upload", "parcel", saved.page_id, 1, (1,), {}))
    with organised.read() as connection:
        kinds = connection.execute(select(Review.subject_kind).order_by(Review.id)).scalars()
        assert list(kinds) == ["page", "parcel"]
    assert ranges(organised) == {"page": (0, 1), "": (0, 1)}


def test_a_new_responsible_group_gets_the_changes_made_from_then_on(organised: Wiki) -> None:
    save(organised, "people/page", "1\n")
    make_space(organised, "people", reviewers=("safety",))
    save(organised, "people/page", "2\n", base=1)
    assert ranges(organised, "safety") == {"people/page": (1, 2)}
    assert ranges(organised, "people") == {"people/page": (0, 1)}


def test_two_wikis_in_one_database_have_queues_of_their_own(organised: Wiki) -> None:
    second = Wiki(organised.database.engine.url.render_as_string(hide_password=False), name="second")
    second.upgrade()
    save(organised, "page", "1\n")
    save(second, "page", "1\n")
    save(second, "other", "1\n")
    assert set(ranges(organised)) == {"page"}
    assert {line.path for line in open_reviews(second)} == {"page", "other"}
    second.close()
