"""What must hold in the database of any wiki at any moment, whoever did what: read with SQL, not through the queries.

`faults` says in sentences what does not. The rights and groups of spaces must not have changed since the first page.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, Row, select

from kbwiki.journal.models import Entry
from kbwiki.moderation.models import Decision, Evidence, Review, ReviewAuthor, Tally
from kbwiki.moderation.transitions import LIVE
from kbwiki.pages.models import Page, PageTag, Revision, Text
from kbwiki.pages.paths import title_of
from kbwiki.pages.texts import decode
from kbwiki.spaces.models import Grant, Space
from kbwiki.spaces.policy import contains
from kbwiki.wiki import Wiki

TOKEN = re.compile(r"\btoken-\d+\b")
"""What tests put into texts to recognise them by: the same token is never written twice."""
MARKERS = re.compile(r"^(<{7}|={7}|>{7}|\|{7})", re.MULTILINE)
Rows = list[Row[Any]]


def faults(wiki: Wiki) -> list[str]:
    """Everything that contradicts the promises, as sentences; nothing when all is well."""
    found = [f"journal, position {fault.position}: {fault.problem}" for fault in wiki.verify().faults]
    with wiki.read() as connection:
        database = _Contents(connection, wiki.id)
    for check in (_pages, _entries, _reviews, _coverage, _ageing, _texts, _hidden):
        found += check(database)
    return found


class _Contents:
    """All rows that the checks look at."""

    def __init__(self, connection: Connection, wiki_id: int) -> None:
        def rows(statement: Any) -> Rows:
            return list(connection.execute(statement))

        self.pages: Rows = rows(select(Page).where(Page.wiki_id == wiki_id))
        ids = [page.id for page in self.pages]
        self.revisions: dict[int, Rows] = defaultdict(list)
        for row in rows(select(Revision).where(Revision.page_id.in_(ids)).order_by(Revision.page_id, Revision.number)):
            self.revisions[row.page_id].append(row)
        self.tags: dict[int, set[str]] = defaultdict(set)
        for row in rows(select(PageTag).where(PageTag.page_id.in_(ids))):
            self.tags[row.page_id].add(row.tag)
        self.entries: Rows = rows(select(Entry).where(Entry.wiki_id == wiki_id).order_by(Entry.position))
        self.reviews: Rows = rows(select(Review).where(Review.wiki_id == wiki_id).order_by(Review.id))
        self.authors: set[tuple[int, int]] = {(row.review_id, row.actor_id) for row in rows(select(ReviewAuthor))}
        self.acts: Rows = rows(select(Decision).where(Decision.wiki_id == wiki_id).order_by(Decision.id))
        self.decisions: dict[int, Row[Any]] = {row.review_id: row for row in self.acts if row.final}
        self.undone: set[int] = {row.takes_back for row in self.acts if row.takes_back is not None}
        self.taken_back: set[int] = {row.takes_back for row in self.acts if row.verdict == "take-back"}
        self.tallies: dict[tuple[str, int, str], int] = {
            (row.group, row.space_id, row.state): row.count
            for row in rows(select(Tally).where(Tally.wiki_id == wiki_id))
            if row.count
        }
        self.evidence: Rows = rows(select(Evidence).order_by(Evidence.id))
        self.spaces: Rows = rows(select(Space).where(Space.wiki_id == wiki_id))
        self.groups: dict[int, set[str]] = defaultdict(set)
        for row in rows(select(Grant).where(Grant.right == "review")):
            self.groups[row.space_id].add(row.group)
        self.texts: dict[bytes, bytes | None] = {row.digest: row.body for row in rows(select(Text))}

    def space_of(self, path: str) -> int:
        return int(max((one for one in self.spaces if contains(one.path, path)), key=lambda one: len(one.path)).id)

    def was_widened(self, page_id: int) -> bool:
        """Whether a review of the page may cover more than its changes, or cover some again.

        One was handed over, given to another group too, reported, opened again after it lapsed, or a decision undone.
        """
        again = {entry.subject_id for entry in self.entries if entry.kind in ("look-again", "report")}
        widened = any(
            one.subject_id == page_id
            and (one.state == "handed-over" or one.escalated_at is not None or one.id in again)
            for one in self.reviews
        )
        return widened or any(act.subject_id == page_id and act.id in self.taken_back for act in self.acts)

    def was_shown_again(self, hiding: Row[Any]) -> bool:
        return self.decisions[hiding.id].id in self.undone

    def tokens(self, revision: Row[Any]) -> set[str]:
        """The tokens in the text of a revision."""
        body = self.texts[revision.text_digest]
        return set(TOKEN.findall(decode(body))) if body is not None else set()

    def duties(self) -> dict[tuple[str, int], Rows]:
        """The reviews of each group and page, oldest first; not those whose decision was taken back: others follow."""
        chains: dict[tuple[str, int], Rows] = defaultdict(list)
        for review in self.reviews:
            decision = self.decisions.get(review.id)
            if review.subject_kind == "page" and (decision is None or decision.id not in self.taken_back):
                chains[review.group, review.subject_id].append(review)
        return chains


def _pages(database: _Contents) -> Iterator[str]:
    live: set[str] = set()
    for page in database.pages:
        numbers = [row.number for row in database.revisions[page.id]]
        if numbers != list(range(1, page.number + 1)):
            yield f"page {page.id} has the revisions {numbers}, and its newest is said to be {page.number}"
            continue
        newest = database.revisions[page.id][-1]
        says = (page.path, page.title, page.deleted, page.text_digest)
        if says != (newest.path, newest.title or title_of(newest.path), newest.deleted, newest.text_digest):
            yield f"page {page.id} is not what its newest revision says"
        if database.tags[page.id] != set(newest.tags):
            yield f"page {page.id} has the tags {database.tags[page.id]}, its newest revision {newest.tags}"
        if page.space_id != database.space_of(page.path):
            yield f"page {page.id} at {page.path} is filed in space {page.space_id}"
        if not page.deleted and page.path in live:
            yield f"two live pages are at {page.path}"
        if not page.deleted:
            live.add(page.path)
        if newest.hidden:
            yield f"page {page.id} shows a hidden revision"


def _entries(database: _Contents) -> Iterator[str]:
    entered: dict[tuple[int, int], Row[Any]] = {}
    for entry in database.entries:
        if entry.position is None:
            yield f"entry {entry.id} was never sealed"
        if entry.subject_kind == "page":
            if (entry.subject_id, entry.number) in entered:
                yield f"page {entry.subject_id}, number {entry.number} is in the journal twice"
            entered[entry.subject_id, entry.number] = entry
        if entry.exempt is not None and set(entry.payload.get("exempt", ())) != {"rule", "probability"}:
            yield f"entry {entry.id} is exempt, and neither rule nor probability are recorded"
    for page_id, revisions in database.revisions.items():
        for revision in revisions:
            found = entered.pop((page_id, revision.number), None)
            if found is None:
                yield f"page {page_id}, revision {revision.number} is not in the journal"
            elif (found.kind, found.actor_id, found.payload["text"]) != (
                revision.kind,
                revision.actor_id,
                revision.text_digest.hex(),
            ):
                yield f"page {page_id}, revision {revision.number} is not what the journal says"
    for page_id, number in entered:
        yield f"the journal speaks of page {page_id}, revision {number}, which is not there"


def _reviews(database: _Contents) -> Iterator[str]:
    for (group, page_id), chain in database.duties().items():
        ordered = sorted(chain, key=lambda review: review.base)
        for earlier, later in pairwise(ordered):
            if later.base < earlier.head and not database.was_widened(page_id):
                yield f"{group} has two reviews of page {page_id} that overlap: {earlier.id} and {later.id}"
        if sum(review.state in LIVE for review in chain) > 1:
            yield f"{group} has two live reviews of page {page_id}"
    for review in database.reviews:
        decision = database.decisions.get(review.id)
        if (review.state == "decided") > (decision is not None) or (decision is not None and review.state in LIVE):
            yield f"review {review.id} is {review.state}, with decision {decision}"
        if decision is not None and (decision.base, decision.head) != (review.base, review.head):
            yield f"the decision on review {review.id} speaks of another range"
        if decision is not None and (review.id, decision.actor_id) in database.authors:
            yield f"review {review.id} was decided by an author"
    said = [entry.payload["decision"] for entry in database.entries if entry.kind == "decide"]
    if said != [act.id for act in database.acts]:
        yield "decisions and their journal entries do not belong together"
    counted = Counter((one.group, one.space_id, one.state) for one in database.reviews if one.state in LIVE)
    if counted != database.tallies:
        yield f"the tallies say {database.tallies}, and there are {dict(counted)}"


def _coverage(database: _Contents) -> Iterator[str]:
    deciders = {entry.batch: entry.payload["group"] for entry in database.entries if entry.kind == "decide"}
    chains = database.duties()
    for entry in database.entries:
        if entry.subject_kind != "page" or entry.exempt is not None:
            continue
        paths = {entry.payload["path"]}
        if entry.number > 1:
            paths.add(database.revisions[entry.subject_id][entry.number - 2].path)
        held = [review for review in database.reviews if review.subject_id == entry.subject_id]
        if not any(one.base < entry.number <= one.head and one.state != "handed-over" for one in held):
            yield f"nobody has to look at page {entry.subject_id}, number {entry.number}"
        groups = {group for path in paths for group in database.groups[database.space_of(path)]}
        if entry.batch in deciders:
            groups.discard(deciders[entry.batch])
        if not groups:
            yield f"page {entry.subject_id}, number {entry.number}: nobody is responsible, and it is not exempt"
        for group in groups:
            chain = chains.get((group, entry.subject_id), [])
            covering = [review for review in chain if review.base < entry.number <= review.head]
            if covering and database.was_widened(entry.subject_id):
                continue
            if len(covering) != 1:
                yield f"page {entry.subject_id}, number {entry.number} is in {len(covering)} reviews of {group}"
            elif (covering[0].id, entry.actor_id) not in database.authors:
                yield f"the author of page {entry.subject_id}, number {entry.number} could decide about it"


def _ageing(database: _Contents) -> Iterator[str]:
    """Escalated exactly once, and lapsed only as every change in the range allowed, with nobody's word against it."""
    said: dict[str, Counter[int]] = defaultdict(Counter)
    for entry in database.entries:
        said[entry.kind][entry.subject_id] += 1
    reviews = {one.id: one for one in database.reviews}
    if said["escalate"] != Counter(one.id for one in database.reviews if one.escalated_at is not None):
        yield f"escalated was what is not marked so, or more than once: {said['escalate']}"
    if said["lapse"] != Counter(one.id for one in database.reviews if one.state == "lapsed"):
        yield f"what lapsed is not what the journal says: {said['lapse']}"
    for entry in (one for one in database.entries if one.kind == "escalate"):
        late, to = reviews[entry.subject_id], entry.payload["to"]
        if late.escalate_to != to or (to != late.group and not _was_given(database, late, to, entry.payload)):
            yield f"review {late.id} was escalated to {to}, which has not got it"
    against = {one.review_id for one in database.evidence if one.kind in ("report", "appeal")}
    for review in (one for one in database.reviews if one.state == "lapsed"):
        if review.id in against or review.id in database.decisions or not review.closed_as:
            yield f"review {review.id} lapsed, and may not have"
        for number in _without_policy(database, review):
            yield f"review {review.id} lapsed with change {number}, which falls under no policy"


