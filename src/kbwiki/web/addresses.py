"""Addresses of screens and pages, by name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode

from .._version import __version__
from ..markup import section_anchor

FILE_ENDINGS = frozenset(
    """avif bmp csv doc docx flac gif gz jpeg jpg m4a mp3 mp4 odp ods odt ogg pdf png ppt pptx svg tar txt wav webm webp
    xls xlsx zip""".split()  # noqa: SIM905 - a list of words
)
"""Where a link with such an ending leads nowhere, a file is missing and not a page."""


@lru_cache(maxsize=20_000)
def quoted(path: str) -> str:
    """A page path as part of an address (RFC 3986, 3.3)."""
    return quote(path, safe="/~!$&'()*+,;=:@-._")


class Addresses:
    """Addresses of screens, by name; plain concatenation, since hundreds are made for one list.

    `rules` are the screens' addresses as the wiki spells them; `carried` is a query that goes along from page to page.
    """

    def __init__(self, base: str, rules: Mapping[str, str] | None = None) -> None:
        self.base = base
        self.rules = rules or SCREEN_RULES
        self.carried = ""

    def __call__(self, name: str, **args: Any) -> str:
        """The address of the screen `name`. `path` and ids become part of it, everything else the query."""
        rule = self.rules[name]
        if not args:
            return self.base + rule
        path = args.pop("path", None)
        number = args.pop("number", None) if "{number}" in rule else None
        key = args.pop("id", None)
        address = self.base + rule.format(
            path=quoted(path) if path else "",
            number=number,
            id=key,
            filename=args.pop("filename", ""),
            secret=args.pop("secret", ""),
        )
        query = {name: value for name, value in args.items() if value is not None}
        if name == "static":
            query["v"] = __version__  # browsers keep our files until there is a new version of them
        if path and "{path}" not in rule:
            query["path"] = path
        return f"{address}?{urlencode(query)}" if query else address

    def knows(self, name: str) -> bool:
        """Whether there is a screen of this name."""
        return name in self.rules

    def page(self, path: str, section: str | None = None) -> str:
        """The address of a page."""
        fragment = f"#{quoted(section_anchor(section))}" if section else ""
        return f"{self.base}/{quoted(path)}{fragment}"

    def onward(self, path: str, section: str | None = None) -> str:
        """The address of a page, with what is carried along from page to page: the edition that was asked for."""
        if not self.carried:
            return self.page(path, section)
        return f"{self.page(path)}?{self.carried}" + (f"#{quoted(section_anchor(section))}" if section else "")

    def to_link(self, path: str, section: str | None, missing: bool) -> str:
        """The address that a link in a text has; for a missing page, the form to write it."""
        if not missing:
            return self.onward(path, section)
        if path.rpartition(".")[2].casefold() in FILE_ENDINGS:
            folder, _, name = path.rpartition("/")
            return self("file_new", folder=folder or None, called=name)
        return self("new", path=path)

    def raw(self, path: str, **args: Any) -> str:
        """The address of a file's bytes."""
        return self("file_raw", path=path, **args)


