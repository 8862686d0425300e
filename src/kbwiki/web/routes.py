"""Every address of the wiki in one table. Machinery lives below `/-/`, which no page path can begin with."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from flask.typing import ResponseReturnValue

from . import (
    acts,
    ageing,
    asides,
    assets,
    batches,
    completing,
    deciding,
    decisions,
    desk,
    differences,
    earlier,
    editing,
    evidence,
    feeds,
    file_bytes,
    file_changes,
    file_uploads,
    files,
    first_steps,
    help_coverage,
    help_settings,
    helping,
    histories,
    lists,
    looking,
    messages,
    mine,
    numbers,
    plugin_routes,
    plugin_sending,
    plugins,
    queues,
    reading,
    reasons,
    review_rendered,
    reviews,
    rules,
    saved_filters,
    saved_searches,
    search_json,
    searches,
    searching,
    setup,
    structure,
    synonyms,
    vocabulary,
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
    Screen("/-/search/earlier", "earlier", earlier.earlier),
    Screen("/-/search.json", "search_json", search_json.search_json),
    Screen("/-/suggest.json", "suggest_json", search_json.suggest_json),
    Screen("/-/complete.json", "complete_json", completing.complete_json),
    Screen("/-/opensearch.xml", "opensearch", search_json.opensearch),
    Screen("/-/kept-searches", "kept_searches", saved_searches.searches_kept, _BOTH),
    Screen("/-/kept-searches/<int:id>", "change_search", saved_searches.change_search, _POST),
    Screen("/-/kept-searches/feeds/<int:id>/revoke", "end_search_feed", saved_searches.end_search_feed, _POST),
    # Not kept: leases, drafts and what is put aside are no entries of the journal, and a countdown is never the same.
    Screen("/-/reviews", "queue", queues.queue_page),
    Screen("/-/reviews/<int:id>", "review", reviews.review_page),
    Screen("/-/reviews/next", "next_review", desk.next_for_me, _POST),
    Screen("/-/reviews/aside", "aside", asides.aside_page),
    Screen("/-/reviews/filters", "filters", saved_filters.filters, _BOTH),
    Screen("/-/reviews/filters/<int:id>", "change_filter", saved_filters.change_filter, _POST),
    Screen("/-/reviews/feeds", "new_feed", saved_filters.new_feed, _POST),
    Screen("/-/reviews/feeds/<int:id>/revoke", "end_feed", saved_filters.end_feed, _POST),
    Screen("/-/feeds/<int:id>/<secret>", "feed", feeds.feed),
    Screen("/-/reviews/<int:id>/lease", "lease", desk.lease, _POST),
    Screen("/-/reviews/<int:id>/aside", "put_aside", desk.put_review_aside, _POST),
    Screen("/-/reviews/<int:id>/back", "bring_aside_back", desk.bring_back_from_aside, _POST),
    Screen("/-/reviews/<int:id>/note", "keep_note", desk.keep_note, _POST),
    Screen("/-/reviews/<int:id>/second-look", "ask_opinion", desk.ask_second_look, _POST),
    Screen("/-/second-looks/<int:id>", "give_opinion", desk.give_second_look, _POST),
    Screen("/-/reviews/<int:id>/decide", "decide", deciding.decide_review, _POST),
    Screen("/-/reviews/<int:id>/rendered", "review_rendered", review_rendered.rendered),
    Screen("/-/reviews/<int:id>/pieces", "review_pieces", deciding.pieces),
    Screen("/-/reviews/<int:id>/mend", "review_mend", deciding.mend),
    Screen("/-/decisions", "decisions", decisions.log),
    Screen("/-/decisions/export", "record_export", decisions.export, _POST),
    # Kept neither: they say how long ago something was, and a late look can be taken back.
    Screen("/-/lapsed", "lapsed", ageing.lapsed),
    Screen("/-/lapsed/<int:id>/look", "look_again", ageing.look_at_lapsed, _POST),
    Screen("/-/escalated", "escalated", ageing.escalated),
    Screen("/-/decisions/<int:id>/show-again", "show_again", deciding.show_again, _POST),
    Screen("/-/decisions/<int:id>/take-back", "take_back", deciding.take_back_decision, _POST),
    # Not kept: what waits grows older without any entry.
    Screen("/-/numbers", "numbers", numbers.numbers_page),
    Screen("/-/look/<int:number>/<path:path>", "look", looking.look, _POST),
    Screen("/-/reviews/<int:id>/answer", "answer", evidence.answer, _BOTH),
    Screen("/-/decisions/<int:id>/appeal", "appeal", evidence.appeal_form, _BOTH),
    Screen("/-/report/<path:path>", "report", evidence.report_form, _BOTH),
    Screen("/-/lock", "lock", acts.lock, _BOTH),
    Screen("/-/restrict", "restrict", acts.restrict, _BOTH),
    Screen("/-/restraints/<int:id>/lift", "lift", acts.lift, _POST),
    Screen("/-/mine", "mine", mine.my_changes),
    Screen("/-/messages", "messages", messages.my_messages),
    Screen("/-/messages/read", "messages_read", messages.read_all, _POST),
    Screen("/-/batches", "batches", batches.list_batches),
    Screen("/-/batches/new", "batch_new", batches.new_batch),
    Screen("/-/batches/plan", "batch_plan", batches.plan, _POST),
    Screen("/-/batches/<id>", "batch", batches.batch_page),
    Screen("/-/batches/<id>/run", "batch_run", batches.run, _POST),
    Screen("/-/batches/<id>/take-back", "batch_take_back", batches.take_back, _POST),
    Screen("/-/spaces", "spaces", setup.spaces, kept=True),
    Screen("/-/space", "space", setup.space, _BOTH),
    Screen("/-/reasons", "reasons", reasons.reasons, _BOTH),
    Screen("/-/rules", "rules", rules.all_rules),
    Screen("/-/rules/reroute", "reroute", rules.move_reviews, _POST),
    Screen("/-/rule", "rule", rules.one_rule, _BOTH),
    Screen("/-/vocabulary", "vocabulary", vocabulary.vocabulary, _BOTH),
    Screen("/-/vocabulary/undo/<int:number>", "undo_vocabulary", vocabulary.undo_vocabulary, _POST),
    Screen("/-/synonyms", "synonyms", synonyms.synonyms, _BOTH),
    Screen("/-/synonyms/<int:id>/undo/<int:number>", "undo_synonyms", synonyms.undo_synonyms, _POST),
    # Not kept: what was searched is no entry of the journal.
    Screen("/-/searches", "searches", searches.searches),
    Screen("/-/searches/close", "close_search", searches.close_search, _POST),
    Screen("/-/search/clicked", "clicked", searches.clicked, _POST),
    # Kept neither: what fits depends on the host, and help that was asked for is told once.
    Screen("/-/help", "help", helping.help_here),
    Screen("/-/help/helped", "helped", helping.helped, _POST),
    Screen("/-/help/wrong", "help_wrong", helping.wrong, _POST),
    Screen("/-/help/wanted", "help_wanted", helping.wanted_here, _POST),
    Screen("/-/help/settings/<path:path>", "help_settings", help_settings.settings, _BOTH),
    Screen("/-/help/undo/<int:number>/<path:path>", "undo_help", help_settings.undo, _POST),
    Screen("/-/help/coverage", "help_coverage", help_coverage.coverage_page),
    Screen("/-/help/coverage/<int:id>/close", "close_wanted", help_coverage.close, _POST),
    # Kept neither: what plugins did is no entry of the journal, and what they show may change with every look.
    Screen("/-/plugins", "plugins", plugins.plugins_page),
    Screen("/-/plugins/switch", "switch_plugin", plugins.switch, _POST),
    Screen("/-/plugins/undo/<int:number>", "undo_switch", plugins.undo, _POST),
    Screen("/-/x/<plugin>/", "plugin_home", plugin_routes.home, _BOTH),
    Screen("/-/x/<plugin>/<path:rest>", "plugin", plugin_routes.route, _BOTH),
    Screen("/-/x/<plugin>/static/<path:filename>", "plugin_static", plugin_sending.static),
    Screen("/-/first-steps", "first_steps", first_steps.first_steps),
    Screen("/-/first-steps/practice", "practice", first_steps.practise, _POST),
    # Not kept: what is served is bytes, and the others have forms on them.
    Screen("/-/files", "files", files.list_all),
    Screen("/-/files/new", "file_new", file_uploads.new, _BOTH),
    Screen("/-/files/about/<path:path>", "file", files.about),
    Screen("/-/files/raw/<path:path>", "file_raw", file_bytes.raw),
    Screen("/-/files/replace/<path:path>", "file_replace", file_changes.replace, _POST),
    Screen("/-/files/describe/<path:path>", "file_describe", file_changes.describe, _POST),
    Screen("/-/files/move/<path:path>", "file_move", file_changes.move, _POST),
    Screen("/-/files/delete/<path:path>", "file_delete", file_changes.delete, _POST),
    Screen("/-/files/bring-back/<path:path>", "file_back", file_changes.bring_back, _POST),
    Screen("/-/files/restore/<int:number>/<path:path>", "file_restore", file_changes.restore, _POST),
    Screen("/-/files/report/<path:path>", "file_report", file_changes.report, _BOTH),
    Screen("/-/static/<path:filename>", "static", assets.static),
    Screen("/-/<path:anything>", "unknown", assets.unknown),
)
