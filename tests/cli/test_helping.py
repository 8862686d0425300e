"""`flask kbwiki help coverage`: what is missing, and an exit code for builds."""

from __future__ import annotations

import json

from click.testing import Result
from flask import Flask

from kbwiki import ANONYMOUS, Wiki
from kbwiki.help.policy import Binding, Where
from kbwiki.help.screens import screens_of_app
from kbwiki.help.wanted import ask_for_help
from kbwiki.help_subject import bind_help
from kbwiki.testing import WRITER, save


def coverage(app: Flask, *options: str) -> Result:
    return app.test_cli_runner().invoke(args=["kbwiki", "help", "coverage", *options])


def bind(wiki: Wiki, *bindings: Binding) -> None:
    with wiki.begin(WRITER) as tx:
        bind_help(tx, "page", bindings)


def test_it_lists_what_is_missing_and_fails_for_what_is_gone(app: Flask, wiki: Wiki) -> None:
    app.add_url_rule("/orders/<id>", "orders.edit", lambda id: "")
    app.add_url_rule("/orders", "orders.list", lambda: "")
    save(wiki, "page", "words", title="Page")
    bind(wiki, Binding("orders.list"))
    with wiki.begin(ANONYMOUS) as tx:
        ask_for_help(tx, Where.of("orders.edit", {}), screens_of_app(app, wiki.settings))

    told = coverage(app)
    assert told.exit_code == 0
    assert told.output.splitlines() == [
        "1 of 2 screens have help.",
        "without\torders.edit\t/orders/<id>",
        "wanted\t1\torders.edit",
    ]
    assert coverage(app, "--all").exit_code == 1

    bind(wiki, Binding("orders.*"), Binding("bills.show"))
    told = coverage(app, "--json")
    assert told.exit_code == 1
    said = json.loads(told.output)
    assert said["covered"] == said["screens"] == 2
    assert said["wanted"] == []
    assert [(one["page"], one["binding"]["endpoint"]) for one in said["broken"]] == [("page", "bills.show")]
