"""Shorthands: what was assessed of a group's reviews, and a decision that takes something out."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from kbwiki import Wiki
from kbwiki.moderation.assessment import plugins
from kbwiki.moderation.models import Review
from kbwiki.testing import open_reviews


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine makes no reason slow: those that are meant to be say so."""
    monkeypatch.setattr(plugins, "PATIENCE", 60)


def risk_of(wiki: Wiki, path: str, group: str = "moderators") -> dict[str, float]:
    """The reasons for the risk of the group's live review of the page, as stored; they add up to its risk."""
    (line,) = [line for line in open_reviews(wiki, group) if line.path == path]
    with wiki.read() as connection:
        row = connection.execute(select(Review.risk, Review.risk_reasons).where(Review.id == line.id)).one()
    assert row.risk == round(sum(weight for _, weight in row.risk_reasons), 2)
    return dict(row.risk_reasons)


def rows(wiki: Wiki) -> list[tuple[int, int, float]]:
    """Id, version and risk of every review."""
    statement = select(Review.id, Review.version, Review.risk).order_by(Review.id)
    with wiki.read() as connection:
        return [(row.id, row.version, row.risk) for row in connection.execute(statement)]
