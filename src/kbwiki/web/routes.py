"""Every address of the wiki in one table. Machinery lives below `/-/`, which no page path can begin with."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from flask.typing import ResponseReturnValue

from . import (
    assets,
    deciding,
    decisions,
    differences,
    editing,
    histories,
    lists,
    mine,
    queues,
    reading,
    reviews,
    rules,
    searching,
    setup,
    structure,
)

View = Callable[..., ResponseReturnValue]


class Screen(NamedTuple):
    """One rule: where it is, its endpoint, the view that answers, and the methods it takes.

    `kept` says that the answer depends on nothing but the wiki's state, the actor and the address (see answer_cache).
    """

    rule: str
    endpoint: str
    view: View
    methods: tuple[str, ...] = ("GET",)
    kept: bool = False


_BOTH = ("GET", "POST")
_POST = ("POST",)

SCREENS: tuple[Screen, ...] = (
    Screen("/", "home", reading.home, kept=True),
    Screen("/<path:path>", "page", reading.page, kept=True),
    Screen("/-/new", "new", editing.new, _BOTH),
    Screen("/-/edit/<path:path>", "edit", editing.edit, _BOTH),
    Screen("/-/history/<path:path>", "history", histories.history, kept=True),
    Screen("/-/revision/<int:number>/<path:path>", "revision", histories.revision, kept=True),
    Screen("/-/diff/<path:path>", "diff", differences.diff, kept=True),
    Screen("/-/undo/<int:number>/<path:path>", "undo", histories.undo, _BOTH),
    Screen("/-/restore/<int:number>/<path:path>", "restore", histories.restore, _POST),
    Screen("/-/move/<path:path>", "move", structure.move, _BOTH),
    Screen("/-/delete/<path:path>", "delete", structure.delete, _BOTH),
    Screen("/-/bring-back/<path:path>", "bring_back", structure.bring_back_page, _POST),
    Screen("/-/backlinks/<path:path>", "backlinks", lists.show_backlinks),
    Screen("/-/recent", "recent", lists.recent, kept=True),
    Screen("/-/tree", "tree", lists.tree, kept=True),
    Screen("/-/wanted", "wanted", lists.wanted),
    Screen("/-/tags", "tags", lists.show_tags, kept=True),
    Screen("/-/search", "search", searching.search),
    Screen("/-/reviews", "queue", queues.queue_page, kept=True),
    Screen("/-/reviews/<int:id>", "review", reviews.review_page, kept=True),
    Screen("/-/reviews/<int:id>/decide", "decide", deciding.decide_review, _POST),
    Screen("/-/reviews/<int:id>/pieces", "review_pieces", deciding.pieces),
    Screen("/-/reviews/<int:id>/mend", "review_mend", deciding.mend),
    Screen("/-/decisions", "decisions", decisions.log),
    Screen("/-/decisions/<int:id>/show-again", "show_again", deciding.show_again, _POST),
    Screen("/-/decisions/<int:id>/take-back", "take_back", deciding.take_back_decision, _POST),
    Screen("/-/mine", "mine", mine.my_changes, kept=True),
    Screen("/-/spaces", "spaces", setup.spaces, kept=True),
    Screen("/-/space", "space", setup.space, _BOTH),
    Screen("/-/rules", "rules", rules.all_rules),
    Screen("/-/rules/reroute", "reroute", rules.move_reviews, _POST),
    Screen("/-/rule", "rule", rules.one_rule, _BOTH),
    Screen("/-/static/<path:filename>", "static", assets.static),
    Screen("/-/<path:anything>", "unknown", assets.unknown),
)
