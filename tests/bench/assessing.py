"""How well the order of risk finds changes that were reverted later, on the public wiki's history.

The labels. A page's texts are the texts of its revisions in order, each that equals the one before left out. A change
is a step from one to the next, a page's creation is none. It was reverted if, within the next 15 texts of the page,
somebody else went back to a text from before it.

The score is the real one, with what was known when the change was made. The author's record are their newest 100
changes: taken out, if that had happened by then; approved, if they had stood for 14 days (a review without a due time
has so long; nobody reviewed this wiki). Reach is how many pages linked there then. Program authors are marked as
such, as a host marks them; `as_people` is the same without.

Two halves. The weights of the author's record and of reach were set by hand, looking at pages with even ids; what is
printed are pages with odd ids, but for `set_on` and `ranges`. Which reasons to have was chosen looking at all pages,
and the odd ones were looked at for three of six attempts. The other weights come from elsewhere and stayed.

Populations. `all` are all changes. `by_hand` leaves out every change that its author made together with more than ten
others in the same second: programs put whole manuals into this wiki, and one mistake of one of them is 762 of its 1,299
reverted changes. `by_people` leaves out the programs, too.

Ranges. A page's changes that follow each other within 24 hours are one review, reverted if one of its changes was, by
somebody who is not among its authors. Compared on those with more than one change: the risk of the whole range, and the
highest risk of its changes.
"""

from __future__ import annotations

import random
import re
import statistics
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import select

from kbwiki import Wiki
from kbwiki.journal.models import ActorRow
from kbwiki.moderation.assessment.facts import MOST_COUNTED, MOST_DECISIONS, MOST_LINKS
from kbwiki.moderation.risk import Author, Reach, Words, assess, total
from kbwiki.pages.models import Revision
from kbwiki.pages.paths import locate
from kbwiki.pages.texts import load_texts

from .corpus import corpus_wiki
from .figures import Figure

FLOOR = "random order in the same run, the mean of 20"
PROGRAMS = ("SDL Wiki Bot", "My Wiki Bot", "MoinMoin-to-GitHub converter", "www-data")
_WITHIN = 15
_STOOD = timedelta(days=14)
_RUN = timedelta(hours=24)
_AT_ONCE = 10
_SEED = 3
_SHUFFLES = 20
_NO_REACH = Reach()
_LINK = re.compile(r"\[\[([^\]|#\n]+)|\]\(([^)\s#]+)")


@dataclass(slots=True)
class Step:
    """A change as history has it; `reverted` is the place in the order of time at which it was taken out."""

    id: int
    page: int
    path: str
    actor: int
    name: str
    at: datetime
    first: bool
    before: bytes
    after: bytes
    undone_by: int | None = None
    reverted: int | None = None
    author: Author | None = None
    reach: Reach = _NO_REACH
    risk: float = 0.0
    risk_as_person: float = 0.0
    at_once: bool = False


def measure() -> Iterator[Figure]:
    """Area under the curve and share found, for each population; then ranges of several changes."""
    with corpus_wiki() as wiki:
        pages = _histories(wiki)
        steps = sorted((step for page in pages for step in page), key=lambda step: (step.at, step.id))
        _look_back(wiki, steps)
        ranges = list(_ranges(wiki, pages))
    changes = [step for step in steps if not step.first]
    chance = random.Random(_SEED)
    for name, chosen in _populations([one for one in changes if one.page % 2]).items():
        yield from _figures(f"risk.{name}", [(one.risk, one.reverted is not None) for one in chosen], chance)
    for name, chosen in _populations([one for one in changes if one.page % 2 == 0]).items():
        yield _area(f"risk.{name}.set_on", [(one.risk, one.reverted is not None) for one in chosen], chance)
    unmarked = [(one.risk_as_person, one.reverted is not None) for one in changes if one.page % 2]
    yield _area("risk.all.as_people", unmarked, chance)
    yield Figure("risk.ranges", len(ranges), "reviews of several changes")
    for place, name in enumerate(("of_range", "highest_of_changes")):
        yield _area(f"risk.ranges.{name}", [(one[place], one[2]) for one in ranges], chance)


def _populations(changes: Sequence[Step]) -> dict[str, list[Step]]:
    by_hand = [one for one in changes if not one.at_once]
    return {"all": list(changes), "by_hand": by_hand, "by_people": [one for one in by_hand if one.name not in PROGRAMS]}


