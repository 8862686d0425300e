"""Synonyms and what was not found, on the command line."""

from __future__ import annotations

from click.testing import Result
from flask import Flask

from kbwiki import Wiki
from kbwiki.search.log.recording import Asked, Screen
from kbwiki.testing import make_space, open_reviews


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["kbwiki", *arguments])


def test_words_are_set_listed_and_removed(app: Flask, wiki: Wiki) -> None:
    assert run(app, "synonyms", "set", "holiday", "annual leave").output == "Set 1 is known from the next search on.\n"
    run(app, "synonyms", "set", "--one-way", "PTO", "holiday")
    run(app, "synonyms", "set", "--id", "1", "holiday", "vacation")

    assert run(app, "synonyms", "list").output == "1\tholiday = vacation\n2\tPTO → holiday\n"
    assert open_reviews(wiki) == []

    assert run(app, "synonyms", "remove", "2").exit_code == 0
    assert run(app, "synonyms", "list").output == "1\tholiday = vacation\n"


def test_what_cannot_be_set_is_said(app: Flask, wiki: Wiki) -> None:
    said = run(app, "synonyms", "set", "holiday")

    assert said.exit_code == 1
    assert "at least two different words" in said.output


def test_what_was_not_found_is_listed_over_all_spaces(app: Flask, wiki: Wiki) -> None:
    make_space(wiki, "hr")
    for text, found, path in (("Parking", 0, ""), ("parking", 0, "hr"), ("canteen", 0, "hr"), ("pay", 3, "")):
        wiki.search_log.record(Asked(text, found, Screen.PAGE, path))

    lines = [line.split("\t") for line in run(app, "searches", "list", "--outcome", "failed").output.splitlines()]

    assert [(line[0], line[1], line[3], line[4]) for line in lines] == [
        ("2", "2", "/,hr", "parking"),
        ("1", "1", "hr", "canteen"),
    ]


def test_old_searches_are_pruned_by_hand_and_by_work(app: Flask, wiki: Wiki) -> None:
    for command in (("searches", "prune"), ("work", "--once")):
        wiki.search_log.record(Asked("Parking", 0, Screen.PAGE))
        with wiki.database.write() as connection:
            connection.exec_driver_sql("UPDATE kbwiki_asked SET at = '2020-01-01 00:00:00.000000'")

        assert "1 deleted" in run(app, *command).output
