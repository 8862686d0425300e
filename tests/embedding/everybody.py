"""A wiki with something at every address, and eight kinds of people who come there."""

from __future__ import annotations

import io
import re
import shutil
from datetime import timedelta
from html import unescape
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import update

from kbwiki import ANONYMOUS, Actor, ActorKind, KBWiki, Wiki
from kbwiki.drafts.actions import Written, keep_draft
from kbwiki.files import NewFile, delete_file, upload_file
from kbwiki.files.actions import IfThere
from kbwiki.moderation.acts import lock_pages
from kbwiki.moderation.batches.plan import plan_batch
from kbwiki.moderation.batches.selection import Selection
from kbwiki.moderation.desk.opinions import ask_opinion
from kbwiki.moderation.models import BatchItem
from kbwiki.search.log.recording import Asked, Screen
from kbwiki.search.synonyms.actions import set_synonyms
from kbwiki.several.acts import start
from kbwiki.several.models import PageBatchItem
from kbwiki.several.policy import Act, Order
from kbwiki.several.queries import choosable
from kbwiki.testing import answer, look, make_space, open_reviews, save
from tests.hooks.weather.door import Door

ACTORS = {
    "anonymous": ANONYMOUS,
    "reader": Actor("reader", "Rosa", frozenset({"people"})),
    "writer": Actor("writer", "Wim", frozenset({"people", "staff"})),
    "mod-a": Actor("mod-a", "Anna", frozenset({"people", "alpha"})),
    "mod-b": Actor("mod-b", "Bert", frozenset({"people", "beta"})),
    "admin": Actor("admin", "Ada", frozenset({"people", "admins"})),
    "agent": Actor("agent", "Scribe", frozenset({"people", "staff"}), ActorKind.AGENT),
    "other": Actor("other", "Olga", frozenset({"tenant-b", "tenant-b-moderators", "tenant-b-admins"})),
}
"""In the order of the table's columns. The last one is of another tenant, and something there."""


class World:
    """The host with the wiki in it; whoever `as_who` names is there."""

    def __init__(self, url: str, folder: Path) -> None:
        self.app = Flask("host", instance_path=str(folder / "instance"))
        self.app.config.update(
            SECRET_KEY="test",
            KBWIKI_DATABASE_URI=url,
            KBWIKI_INDEX_FOLDER=str(folder / "index"),
            KBWIKI_SEARCH_CATCH_UP_SECONDS=0.0,
        )
        self.there = ANONYMOUS
        self.app.config["KBWIKI_HOOK_SECONDS"] = 10.0  # a machine with other tests on it may be slow
        KBWiki(self.app, actor=lambda: self.there, plugins=[Door])
        self.wiki: Wiki = self.app.extensions["kbwiki"]["main"].wiki
        self.wiki.upgrade()
        self.file = Path(str(self.wiki.database.engine.url.database))
        self.kept = folder / "kept.db"
        self.secrets: dict[str, str] = {}

    def ask(self, who: str, method: str, address: str, fields: dict[str, str]) -> int:
        """The status that somebody is answered with. A form of theirs carries the fields, and is not forged."""
        self.there = ACTORS[who]
        client: FlaskClient = self.app.test_client()
        if method == "GET":
            return client.get(f"/wiki{address}").status_code
        token = URLSafeTimedSerializer("test", salt="kbwiki-csrf").dumps(["main", self.there.id])
        return client.post(f"/wiki{address}", data={"kb_csrf": token, **fields}).status_code

    def fill_in(self, who: str, form: str, address: str, **fields: str) -> str:
        """Send a form as it is shown; what is answered."""
        self.there = ACTORS[who]
        client = self.app.test_client()
        page = client.get(f"/wiki{form}").text
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
        told = {name: unescape(value) for name, value in hidden}
        answered = client.post(f"/wiki{address}", data={**told, **fields})
        assert answered.status_code in (200, 303), (address, answered.status, answered.text[-2000:])
        return answered.text

    def keep(self) -> None:
        """Remember how everything is now."""
        self.wiki.database.dispose()
        shutil.copyfile(self.file, self.kept)

    def as_kept(self) -> None:
        """Let everything be as it was kept."""
        self.wiki.database.dispose()
        for ending in ("-wal", "-shm"):
            self.file.with_name(self.file.name + ending).unlink(missing_ok=True)
        shutil.copyfile(self.kept, self.file)