Scored = Sequence[tuple[float, bool]]
"""The risk of each change, and whether it was reverted."""


def _figures(name: str, scored: Scored, chance: random.Random) -> Iterator[Figure]:
    yield Figure(f"{name}.changes", len(scored), "changes")
    yield Figure(f"{name}.reverted", sum(bad for _, bad in scored), "changes")
    yield _area(name, scored, chance)
    for share in (10, 20):
        found = share_found(scored, share / 100)
        floor = statistics.mean(share_found(one, share / 100) for one in _shuffled(scored, chance))
        yield Figure(f"{name}.found_in_first_{share}", 100 * found, "%", found / floor, FLOOR)
        yield Figure(f"{name}.found_in_first_{share}.random", 100 * floor, "%", 1.0, FLOOR)


def _area(name: str, scored: Scored, chance: random.Random) -> Figure:
    floor = statistics.mean(area_under_curve(one) for one in _shuffled(scored, chance))
    return Figure(f"{name}.auc", area_under_curve(scored), "area", area_under_curve(scored) / floor, FLOOR)


def _shuffled(scored: Scored, chance: random.Random) -> Iterator[Scored]:
    """The same in random orders."""
    for _ in range(_SHUFFLES):
        yield [(chance.random(), bad) for _, bad in scored]


def area_under_curve(scored: Scored) -> float:
    """The chance that a reverted change is before one that was not; equal scores are half (Mann and Whitney's U)."""
    ranks, seen = 0.0, 0
    for _, equal in groupby(sorted(scored), key=lambda one: one[0]):
        together = list(equal)
        ranks += sum(bad for _, bad in together) * (2 * seen + len(together) + 1) / 2
        seen += len(together)
    bad = sum(bad for _, bad in scored)
    return (ranks - bad * (bad + 1) / 2) / (bad * (len(scored) - bad))


def share_found(scored: Scored, share: float) -> float:
    """Which share of the reverted is found by looking at the riskiest `share`; among equals, by what chance gives."""
    left, found = share * len(scored), 0.0
    for _, equal in groupby(sorted(scored, key=lambda one: -one[0]), key=lambda one: one[0]):
        together = [bad for _, bad in equal]
        taken = min(left, len(together))
        found += sum(together) * taken / len(together)
        left -= taken
    return found / sum(bad for _, bad in scored)


def _histories(wiki: Wiki) -> list[list[Step]]:
    """Each page's steps in order, with those that were undone marked."""
    rows = (
        select(
            Revision.id,
            Revision.page_id,
            Revision.path,
            Revision.actor_id,
            ActorRow.name,
            Revision.at,
            Revision.text_digest,
        )
        .join(ActorRow, ActorRow.id == Revision.actor_id)
        .order_by(Revision.page_id, Revision.number)
    )
    with wiki.read() as connection:
        found = connection.execute(rows).all()
    return [_steps(list(page)) for _, page in groupby(found, key=lambda row: row.page_id)]


def _steps(rows: Sequence[Any]) -> list[Step]:
    steps: list[Step] = []
    for row in rows:
        before = steps[-1].after if steps else b""
        if not steps or row.text_digest != before:
            made = (row.id, row.page_id, row.path, row.actor_id, row.name, row.at)
            steps.append(Step(*made, not steps, before, row.text_digest))
    came: dict[bytes, int] = {}
    for number, step in enumerate(steps):
        came.setdefault(step.after, number)
    for number, step in enumerate(steps):
        later = steps[number + 1 : number + 1 + _WITHIN]
        back = next((one for one in later if one.actor != step.actor and came[one.after] < number), None)
        step.undone_by = back.id if back is not None else None
    return steps


def _look_back(wiki: Wiki, steps: Sequence[Step]) -> None:
    """Give every step what was known when it was made, and its risk; never what came later."""
    order = {step.id: number for number, step in enumerate(steps)}
    together = Counter((step.actor, step.at) for step in steps)
    past = _Past()
    for number, step, before, after in _with_texts(wiki, steps):
        step.reverted = None if step.undone_by is None else order[step.undone_by]
        step.at_once = together[step.actor, step.at] > _AT_ONCE
        step.author, step.reach = past.author(step, number), past.reach(step, number)
        words = Words(before, after)
        step.risk = total(assess(step.author, words, step.reach))
        step.risk_as_person = total(assess(replace(step.author, automated=False), words, step.reach))
        past.take(step, after)


