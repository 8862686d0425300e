"""A language in which every letter of our texts has an accent, terms nobody uses, and a wiki written in digits alone.

Where all of them come together, a plain letter on a screen is a text that nobody marked, or a term that stands fast.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from flask import Flask
from sqlalchemy import update

from kbwiki import Actor, KBWiki, Wiki
from kbwiki.drafts.actions import Written, keep_draft
from kbwiki.files import NewFile, upload_file
from kbwiki.moderation.batches.plan import plan_batch
from kbwiki.moderation.batches.selection import Selection
from kbwiki.moderation.models import BatchItem
from kbwiki.search.log.recording import Asked, Screen
from kbwiki.search.synonyms.actions import set_synonyms
from kbwiki.several.acts import start
from kbwiki.several.models import PageBatchItem
from kbwiki.several.policy import Act, Order
from kbwiki.testing import answer, look, open_reviews, save
from kbwiki.wording.terms import NOUNS

from .catalogues import as_text, compiled, gathered

LOCALE = "fa"
"""Written from right to left, and with two forms for numbers, as English has."""
TERMS = {noun: [f"{noun[0]}ozz{noun[-1]}", f"{noun[0]}uzz{noun[-1]}"] for noun in NOUNS} | {
    "edit": ["grix", "grixx", "groxed", "grixling"]
}
"""Words that no sentence has by chance."""
PLAIN, ACCENTED = "abcdefghijklmnopqrstuvwxyz", "áḃćďéḟǵĥíĵķĺḿńóṕɋŕśťúṽẃẋýź"
_LETTERS = str.maketrans(PLAIN + PLAIN.upper(), ACCENTED + ACCENTED.upper())
_KEPT = re.compile(r"\{[^}]*\}|\[[^\]]*\]")

AUTHOR = Actor("61", "61", frozenset({"71"}))
LOOKER = Actor("62", "62", frozenset({"72"}))
ADMINISTRATOR = Actor("63", "63", frozenset({"73"}))


def accented(text: str) -> str:
    """The text with an accent on every letter; places for terms and values stay as they are."""
    out, at = [], 0
    for kept in _KEPT.finditer(text):
        out += [text[at : kept.start()].translate(_LETTERS), kept[0]]
        at = kept.end()
    return "⟦" + "".join([*out, text[at:].translate(_LETTERS)]) + "⟧"


def write_catalogue(folder: Path) -> None:
    """Every text that there is, in the invented language."""
    catalogue = Catalog(locale=LOCALE)
    for one in gathered():
        if one.id:
            said = tuple(map(accented, one.id)) if isinstance(one.id, tuple) else accented(one.id)
            catalogue.add(one.id, said)
    place = folder / LOCALE / "LC_MESSAGES"
    place.mkdir(parents=True)
    (place / "kbwiki.po").write_text(as_text(catalogue), encoding="utf-8")
    (place / "kbwiki.mo").write_bytes(compiled(catalogue))


def host(folder: Path) -> Flask:
    """A host whose wiki speaks the invented language with the invented terms; `app.config["who"]` is who is there."""
    write_catalogue(folder / "texts")
    app = Flask("host", instance_path=str(folder / "instance"))
    app.config.update(
        SECRET_KEY="test", TESTING=True, who=AUTHOR,
        KBWIKI_NAME="99", KBWIKI_LOCALES=[LOCALE], KBWIKI_TRANSLATIONS=str(folder / "texts"),
        KBWIKI_VOCABULARY={LOCALE: TERMS, "en": TERMS},
        KBWIKI_WRITERS=["71", "72"], KBWIKI_FALLBACK_GROUP="72", KBWIKI_ADMIN_GROUP="73",
        KBWIKI_SIGN_IN_URL="/1", KBWIKI_HOME="00",
    )  # fmt: skip
    KBWiki(app, actor=lambda: app.config["who"])
    app.extensions["kbwiki"]["main"].make_ready()
    return app


def fill(wiki: Wiki) -> None:
    """Write what every screen has something to show of, in digits."""
    save(wiki, "00", "12 [[11/22/33]] [[404]]\n", tags=["81"], by=AUTHOR)
    save(wiki, "10", "13\n", comment="14", title="15", by=AUTHOR)
    answer(wiki, look(wiki, 2, by=LOOKER), "concern", reason="unclear", note="16", by=LOOKER)
    save(wiki, "11/22/33", "17\n", comment="18", title="19", by=AUTHOR)
    save(wiki, "11/22/33", "20\n\n## 21\n\n## 22\n\n## 23\n", base=1, by=AUTHOR, tags=["81"])
    save(wiki, "11/22/33/44", "24\n", by=AUTHOR)
    save(wiki, "30", "25\n", comment="26", title="27", by=AUTHOR)
    (out,) = [line for line in open_reviews(wiki, "72") if line.path == "30"]
    answer(wiki, look(wiki, out.id, by=LOOKER), "revert", reason="wrong", by=LOOKER)
    with wiki.begin(LOOKER) as tx:
        set_synonyms(tx, ("28", "29"), comment="31")
    content = wiki.files.keep(BytesIO(b"34"))
    with wiki.begin(AUTHOR) as tx:
        upload_file(tx, NewFile("11/22/33/1", content, alt="35", comment="36"))
    wiki.search_log.record(Asked("32", 0, Screen.PAGE))
    with wiki.begin(AUTHOR) as tx:
        start(tx, Order(Act.TAG, "39", "40"), [(1, "00")])
    with wiki.begin(AUTHOR) as tx:
        keep_draft(tx, Written("41\n", "00", "42", tab="43"), max_bytes=1000)
    plan = plan_batch(wiki, LOOKER, Selection(), "approve")
    with wiki.database.write() as connection:
        columns = "wiki_id, actor_id, kind, verdict, reason, note, selection, details, at"
        copied = f"INSERT INTO kbwiki_batch (id, {columns}) SELECT '91', {columns} FROM kbwiki_batch"
        connection.exec_driver_sql(copied)
        columns = "wiki_id, actor_id, act, value, comment, at"
        copied = f"INSERT INTO kbwiki_page_batch (id, {columns}) SELECT '92', {columns} FROM kbwiki_page_batch"
        connection.exec_driver_sql(copied)
        connection.execute(update(PageBatchItem).values(batch_id="92"))
        connection.execute(update(BatchItem).where(BatchItem.batch_id == plan.batch_id).values(batch_id="91"))


class _Visible(HTMLParser):
    """What people see, hear or read on hovering, and what scripts show them."""

    ATTRIBUTES = ("title", "aria-label", "placeholder", "alt", "label", "aria-description")

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style")
        for name, value in attrs:
            is_said = name in self.ATTRIBUTES or (name.startswith("data-kb-") and " " in (value or ""))
            if value and (is_said or (tag == "input" and name == "value" and "submit" in dict(attrs).values())):
                self.found.append(value)

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.found.append(data.strip())


_OWN = "|".join(sorted((re.escape(form) for forms in TERMS.values() for form in forms), key=len, reverse=True))
_ALLOWED = re.compile(
    rf"\b(?:{_OWN}|an?|https?://\S*|[\w.-]*/[\w./-]*|[a-z]+:[\w<>]*)\b/?"  # terms, addresses, what a search can say
    r"|\{\w+\}"  # filled in by a script
    r"|^pip install [\w-]+$|^app\.config\[.*$"  # to be typed
    r"|\b(?:UTC|Esc|everyone|signed-in)\b|\[!(?:WARNING|NOTE)\]|\[TOC\]|\(https://…\)",  # the same everywhere
    re.IGNORECASE,
)
_LETTERS_LEFT = re.compile(r"[A-Za-z]{2,}")


def plain_words(texts: Iterable[str]) -> list[str]:
    """The texts that have plain letters in them, beyond terms, addresses and what is the same everywhere."""
    return [one for one in map(unescape, texts) if _LETTERS_LEFT.search(_ALLOWED.sub("", one))]


def visible(html: str) -> list[str]:
    """The visible texts of a screen."""
    parser = _Visible()
    parser.feed(html)
    return parser.found
