"""Rules as people set them on the command line."""

from __future__ import annotations

import json

from click.testing import Result
from flask import Flask

from kbwiki import Wiki
from kbwiki.testing import open_reviews, save


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["kbwiki", "rules", *arguments])


LEGAL = ("set", "Legal", "--match", '{"space": "contracts"}', "--effect", '{"add_groups": ["legal"]}')


def test_a_rule_is_set_shown_listed_and_removed(app: Flask) -> None:
    assert "version 1" in run(app, *LEGAL, "--comment", "asked for").output
    assert run(app, "list").output == 'Legal\t{"space": "contracts"}\t{"add_groups": ["legal"]}\n'
    shown = json.loads(run(app, "show", "Legal").stdout)
    assert shown == {"name": "Legal", "match": {"space": "contracts"}, "effect": {"add_groups": ["legal"]}}
    assert run(app, "remove", "Legal").exit_code == 0
    assert run(app, "list").output == ""
    history = run(app, "history", "Legal").output.splitlines()
    assert [line.split("\t")[0] for line in history] == ["2", "1"]
    assert history[1].endswith("asked for")


def test_what_is_not_named_stays_as_it_is(app: Flask) -> None:
    run(app, *LEGAL)
    run(app, "set", "First", "--effect", '{"due_within": {"hours": 8}}', "--before", "Legal")
    assert run(app, "set", "Legal", "--off").exit_code == 0
    lines = run(app, "list").output.splitlines()
    assert [line.split("\t")[0] for line in lines] == ["First", "Legal"]
    assert lines[1] == 'Legal\t{"space": "contracts"}\t{"add_groups": ["legal"]}\tout of use'


def test_what_cannot_be_read_is_said_in_one_sentence(app: Flask) -> None:
    for arguments in (
        ("set", "New"),
        ("set", "New", "--effect", "{"),
        ("set", "New", "--effect", '{"groups": []}'),
        ("set", "New", "--effect", '{"add_groups": ["x"]}', "--before", "nobody"),
        ("show", "nobody"),
        ("remove", "nobody"),
    ):
        answer = run(app, *arguments)
        assert answer.exit_code == 1, arguments
        assert answer.output.startswith("Error: ")


def test_a_rule_is_tried_before_it_holds_and_then_open_reviews_follow(app: Flask, wiki: Wiki) -> None:
    save(wiki, "contracts/acme", "x\n")
    save(wiki, "other", "x\n")
    tried = run(app, "simulate", *LEGAL[1:])
    assert "legal\t0\t1" in tried.output
    assert "moderators\t2\t2" in tried.output
    assert "with nobody to look\t0\t0" in tried.output
    assert run(app, "list").output == ""
    run(app, *LEGAL)
    assert "legal\t1\t0" in run(app, "simulate", "Legal", "--without").output
    assert "0 moved, 1 opened" in run(app, "reroute").output
    assert [line.path for line in open_reviews(wiki, "legal")] == ["contracts/acme"]