SCREEN_RULES: Mapping[str, str] = MappingProxyType(
    {
        "home": "/",
        "page": "/{path}",
        "new": "/-/new",
        "edit": "/-/edit/{path}",
        "history": "/-/history/{path}",
        "edition": "/-/edition",
        "revision": "/-/revision/{number}/{path}",
        "diff": "/-/diff/{path}",
        "blame": "/-/blame/{path}",
        "slider": "/-/slider/{path}",
        "undo": "/-/undo/{number}/{path}",
        "restore": "/-/restore/{number}/{path}",
        "move": "/-/move/{path}",
        "delete": "/-/delete/{path}",
        "several": "/-/several",
        "several_done": "/-/several/{id}",
        "go_on_several": "/-/several/{id}/go-on",
        "undo_several": "/-/several/{id}/undo",
        "bring_back": "/-/bring-back/{path}",
        "backlinks": "/-/backlinks/{path}",
        "helpful": "/-/helpful/{path}",
        "document": "/-/document/{path}",
        "for_you": "/-/for-you",
        "recent": "/-/recent",
        "tree": "/-/tree",
        "wanted": "/-/wanted",
        "tags": "/-/tags",
        "search": "/-/search",
        "earlier": "/-/search/earlier",
        "search_json": "/-/search.json",
        "suggest_json": "/-/suggest.json",
        "complete_json": "/-/complete.json",
        "opensearch": "/-/opensearch.xml",
        "kept_searches": "/-/kept-searches",
        "change_search": "/-/kept-searches/{id}",
        "end_search_feed": "/-/kept-searches/feeds/{id}/revoke",
        "queue": "/-/reviews",
        "review": "/-/reviews/{id}",
        "next_review": "/-/reviews/next",
        "aside": "/-/reviews/aside",
        "filters": "/-/reviews/filters",
        "change_filter": "/-/reviews/filters/{id}",
        "new_feed": "/-/reviews/feeds",
        "end_feed": "/-/reviews/feeds/{id}/revoke",
        "feed": "/-/feeds/{id}/{secret}",
        "lease": "/-/reviews/{id}/lease",
        "put_aside": "/-/reviews/{id}/aside",
        "bring_aside_back": "/-/reviews/{id}/back",
        "keep_note": "/-/reviews/{id}/note",
        "ask_opinion": "/-/reviews/{id}/second-look",
        "give_opinion": "/-/second-looks/{id}",
        "decide": "/-/reviews/{id}/decide",
        "review_rendered": "/-/reviews/{id}/rendered",
        "review_pieces": "/-/reviews/{id}/pieces",
        "review_mend": "/-/reviews/{id}/mend",
        "decisions": "/-/decisions",
        "lapsed": "/-/lapsed",
        "look_again": "/-/lapsed/{id}/look",
        "escalated": "/-/escalated",
        "record_export": "/-/decisions/export",
        "show_again": "/-/decisions/{id}/show-again",
        "take_back": "/-/decisions/{id}/take-back",
        "look": "/-/look/{number}/{path}",
        "answer": "/-/reviews/{id}/answer",
        "appeal": "/-/decisions/{id}/appeal",
        "report": "/-/report/{path}",
        "lock": "/-/lock",
        "restrict": "/-/restrict",
        "lift": "/-/restraints/{id}/lift",
        "batches": "/-/batches",
        "batch_new": "/-/batches/new",
        "batch_plan": "/-/batches/plan",
        "batch": "/-/batches/{id}",
        "batch_run": "/-/batches/{id}/run",
        "batch_take_back": "/-/batches/{id}/take-back",
        "mine": "/-/mine",
        "numbers": "/-/numbers",
        "messages": "/-/messages",
        "messages_read": "/-/messages/read",
        "spaces": "/-/spaces",
        "space": "/-/space",
        "reasons": "/-/reasons",
        "rules": "/-/rules",
        "reroute": "/-/rules/reroute",
        "rule": "/-/rule",
        "vocabulary": "/-/vocabulary",
        "undo_vocabulary": "/-/vocabulary/undo/{number}",
        "synonyms": "/-/synonyms",
        "undo_synonyms": "/-/synonyms/{id}/undo/{number}",
        "searches": "/-/searches",
        "close_search": "/-/searches/close",
        "clicked": "/-/search/clicked",
        "help": "/-/help",
        "helped": "/-/help/helped",
        "help_wrong": "/-/help/wrong",
        "help_wanted": "/-/help/wanted",
        "help_settings": "/-/help/settings/{path}",
        "undo_help": "/-/help/undo/{number}/{path}",
        "help_coverage": "/-/help/coverage",
        "close_wanted": "/-/help/coverage/{id}/close",
        "plugins": "/-/plugins",
        "switch_plugin": "/-/plugins/switch",
        "undo_switch": "/-/plugins/undo/{number}",
        "plugin_home": "/-/x/{id}/",
        "plugin": "/-/x/{id}/{path}",
        "plugin_static": "/-/x/{id}/static/{filename}",
        "first_steps": "/-/first-steps",
        "practice": "/-/first-steps/practice",
        "files": "/-/files",
        "file_new": "/-/files/new",
        "file": "/-/files/about/{path}",
        "file_raw": "/-/files/raw/{path}",
        "file_replace": "/-/files/replace/{path}",
        "file_describe": "/-/files/describe/{path}",
        "file_move": "/-/files/move/{path}",
        "file_delete": "/-/files/delete/{path}",
        "file_back": "/-/files/bring-back/{path}",
        "file_restore": "/-/files/restore/{number}/{path}",
        "file_report": "/-/files/report/{path}",
        "drafts": "/-/drafts",
        "draft_keep": "/-/drafts/keep",
        "draft_compare": "/-/drafts/compare",
        "draft": "/-/drafts/{id}",
        "draft_throw": "/-/drafts/{id}/throw",
        "draft_back": "/-/drafts/{id}/back",
        "static": "/-/static/{filename}",
    }
)
"""The addresses of screens, by name, as they usually are."""