def _with_texts(wiki: Wiki, steps: Sequence[Step]) -> Iterator[tuple[int, Step, str, str]]:
    """Every step with its texts, which are loaded some hundred at a time."""
    for start in range(0, len(steps), 400):
        some = steps[start : start + 400]
        with wiki.read() as connection:
            texts = load_texts(connection, {digest for one in some for digest in (one.before, one.after) if digest})
        for number, step in enumerate(some, start):
            yield number, step, texts.get(step.before, ""), texts[step.after]


class _Past:
    """What is known so far."""

    def __init__(self) -> None:
        self._first: dict[int, datetime] = {}
        self._newest: dict[int, deque[Step]] = defaultdict(lambda: deque(maxlen=MOST_COUNTED))
        self._of_page: dict[int, deque[Step]] = defaultdict(lambda: deque(maxlen=MOST_DECISIONS))
        self._were_here: set[tuple[int, int]] = set()
        self._links: dict[int, frozenset[str]] = defaultdict(frozenset)
        self._linking: Counter[str] = Counter()

    def author(self, step: Step, now: int) -> Author:
        """Who made the step, as known when it is number `now` of all."""
        first, newest = self._first.get(step.actor), self._newest[step.actor]
        reverted = sum(one.reverted is not None and one.reverted < now for one in newest)
        stood = sum(one.at < step.at - _STOOD for one in newest if one.reverted is None or one.reverted >= now)
        return Author(
            anonymous=False,
            automated=step.name in PROGRAMS,
            moderator=False,
            days_known=None if first is None or first >= step.at else (step.at - first).total_seconds() / 86400,
            reverted=reverted,
            approved=stood,
            new_here=not step.first and (step.page, step.actor) not in self._were_here,
        )

    def reach(self, step: Step, now: int) -> Reach:
        """How far the page reached then."""
        reverted = sum(one.reverted is not None and one.reverted < now for one in self._of_page[step.page])
        return Reach(min(self._linking[step.path], MOST_LINKS), reverted)

    def take(self, step: Step, after: str) -> None:
        """It has happened."""
        self._first.setdefault(step.actor, step.at)
        self._newest[step.actor].append(step)
        self._of_page[step.page].append(step)
        self._were_here.add((step.page, step.actor))
        folder = step.path.rpartition("/")[0]
        found = {_target(wiki, written, folder) for wiki, written in _LINK.findall(after)} - {None, step.path}
        links = frozenset(path for path in found if path is not None)
        self._linking.subtract(self._links[step.page] - links)
        self._linking.update(links - self._links[step.page])
        self._links[step.page] = links


@lru_cache(maxsize=200_000)
def _target(wiki: str, written: str, folder: str) -> str | None:
    """Where a link leads. (Found by an expression, not by the parser, which would take an hour for all texts.)"""
    if "://" in written:
        return None
    return locate(wiki or written, "wiki" if wiki else "markdown", f"{folder}/page")


def _ranges(wiki: Wiki, pages: Sequence[Sequence[Step]]) -> Iterator[tuple[float, float, bool]]:
    """For each review of several changes: the risk of the whole, the highest of its changes, and whether it was bad."""
    found = [run for page in pages for run in _runs(page) if len(run) > 1]
    by_id = {step.id: step for page in pages for step in page}
    whole = [replace(run[-1], before=run[0].before) for run in found]
    for number, step, before, after in _with_texts(wiki, whole):
        run = found[number]
        authors = {one.actor: one.author for one in run if one.author is not None}
        among = set(authors)
        bad = any(one.undone_by is not None and by_id[one.undone_by].actor not in among for one in run)
        yield (
            total(assess(list(authors.values()), Words(before, after), step.reach)),
            max(one.risk for one in run),
            bad,
        )


def _runs(steps: Sequence[Step], within: timedelta = _RUN) -> Iterator[list[Step]]:
    """A page's changes, those together that follow each other soon."""
    run: list[Step] = []
    for step in steps:
        if step.first:
            continue
        if run and step.at - run[-1].at > within:
            yield run
            run = []
        run.append(step)
    if run:
        yield run


