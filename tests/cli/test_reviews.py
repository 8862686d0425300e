"""Reviews on the command line: nothing is decided that was not shown, and many at once is a dry run until told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from kbwiki import Wiki
from kbwiki.actors import SYSTEM
from kbwiki.cli import main
from kbwiki.moderation.desk.feeds import find_feed, make_feed
from kbwiki.moderation.models import Review
from kbwiki.moderation.rules.actions import set_rule
from kbwiki.pages.actions import Edit, save_page
from kbwiki.testing import MODERATOR, SECOND_WRITER, WRITER, open_reviews, read, save
from tests.moderation.conftest import decided

MONA = ("--actor", "moderator", "--actor-name", "Mona", "--in-group", "moderators")


@pytest.fixture
def wiki(sqlite_url: str) -> Iterator[Wiki]:
    wiki = Wiki(sqlite_url)
    yield wiki
    wiki.close()


@pytest.fixture
def url(sqlite_url: str) -> str:
    return sqlite_url


def run(url: str, *words: str) -> Result:
    return CliRunner().invoke(main, ["--database", url, *words])


def shown(url: str, review_id: int) -> tuple[str, ...]:
    """The options that “reviews show” says a decision needs."""
    said = run(url, "reviews", "show", str(review_id), *MONA).output
    return tuple(said.rsplit("To decide: ", 1)[1].split())


def batch_of(output: str) -> str:
    (batch_id,) = set(re.findall(r"\b[0-9a-f]{32}\b", output))
    return batch_id


def test_a_queue_is_listed_and_a_review_shown_with_its_difference(wiki: Wiki, url: str) -> None:
    save(wiki, "notes", "one\n")

    listed = run(url, "reviews", "list", "--group", "moderators").output
    (line,) = open_reviews(wiki)
    said = run(url, "reviews", "show", str(line.id), *MONA)

    assert listed == f"{line.id}\t0..1\tnotes\tnotes\tWim Writer\n"
    assert "+one" in said.output
    assert re.search(r"--base 0 --head 1 --digest [0-9a-f]{64}\n", said.output)


def test_a_list_is_narrowed_and_ordered_on_the_command_line(wiki: Wiki, url: str) -> None:
    for path, by in (("one", WRITER), ("two", SECOND_WRITER), ("three", SECOND_WRITER)):
        save(wiki, path, "x\n", by=by)
    with wiki.database.write() as connection:
        connection.execute(update(Review).where(Review.id == open_reviews(wiki)[2].id).values(risk=2.5))

    def paths(*words: str) -> list[str]:
        said = run(url, "reviews", "list", "--group", "moderators", "--group", "people", *words).output
        return [line.split("\t")[2] for line in said.splitlines()]

    assert paths() == ["one", "two", "three"]
    assert paths("--order", "risk") == ["three", "one", "two"]
    assert paths("--author", "second") == ["two", "three"]
    assert paths("--author", "second", "--risk", "2") == ["three"]
    assert paths("--kind", "move") == paths("--view", "overdue") == paths("--waiting") == paths("--days", "2") == []


def test_the_feeds_of_somebody_who_left_are_revoked(wiki: Wiki, url: str) -> None:
    with wiki.begin(MODERATOR) as tx:
        feed = make_feed(tx, group="moderators")

    assert run(url, "reviews", "revoke-feeds", SECOND_WRITER.id).output == "0 feed addresses revoked\n"
    assert run(url, "reviews", "revoke-feeds", MODERATOR.id).output == "1 feed addresses revoked\n"

    with wiki.read() as connection:
        found = find_feed(connection, wiki.id, feed.id, feed.secret)
    assert found is not None
    assert found.ended


def test_a_decision_names_what_was_shown(wiki: Wiki, url: str) -> None:
    save(wiki, "notes", "one\n")
    (line,) = open_reviews(wiki)
    seen = shown(url, line.id)
    save(wiki, "notes", "two\n", by=SECOND_WRITER, base=1)

    stale = run(url, "reviews", "decide", str(line.id), "approve", *seen, *MONA)
    fresh = run(url, "reviews", "decide", str(line.id), "approve", *shown(url, line.id), *MONA)

    assert stale.exit_code == 1
    assert "changed while you were looking" in stale.output
    assert fresh.exit_code == 0, fresh.output
    assert open_reviews(wiki) == []


def test_without_a_digest_nothing_can_be_decided(wiki: Wiki, url: str) -> None:
    save(wiki, "notes", "one\n")
    (line,) = open_reviews(wiki)

    missing = run(url, "reviews", "decide", str(line.id), "approve", "--base", "0", "--head", "1", *MONA)
    broken = run(
        url, "reviews", "decide", str(line.id), "approve", "--base", "0", "--head", "1", "--digest", "x", *MONA
    )

    assert (missing.exit_code, broken.exit_code) == (2, 2)
    assert len(open_reviews(wiki)) == 1


def test_somebody_outside_the_group_sees_and_decides_nothing(wiki: Wiki, url: str) -> None:
    save(wiki, "notes", "one\n")
    (line,) = open_reviews(wiki)
    seen = shown(url, line.id)
    stranger = ("--actor", "x", "--in-group", "staff")

    assert run(url, "reviews", "show", str(line.id), *stranger).exit_code == 1
    assert run(url, "reviews", "decide", str(line.id), "approve", *seen, *stranger).exit_code == 1
    assert len(open_reviews(wiki)) == 1


def test_a_decision_is_taken_back(wiki: Wiki, url: str) -> None:
    save(wiki, "notes", "one\n")
    decision = decided(wiki, "notes", "revert")

    answer = run(url, "reviews", "take-back", str(decision.decision_id), *MONA)

    assert answer.exit_code == 0, answer.output
    assert read(wiki, "notes") == "one\n"
    assert len(open_reviews(wiki)) == 1


def test_bulk_is_a_dry_run_that_can_be_resumed_and_taken_back(wiki: Wiki, url: str) -> None:
    for path in ("a", "b", "c"):
        save(wiki, path, "x", title=f"Spam {path}" if path != "c" else "Ham")

    dry = run(url, "reviews", "bulk", "approve", "--words", "spam", *MONA)
    assert "2 of 2 would be done" in dry.output
    assert len(open_reviews(wiki)) == 3
    batch_id = batch_of(dry.output)

    assert run(url, "batches", "resume", batch_id, *MONA).exit_code == 0
    assert [line.path for line in open_reviews(wiki)] == ["c"]
    assert "2 done" in run(url, "batches", "show", batch_id, *MONA).output
    assert batch_id in run(url, "batches", "list", *MONA).output

    assert run(url, "batches", "take-back", batch_id, *MONA).exit_code == 0
    assert len(open_reviews(wiki)) == 3


def test_bulk_runs_at_once_when_told_and_says_what_was_refused(wiki: Wiki, url: str) -> None:
    save(wiki, "a", "one\n")
    (line,) = open_reviews(wiki)

    answer = run(
        url, "reviews", "bulk", "revert", "--review", str(line.id), "--since", "2020-01-01", "--reason", "wrong",
        "--run", *MONA,
    )  # fmt: skip

    assert answer.exit_code == 0, answer.output
    assert "1 done, 0 refused" in answer.output
    assert open_reviews(wiki) == []


def test_bulk_takes_what_a_search_finds(wiki: Wiki, url: str, tmp_path: Path) -> None:
    save(wiki, "a", "cheap watches", title="A")
    save(wiki, "b", "minutes of a meeting", title="B")
    words = ("reviews", "bulk", "approve", "--search", "watches", *MONA)

    answer = CliRunner().invoke(main, ["--database", url, "--index", str(tmp_path / "index"), *words])

    assert "1 of 1 would be done" in answer.output


def test_bulk_says_what_is_wrong_with_the_command_line(wiki: Wiki, url: str) -> None:
    save(wiki, "a", "x")

    assert run(url, "reviews", "bulk", "approve", "--since", "soon", *MONA).exit_code == 2
    assert run(url, "reviews", "bulk", "approve", "--details", "[]", *MONA).exit_code == 2
    assert "reason" in run(url, "reviews", "bulk", "revert", *MONA).output


def test_an_author_is_rolled_back(wiki: Wiki, url: str) -> None:
    save(wiki, "a", "good\n")
    decided(wiki, "a", "approve", by=MODERATOR)
    save(wiki, "a", "bad\n", by=SECOND_WRITER, base=1)
    words = ("reviews", "rollback", "second", "--since", "2020-01-01", "--reason", "abuse", *MONA)

    dry = run(url, *words)
    assert read(wiki, "a") == "bad\n"
    done = run(url, *words, "--run")

    assert "1 of 1 would be done" in dry.output
    assert "1 done" in done.output
    assert read(wiki, "a") == "good\n"


def test_a_known_actor_keeps_the_name_the_host_gave(wiki: Wiki, url: str) -> None:
    save(wiki, "a", "x")
    save(wiki, "b", "x")
    decided(wiki, "a", "approve", by=MODERATOR)

    run(url, "reviews", "bulk", "approve", "--run", "--actor", "moderator", "--in-group", "moderators")

    assert open_reviews(wiki) == []
    with wiki.read() as connection:
        names = connection.exec_driver_sql("SELECT name FROM kbwiki_actor WHERE external_id = 'moderator'").scalars()
        assert list(names) == ["Mona Moderator"]


def test_reviews_age_on_the_command_line_after_a_dry_run_that_changes_nothing(wiki: Wiki, url: str) -> None:
    late = {"escalate_after": {"hours": 1}, "escalate_to": "admins"}
    with wiki.begin(SYSTEM) as tx:
        set_rule(tx, "Quiet", {}, {**late, "lapse_after": {"hours": 2}, "lapse_policy": "quiet"})
    with wiki.begin(WRITER, at=wiki.clock() - timedelta(days=30)) as tx:
        save_page(tx, Edit("notes", "one\n"))
    (line,) = open_reviews(wiki)

    dry = run(url, "reviews", "age", "--dry-run").output
    still = [one.id for one in open_reviews(wiki)]
    done = run(url, "reviews", "age").output
    again = run(url, "work", "--once").output

    assert f"escalate\t{line.id}\tmoderators\t0..1\tnotes\tadmins\n" in dry
    assert f"lapse\t{line.id}\tmoderators\t0..1\tnotes\tquiet\n" in dry
    assert "1 would be escalated, 1 would lapse" in dry
    assert still == [line.id]
    assert done == "1 escalated, 1 lapsed.\n"
    assert "escalated" not in again
    listed = run(url, "reviews", "lapsed", *MONA).output
    assert re.search(rf"{line.id}\tquiet\t/\tmoderators\t0\.\.1\tnotes\t\S+ \S+\tnot looked at\n", listed)
    assert listed.endswith("quiet, /, moderators: 1\n1 in all.\n")
    assert run(url, "reviews", "lapsed", "--policy", "other", *MONA).output == "0 in all.\n"