def _was_given(database: _Contents, late: Row[Any], to: str, told: Any) -> bool:
    return any(
        one.group == to and one.subject_id == late.subject_id and one.base <= told["base"] and told["head"] <= one.head
        for one in database.reviews
    )


def _without_policy(database: _Contents, review: Row[Any]) -> Iterator[int]:
    """Changes that the group had to look at and that no rule let lapse, though the review did."""
    deciders = {entry.batch: entry.payload["group"] for entry in database.entries if entry.kind == "decide"}
    for entry in database.entries:
        of_review = entry.subject_kind == "page" and entry.subject_id == review.subject_id
        if not of_review or entry.exempt is not None or not review.base < entry.number <= review.head:
            continue
        here = review.group in database.groups[database.space_of(entry.payload["path"])]
        asked = entry.payload.get("ageing", {}).get(review.group, {}).get("lapse", ())
        if here and deciders.get(entry.batch) != review.group and not asked:
            yield entry.number


def _texts(database: _Contents) -> Iterator[str]:
    for revisions in database.revisions.values():
        for revision in revisions:
            body = database.texts.get(revision.text_digest)
            if body is None:
                yield f"page {revision.page_id}, revision {revision.number} has lost its text"
            elif MARKERS.search(decode(body)):
                yield f"page {revision.page_id}, revision {revision.number} has conflict markers"


def _hidden(database: _Contents) -> Iterator[str]:
    """A token that came with changes which are hidden may not be in any revision that is shown."""
    for review in database.reviews:
        decision = database.decisions.get(review.id)
        if decision is None or decision.verdict != "hide" or database.was_shown_again(review):
            continue
        revisions = database.revisions[review.subject_id]
        before = {token for row in revisions[: review.base] for token in database.tokens(row)}
        came = {token for row in revisions[review.base : review.head] for token in database.tokens(row)} - before
        for row in revisions:
            if not row.hidden and came & database.tokens(row):
                yield f"page {row.page_id}, revision {row.number} shows what review {review.id} hid"
