"""What `make floors` is to try can be tried: every requirement has a lowest version, and the chosen tests are there."""

from __future__ import annotations

import pytest

from tests.floors import CHOSEN, REPOSITORY, declared, floor_of


def test_every_requirement_declares_its_lowest_version() -> None:
    floors = declared()

    assert {"Flask", "SQLAlchemy", "Werkzeug", "psycopg", "Flask-Login"} <= floors.keys()
    assert floors["Flask"] == "3.0"


def test_a_requirement_without_one_is_refused() -> None:
    with pytest.raises(ValueError, match="no lowest version"):
        floor_of("Flask")


def test_the_chosen_tests_are_there() -> None:
    assert [name for name in CHOSEN if not (REPOSITORY / name).exists()] == []
