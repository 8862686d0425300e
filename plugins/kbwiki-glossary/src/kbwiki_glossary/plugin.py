"""The plugin: one method for each hook that it answers, and below them the functions that these hand over.

Whatever goes wrong in here costs the glossary's own part, never a page or a save; so there is no `try` but where
something better can be done than to leave it out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from html import escape

from sqlalchemy.exc import IntegrityError

from kbwiki import Actor
from kbwiki.errors import Busy, Invalid, KBWikiError
from kbwiki.hooks import (
    Asking,
    Box,
    ChangeFacts,
    Go,
    Macro,
    MacroCall,
    OwnKind,
    PageFacts,
    PageText,
    Plugin,
    QueryOperator,
    RouteTo,
    Screen,
    SearchField,
    Setting,
    Site,
    Tables,
    Term,
    Undo,
    hookimpl,
)

from .entries import METADATA, Entries, Entry, entry_of
from .words import LONGEST_TERM, key_of, used_in

KIND = "glossary-entry"
LONGEST_DEFINITION = 2_000
_ATTEMPTS = 3


class Glossary(Plugin):
    """Terms and what they mean: in a list, beside the pages that use them, and in search."""

    name = "glossary"
    version = "0.1.0"
    summary = "The words of an organisation, explained where they are used."
    requires_kbwiki = ">=0.1"
    settings = (Setting("most", 8, help="So many terms are explained beside a page."),)
    tables = Tables(METADATA, "kbwiki_glossary:migrations")
    templates = "templates"
    locales = "locales"

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self.entries = Entries(site)

    # What is declared, once

    @hookimpl
    def vocabulary(self) -> Term:
        """An organisation may call its terms otherwise: abbreviations, or concepts."""
        return Term("term", "term", "terms")

    @hookimpl
    def macros(self) -> Macro:
        """`{{term api}}`. It varies: what a term means may be changed while the page stays as it is."""
        return Macro(
            "term", self.explained, help="A term with its meaning", example="{{term bill of materials}}", varies=True
        )

    @hookimpl
    def search_fields(self) -> SearchField:
        """Who searches for words of a definition finds the pages that use the term. They count half."""
        return SearchField("definitions", self.words_of, boost=0.5)

    @hookimpl
    def query_operators(self) -> QueryOperator:
        """`term:api`."""
        return QueryOperator("term", self.pages_using, help='pages that use a term of the glossary: term:"work order"')

    @hookimpl
    def change_kinds(self) -> OwnKind:
        """What was changed in the glossary is looked at afterwards, like everything else."""
        return OwnKind(KIND, "Glossary", describe=self.described, undo=self.undone)

    @hookimpl
    def routes(self) -> Iterable[RouteTo]:
        """The list with a form below it. Who may write at the top of the wiki may change entries: `submit` checks."""
        yield RouteTo("/", self.listed, "list")
        yield RouteTo("/entry", self.kept, "entry", methods=("POST",))

    # What is asked each time

    @hookimpl
    def page_boxes(self, page: PageFacts) -> Box | None:
        """The terms that the page uses, in the order of their first use."""
        known = self.entries.all()
        text = self.site.page(page.path, page.actor) if known else None
        used = used_in(text.plain, known.keys()) if text is not None else []
        if not used:
            return None
        shown = [self._as_html(known[key], page.actor) for key in used[: self.site.settings["most"]]]
        more = f'<p><a href="{escape(self.site.route("list"))}">{escape(self.say("All [terms]"))}</a></p>'
        return Box(self.say("Words on this [page]"), f"<dl>{''.join(shown)}</dl>{more}")

    def _as_html(self, entry: Entry, actor: Actor) -> str:
        """What a plugin gives is sanitised, but escaping is ours: a definition may have a `<` in it.

        The page that says more is linked only for those who may read it: that there is one is none of others' business.
        """
        term = escape(entry.term)
        if entry.page and self.site.page(entry.page, actor) is not None:
            term = f'<a href="{escape(self.site.url(entry.page))}">{term}</a>'
        return f"<dt>{term}</dt><dd>{escape(entry.definition)}</dd>"

    # What the declarations hand over

    def explained(self, call: MacroCall) -> str:
        """The words with the meaning of the term; words that are none stay words."""
        words = " ".join(call.words)
        entry = self.entries.all().get(key_of(words))
        if entry is None:
            return f"<span>{escape(words)}</span>"
        return f'<span title="{escape(entry.definition)}">{escape(words)}</span>'

    def words_of(self, page: PageText) -> str:
        """The definitions of the terms that the page uses. Which they are is written down for `term:`."""
        known = self.entries.all()
        used = used_in(page.plain, known.keys())
        try:
            self.entries.note_uses(page.id, frozenset(used))
        except Busy:
            self.site.log.info("The terms on %s are written down when it is indexed next.", page.path)
        return "\n".join(known[key].definition for key in used)

    def pages_using(self, value: str, actor: Actor) -> frozenset[int]:
        """Of all pages: kbwiki shows those of them that the actor may read."""
        return self.entries.pages_using(value)

    def described(self, change: ChangeFacts) -> str:
        """One line for moderators."""
        if not change.after:
            return f"took “{change.title}” out of the glossary"
        return f"explained “{change.title}”" if not change.before else f"explained “{change.title}” anew"

    def undone(self, change: ChangeFacts) -> Undo | None:
        """Back to what stood there before; not when it has been changed since."""
        self.entries.forget()
        entry = self.entries.find(change.title)
        if (entry.text if entry is not None else "") != change.after:
            return None
        before = entry_of(change.subject_id, change.title, change.before)
        return Undo((self.entries.statement(before),), change.before)

    # The routes

    def listed(self, asking: Asking, *, wrong: str = "", status: int = 200) -> Screen:
        """All entries, and a form; after a fault with what was typed, so that nothing is lost."""
        facts = {
            "entries": [self._as_facts(one, asking.actor) for one in self.entries.all().values()],
            "form": {name: asking.form.get(name, "") for name in ("term", "definition", "page")},
            "wrong": wrong,
        }
        return Screen(self.say("All [terms]"), template="kbwiki_x_glossary/list.html", facts=facts, status=status)

    def _as_facts(self, entry: Entry, actor: Actor) -> dict[str, str]:
        may_read = entry.page and self.site.page(entry.page, actor) is not None
        url = self.site.url(entry.page) if may_read else ""
        return {"term": entry.term, "definition": entry.definition, "url": url}

    def kept(self, asking: Asking) -> Screen | Go:
        """Keep what was sent. It holds at once, and is looked at afterwards."""
        try:
            entry = self._sent(asking)
            self._submit(asking.actor, entry)
        except KBWikiError as error:
            return self.listed(asking, wrong=str(error), status=error.status)
        return Go(self.site.route("list"), self.say("“{term}” is kept.", term=entry.term))

    def _sent(self, asking: Asking) -> Entry:
        term = " ".join(asking.form.get("term", "").split())
        definition = asking.form.get("definition", "").replace("\r\n", "\n").strip()
        page = asking.form.get("page", "").strip().strip("/")
        if not 0 < len(key_of(term).split()) <= LONGEST_TERM or len(term) > 200:
            raise Invalid("term", self.say("A term has one to {n} words.", n=LONGEST_TERM))
        if len(definition) > LONGEST_DEFINITION or len(page) > 500:
            raise Invalid("definition", self.say("At most {n} letters, please.", n=LONGEST_DEFINITION))
        return Entry(0, term, definition, page)

    def _submit(self, actor: Actor, entry: Entry) -> None:
        """Errors: those of `site.submit`."""
        for attempt in range(_ATTEMPTS):
            self.entries.forget()
            known = self.entries.find(entry.term)
            if known is None and not entry.definition:
                raise Invalid("definition", self.say("Please say what “{term}” means.", term=entry.term))
            new = replace(entry, id=known.id if known is not None else self.entries.next_id())
            try:
                self.site.submit(actor, KIND, new.id, self.entries.statement(new), title=new.term, text=new.text)
            except IntegrityError:  # somebody else took the number, or the term, at the same moment
                if attempt == _ATTEMPTS - 1:
                    raise
                continue
            break
        self.entries.forget()
