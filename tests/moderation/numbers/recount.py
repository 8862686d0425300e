"""The numbers once more, from the journal's entries alone: the second opinion that the page has to agree with.

Plain Python over exported entries. It imports nothing of kbwiki and was written from docs/explanation/numbers.md, so
that a mistake in the queries is not made here too. An entry is a mapping with kind, actor, at (a datetime),
subject_kind, subject_id, number, exempt and payload; entries come in the order of the chain.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from math import ceil, comb
from typing import Any

LIVE = {"open", "concern", "verify"}
TAKEN_OUT = {"revert", "revert-part", "hide", "delete"}
BAD = {"revert", "revert-part", "hide", "delete", "edit"}
NO_ANSWER = {"concern", "hand-over"}
ON_OBJECTIONS = {"uphold", "overturn"}
HOURS = [timedelta(hours=1), timedelta(hours=4), timedelta(days=1), timedelta(days=3), timedelta(days=7)]
AGES = [timedelta(days=1), timedelta(days=3), timedelta(days=7), timedelta(days=30)]
ENTRY_FACTS = {
    "verdict", "reason", "group", "base", "head", "shown", "result", "decision", "takes_back", "by", "reviews",
    "exempt",
}  # fmt: skip


class Recount:
    """What a journal says, read once."""

    def __init__(self, entries: list[dict[str, Any]]) -> None:
        self.reviews: dict[int, dict[str, Any]] = {}
        self.decisions: dict[int, dict[str, Any]] = {}
        self.looks: dict[int, list[datetime]] = {}
        self.deciders: dict[int, set[str]] = {}
        self.second_looks: list[dict[str, Any]] = []
        self.drawn: list[dict[str, Any]] = []
        self.exempted: list[dict[str, Any]] = []
        self.undone_by: dict[int, tuple[int, str]] = {}
        for entry in entries:
            self._read(entry)

    def _read(self, entry: dict[str, Any]) -> None:
        said, kind = entry["payload"], entry["kind"]
        for id_, told in said.get("reviews", {}).items():
            self._review(int(id_), told, entry["at"])
        if kind == "decide":
            self._decision(entry)
        elif kind in ("take", "ask-second-look", "second-look"):
            self._human_look(entry, said["review"])
            if kind == "second-look":
                self.second_looks.append({"at": entry["at"], **said})
        if "sampled" in said:
            self.drawn.append(entry)
        elif entry["exempt"] is not None and 0 < said.get("exempt", {}).get("probability", 1) < 1:
            self.exempted.append(entry)

    def _review(self, id_: int, told: dict[str, Any], at: datetime) -> None:
        review = self.reviews.setdefault(id_, {"given": at, "opened": at, "closed": None, "version": 0})
        if "since" in told:
            review["opened"] = datetime.fromisoformat(told["since"])
        if told["version"] < review["version"]:
            return
        due = told.get("due")
        review.update(told, due=datetime.fromisoformat(due) if due else None)
        if told["state"] not in LIVE and review["closed"] is None:
            review["closed"] = at

    def _decision(self, entry: dict[str, Any]) -> None:
        said = entry["payload"]
        about = [(key, value) for key, value in said.items() if key not in ENTRY_FACTS]
        review = entry["subject_id"] if entry["subject_kind"] == "review" else None
        decision = {**said, "review": review, "about": about, "at": entry["at"]}
        decision["about_decision"] = said.get("about")
        decision["final"] = review is not None and said["verdict"] not in NO_ANSWER
        self.decisions[said["decision"]] = decision
        if "takes_back" in said:
            self.undone_by[said["takes_back"]] = (said["decision"], said["verdict"])
        if review is not None:
            self.deciders.setdefault(review, set()).add(entry["actor"])
            self._human_look(entry, review)

    def _human_look(self, entry: dict[str, Any], review: int) -> None:
        if "by" not in entry["payload"]:
            self.looks.setdefault(review, []).append(entry["at"])

    def figures(
        self,
        since: datetime,
        until: datetime,
        now: datetime,
        *,
        groups: set[str],
        spaces: set[int] | None = None,
    ) -> dict[str, Any]:
        """Every figure of these groups and spaces for the period, as plain values."""
        chosen = {
            id_: one
            for id_, one in self.reviews.items()
            if one["group"] in groups and (spaces is None or one["space"] in spaces)
        }
        return {
            **self._first_look(chosen, since, until),
            **_waiting(chosen, now),
            "in-time": _in_time(chosen, since, min(until, now)),
            "lapsed": _lapsed(chosen, since, until),
            **self._answers(chosen, since, until),
            "overturned": self._overturned(groups, spaces, since, until),
            "agreement": self._agreement(chosen, since, until),
        }

    def _first_look(self, chosen: dict[int, dict[str, Any]], since: datetime, until: datetime) -> dict[str, Any]:
        waits: list[timedelta | None] = []
        for id_, one in chosen.items():
            looks = self.looks.get(id_)
            if since <= one["opened"] < until and (looks or one["state"] not in ("handed-over", "superseded")):
                waits.append(max(min(looks) - one["opened"], timedelta()) if looks else None)
        had = sorted(one for one in waits if one is not None)
        n = len(waits)

        def at(share: Fraction) -> timedelta | None:
            rank = ceil(share * n)
            return had[rank - 1] if rank <= len(had) else None

        return {
            "first-look": (n, len(had)),
            "median": at(Fraction(1, 2)) if n >= 10 else None,
            "ninetieth": at(Fraction(9, 10)) if n >= 20 else None,
            "first-look-buckets": _buckets(had, HOURS),
        }

    def _answers(self, chosen: dict[int, dict[str, Any]], since: datetime, until: datetime) -> dict[str, Any]:
        standing: Counter[str] = Counter()
        decided = several = again = twice = 0
        for id_, one in self.decisions.items():
            verdict = one["verdict"]
            if one["review"] not in chosen or not one["final"] or verdict in ON_OBJECTIONS:
                continue
            if not since <= one["at"] < until:
                continue
            more, before = len(self.deciders[one["review"]]) > 1, self._decided_before(id_, one)
            decided, several, again, twice = decided + 1, several + more, again + before, twice + (more or before)
            standing[verdict] += id_ not in self.undone_by
        out = sum(standing[verdict] for verdict in TAKEN_OUT)
        return {
            "taken-out": (out, sum(standing.values())),
            "answers": {verdict: count for verdict, count in standing.items() if count},
            "twice": (twice, decided, several, again),
        }

    def _decided_before(self, id_: int, decision: dict[str, Any]) -> bool:
        for earlier_id, (undoing_id, how) in self.undone_by.items():
            earlier = self.decisions[earlier_id]
            if (
                how in ("take-back", "overturn")
                and earlier["final"]
                and undoing_id < id_
                and (earlier["group"], earlier["about"]) == (decision["group"], decision["about"])
                and earlier["base"] < decision["head"]
                and decision["base"] < earlier["head"]
            ):
                return True
        return False

    def _overturned(
        self, groups: set[str], spaces: set[int] | None, since: datetime, until: datetime
    ) -> tuple[int, int]:
        answers = [
            one["verdict"]
            for id_, one in self.decisions.items()
            if one["verdict"] in ON_OBJECTIONS
            and id_ not in self.undone_by
            and since <= one["at"] < until
            and self.decisions[one["about_decision"]]["group"] in groups
            and (spaces is None or self.reviews[one["review"]]["space"] in spaces)
        ]
        return answers.count("overturn"), len(answers)

    def _agreement(self, chosen: dict[int, dict[str, Any]], since: datetime, until: datetime) -> tuple[int, int]:
        given = [one for one in self.second_looks if one["review"] in chosen and since <= one["at"] < until]
        return sum(one["agrees"] for one in given), len(given)

    def course(self, moments: list[datetime], groups: set[str]) -> list[tuple[datetime, int, int, int]]:
        """What was open at each moment, and what came in and was closed since the one before."""
        spans = [
            (one["given"], one["closed"] if one["closed"] is None else max(one["given"], one["closed"]))
            for one in self.reviews.values()
            if one["group"] in groups
        ]
        told = []
        for before, at in zip([None, *moments], moments, strict=False):
            open_then = sum(came <= at and (went is None or at < went) for came, went in spans)
            came_in = sum(before < came <= at for came, _ in spans) if before else 0
            closed = sum(went is not None and before < went <= at for _, went in spans) if before else 0
            told.append((at, open_then, came_in, closed))
        return told

    def unseen(self, since: datetime, until: datetime) -> dict[str, Any]:
        """What rules left unseen, and the estimate, as docs/explanation/numbers.md says it is made."""
        left = Counter(one["exempt"] for one in self.exempted if since <= one["at"] < until)
        weights: list[tuple[Fraction, bool]] = []
        undecided = 0
        for entry in self.drawn:
            if not since <= entry["at"] < until:
                continue
            found = self._standing_about(entry)
            if found & BAD or "approve" in found:
                chance = Fraction(entry["payload"]["sampled"]["probability"])
                weights.append(((1 - chance) / chance, bool(found & BAD)))
            else:
                undecided += 1
        total = sum((weight for weight, _ in weights), Fraction())
        bad = sum((weight for weight, was_bad in weights if was_bad), Fraction())
        rate = bad / total if total else None
        return {"exempted": dict(left), "undecided": undecided, "looked_at": len(weights), "rate": rate}

    def _standing_about(self, entry: dict[str, Any]) -> set[str]:
        subject = (entry["subject_kind"], entry["subject_id"])
        return {
            one["verdict"]
            for id_, one in self.decisions.items()
            if one["review"] is not None
            and one["verdict"] != "concern"
            and id_ not in self.undone_by
            and subject in one["about"]
            and one["base"] < entry["number"] <= one["head"]
        }


def _waiting(chosen: dict[int, dict[str, Any]], now: datetime) -> dict[str, Any]:
    live = [one for one in chosen.values() if one["state"] in LIVE]
    ages = [max(now - one["opened"], timedelta()) for one in live]
    return {
        "waiting": (sum(one["state"] != "concern" for one in live), sum(one["state"] == "concern" for one in live)),
        "overdue": sum(one["due"] is not None and one["due"] < now for one in live),
        "oldest": max(ages, default=None),
        "ages": _buckets(ages, AGES),
    }


def _in_time(chosen: dict[int, dict[str, Any]], since: datetime, until: datetime) -> tuple[int, int]:
    due = [
        one
        for one in chosen.values()
        if one["due"] is not None and since <= one["due"] < until and one["state"] not in ("handed-over", "superseded")
    ]
    return sum(one["state"] == "decided" and one["closed"] <= one["due"] for one in due), len(due)


def _lapsed(chosen: dict[int, dict[str, Any]], since: datetime, until: datetime) -> tuple[int, int]:
    closed = [one["state"] for one in chosen.values() if one["closed"] is not None and since <= one["closed"] < until]
    return closed.count("lapsed"), closed.count("lapsed") + closed.count("decided")


def _buckets(spans: list[timedelta], bounds: list[timedelta]) -> list[int]:
    edges = [timedelta(), *bounds, timedelta.max]
    return [sum(low <= span < high for span in spans) for low, high in pairwise(edges)]


def exact_interval(hits: int, size: int) -> tuple[float, float]:
    """Clopper and Pearson's 95 % interval, by adding up the binomial distribution and halving."""

    def at_least(chance: float, count: int) -> float:
        return sum(comb(size, k) * chance**k * (1 - chance) ** (size - k) for k in range(count, size + 1))

    def where(count: int, share: float) -> float:
        low, high = 0.0, 1.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if at_least(middle, count) < share else (low, middle)
        return low

    return (where(hits, 0.025) if hits else 0.0), (where(hits + 1, 0.975) if hits < size else 1.0)