def fill(world: World) -> World:
    """Put something at every address: pages in a space of A's and in one of B's, and all that happens around them."""
    wiki, writer, mod = world.wiki, ACTORS["writer"], ACTORS["mod-a"]
    make_space(wiki, "", readers=("people",), writers=("staff",))
    make_space(wiki, "a", title="A", readers=("people",), writers=("staff",), reviewers=("alpha",))
    make_space(wiki, "b", title="B", readers=("beta",), writers=("beta",), reviewers=("beta",))
    save(wiki, "home", "Welcome.\n", by=writer)
    save(wiki, "a/page", "One.\n", by=writer)
    save(wiki, "a/page", "Two.\n", by=writer, base=1)
    save(wiki, "b/secret", "Secret.\n", by=ACTORS["mod-b"])
    for path, verdict, reason in (("a/asked", "concern", "unclear"), ("a/out", "hide", "wrong")):
        save(wiki, path, "Not so.\n", by=writer)
        (review,) = [one for one in open_reviews(wiki, "alpha", by=mod) if one.path == path]
        answer(wiki, look(wiki, review.id, by=mod), verdict, by=mod, reason=reason, note="Why?")
    save(wiki, "a/gone", "Gone.\n", by=writer)
    with wiki.begin(mod) as tx:
        lock_pages(tx, "a/asked", until=tx.now + timedelta(days=1), group="alpha", reason="wrong")
        set_synonyms(tx, ("boots", "shoes"))
    wiki.search_log.record(Asked("nowhere", 0, Screen.PAGE))
    wiki.catch_up_links()
    wiki.search.catch_up()
    world.fill_in("writer", "/-/delete/a/gone", "/-/delete/a/gone")
    world.fill_in("mod-a", "/-/reviews", "/-/reviews/filters", name="All")
    world.secrets["feed"] = _feed(world, "mod-a", "/-/reviews/filters", "/-/reviews/feeds", group="alpha")
    world.fill_in("writer", "/-/new", "/-/kept-searches", query="boots")
    world.secrets["search"] = _feed(world, "writer", "/-/new", "/-/kept-searches/2", do="feed")
    _batch(world, mod)
    with wiki.begin(mod):
        pass
    with wiki.begin(Actor("mod-c", "Cleo", mod.groups)) as tx:
        ask_opinion(tx, 6, mod.id, "approve")
    for actor in ACTORS.values():
        with wiki.begin(actor):  # everybody is known, so that nobody's first act is another one's
            pass
    _files(wiki, writer)
    _several(wiki, writer)
    with wiki.begin(writer) as tx:
        keep_draft(tx, Written("Begun.\n", "a/page", "Page", tab="window"), max_bytes=1000)
    world.keep()
    return world


def _files(wiki: Wiki, writer: Actor) -> None:
    """A file with two versions, and one that is deleted."""
    for data in (b"One", b"Two"):
        content = wiki.files.keep(io.BytesIO(data))
        with wiki.begin(writer) as tx:
            upload_file(tx, NewFile("a/form.txt", content, if_there=IfThere.REPLACE))
    content = wiki.files.keep(io.BytesIO(b"Gone"))
    with wiki.begin(writer) as tx:
        upload_file(tx, NewFile("a/gone.txt", content))
    with wiki.begin(writer) as tx:
        delete_file(tx, "a/gone.txt")


def _several(wiki: Wiki, actor: Actor) -> None:
    """Something to be done with a page, at an address that can be written down."""
    with wiki.begin(actor) as tx:
        pages = [(one.id, one.path) for one in choosable(tx.connection, wiki.id, actor, paths=["a/page"])]
        begun = start(tx, Order(Act.TAG, "new"), pages)
    columns = "wiki_id, actor_id, act, value, comment, at"
    with wiki.database.write() as connection:
        copied = f"INSERT INTO kbwiki_page_batch (id, {columns}) SELECT 'example', {columns} FROM kbwiki_page_batch"
        connection.exec_driver_sql(copied)
        connection.execute(update(PageBatchItem).where(PageBatchItem.batch_id == begun).values(batch_id="example"))


def _batch(world: World, actor: Actor) -> None:
    """A batch whose address can be written down."""
    plan = plan_batch(world.wiki, actor, Selection(), "approve")
    columns = "wiki_id, actor_id, kind, verdict, reason, note, selection, details, at"
    with world.wiki.database.write() as connection:
        copied = f"INSERT INTO kbwiki_batch (id, {columns}) SELECT 'example', {columns} FROM kbwiki_batch"
        connection.exec_driver_sql(copied)
        connection.execute(update(BatchItem).where(BatchItem.batch_id == plan.batch_id).values(batch_id="example"))


def _feed(world: World, who: str, form: str, address: str, **fields: str) -> str:
    made = world.fill_in(who, form, address, **fields)
    found = re.search(r"/wiki(/-/feeds/\d+/[^\"&]+)", made)
    assert found
    return found[1]
