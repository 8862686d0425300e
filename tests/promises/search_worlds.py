"""Two wikis with the same open pages, of which one has more that is not for everybody: what differs betrays it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from flask import Flask

from kbwiki import ANONYMOUS, Actor, KBWiki, Wiki
from kbwiki.actors import SYSTEM
from kbwiki.clock import utc_now
from kbwiki.moderation.policy import Verdict
from kbwiki.pages.actions import Edit, delete_page, move_page, save_page
from kbwiki.search.engines import open_engine
from kbwiki.search.results import Found
from kbwiki.search.synonyms.actions import set_synonyms
from kbwiki.testing import WRITER, answer, look, make_space, open_reviews

CANARY = "kanarienvogel"
OTHER = "zebrafink"
"""A word of the closed space that stands in a set of synonyms."""

NOW = utc_now()
INSIDER = Actor("insider", "Ingo Insider", frozenset({"people", "staff"}))
WARDEN = Actor("wanda", "Wanda Warden", frozenset({"wardens", "staff"}))
ROOT_MODERATOR = Actor("mona", "Mona Moderator", frozenset({"moderators", "staff"}))
OUTSIDERS = {"somebody": WRITER, "not signed in": ANONYMOUS, "moderator elsewhere": WARDEN}
ALONE = (NOW - timedelta(days=200)).strftime("%Y-%m-%d")
"""A day on which only pages were changed that are not for everybody."""

_TOKENS = re.compile(r'(name="(?:kb_csrf|view)" value="|[?&](?:amp;)?view=)[^"&]*')
_RANKS = re.compile(r' data-kb-rank="\d+"')
_RESULT = re.compile(r'<li class="kb-entry kb-pressable">.*?</li>', re.DOTALL)
_TIME = re.compile(r"<time.*?</time>", re.DOTALL)


@dataclass
class World:
    """A host with a wiki, and what somebody gets from it, without what is random."""

    app: Flask
    wiki: Wiki

    @classmethod
    def opened(cls, url: str, folder: Path, engine: str) -> World:
        """A wiki with its spaces, and no page in it."""
        app = Flask("host", instance_path=str(folder))
        app.config.update(SECRET_KEY="test", KBWIKI_DATABASE_URI=url, KBWIKI_SEARCH_ENGINE=engine, TESTING=True)
        app.config.update(KBWIKI_SEARCH_CATCH_UP_SECONDS=60.0, who=ANONYMOUS)
        KBWiki(app, actor=lambda: app.config["who"])
        world = cls(app, app.extensions["kbwiki"]["main"].wiki)
        world.wiki.clock = lambda: NOW
        make_space(world.wiki, "safety", title="Safety", reviewers=("wardens",))
        closed = ("people",)
        make_space(world.wiki, "hr", title=CANARY, readers=closed, writers=closed, reviewers=closed)
        return world

    def save(
        self,
        path: str,
        text: str,
        *,
        by: Actor = WRITER,
        days: float = 1,
        title: str = "",
        tags: Iterable[str] = (),
        base: int | None = None,
    ) -> None:
        """Save a page so many days ago."""
        with self.wiki.begin(by, at=NOW - timedelta(days=days)) as tx:
            save_page(tx, Edit(path, text, title=title or None, tags=tags, comment="", base=base))

    def raw(self, actor: Actor, address: str) -> str:
        """What the address answers."""
        self.app.config["who"] = actor
        response = self.app.test_client().get(address, follow_redirects=True)
        return f"{response.status_code} {response.get_data(as_text=True)}"

    def gets(self, actor: Actor, address: str) -> str:
        """The same without tokens."""
        return _TOKENS.sub(r"\1", self.raw(actor, address))

    def hide(self, path: str, by: Actor = ROOT_MODERATOR, group: str = "moderators") -> None:
        """Hide the last change of a page."""
        (review,) = [one for one in open_reviews(self.wiki, group, by=by) if one.path == path]
        answer(self.wiki, look(self.wiki, review.id, by=by), Verdict.HIDE, by=by, reason="private", note="Private.")

    def approve(self, path: str, by: Actor = ROOT_MODERATOR, group: str = "moderators") -> None:
        """Look at a page, and find nothing wrong with it."""
        (review,) = [one for one in open_reviews(self.wiki, group, by=by) if one.path == path]
        answer(self.wiki, look(self.wiki, review.id, by=by), Verdict.APPROVE, by=by)

    def delete(self, path: str, by: Actor = INSIDER) -> None:
        """Delete a page, long ago."""
        with self.wiki.begin(by, at=NOW - timedelta(days=200)) as tx:
            delete_page(tx, path)

    def move(self, path: str, to: str, by: Actor = INSIDER) -> None:
        """Move a page, long ago."""
        with self.wiki.begin(by, at=NOW - timedelta(days=200)) as tx:
            move_page(tx, path, to)

    @contextmanager
    def index_held(self, *, removed: bool = False) -> Iterator[None]:
        """Somebody else writes the index meanwhile, so that it stays behind; `removed`: and there is none."""
        sync = self.wiki.search.sync
        holder = open_engine(self.app.config["KBWIKI_SEARCH_ENGINE"], self.wiki.search_place)
        assert sync is not None
        assert holder is not None
        with holder.writer_lock():
            if removed:
                holder.remove()
            sync.patience = 0.0
            yield
        sync.patience = 60.0
        holder.close()


GOING = {
    "hiding": ("kolibri", "marabus"),
    "hiding a change": ("pelikan", "emulaut"),
    "deleting": ("sperling", "tukanoo"),
    "moving": ("fasanen", "reiherx"),
    "closing a space": ("wachtel", "storchy"),
    "a new space": ("drossel", "albatrx"),
}
"""For each way in which a page is withdrawn, the word it has in either world. There is an open page with words that are
next to those of the first, and none with words next to those of the second.
"""


def fill_openly(world: World) -> None:
    """What everybody may read: the same in all worlds."""
    for number, letter in enumerate("abcdefghij"):
        texts = ["amber stands here", "a lantern hangs here", "an anchor lies here", "get canary window"]
        world.save(
            f"quay-{letter}",
            f"{texts[number % 4]}, and the kanarienvogol sings.\n\n## Checks {letter}\n\nRungs.\n",
            title=f"Quay {letter}",
            tags=("shared", f"only-{letter}"),
            days=10 + number,
        )
    world.save("safety/ladders", "Climb the prowess of amber rungs, a buoy.\n", title="Ladders", days=3)
    world.save("safety/kanal", "The quarry by the canal.\n\n## Kanal\n\nx\n", title="Kanal", days=500, tags=("kanal",))
    near = " ".join(f"{words[0][:-1]}a" for words in GOING.values())
    world.save("quay-z", f"amber {near}", title="Quay z", days=3)
    with world.wiki.begin(SYSTEM) as tx:
        set_synonyms(tx, ["budgie", OTHER])
        set_synonyms(tx, ["finch", "buoy"])
        set_synonyms(tx, [OTHER, "lantern"], one_way=True)


def fill_secretly(world: World) -> None:
    """What nobody of the outsiders may read, in every way there is: it leads to, and away from, what they may read."""
    begun = [f"prow{one}{other}" for one in "abcdefghijkl" for other in "abcdefghijkl"]
    prow = " ".join(begun)
    heading = f"\n\n## {CANARY} heading\n\n## Checks a\n\n"
    for number in range(12):
        links = "[[/quay-i]] [[/quay-j]] [[/safety/kanal]]"
        text = f"amber lantern quarry anchor {CANARY} sings with the {OTHER}. {links} {prow}{heading}GetCanaryWindow\n"
        world.save(
            f"hr/{CANARY}/page{number}" if number else f"hr/{CANARY}",
            text,
            by=INSIDER,
            days=200,
            title=f"Quay {CANARY} {number}",
            tags=(CANARY, "shared", "kanalisation"),
        )
    text = f"amber lantern {CANARY} {OTHER} GetCanaryWindow {prow}\n\n## {CANARY} deleted\n\n[[/quay-h]]\n"
    world.save(f"{CANARY}-deleted", text, by=INSIDER, days=200, title=f"Kanal {CANARY}", tags=(CANARY,))
    world.delete(f"{CANARY}-deleted")
    world.save(f"{CANARY}-moved", text, by=INSIDER, days=200, title=f"Kanal {CANARY}", tags=(CANARY, "kanalboot"))
    world.move(f"{CANARY}-moved", "hr/moved")


def about_to_go(world: World, how: str, word: str) -> None:
    """A page that everybody may read, about to be withdrawn (`WITHDRAWN`), and in the index."""
    text = f"amber {word} sings of bronze. Get{word.title()}Window\n\n## {word.title()} heading\n"
    path = f"going/{how.replace(' ', '-')}/page"
    base = None
    if how == "hiding a change":
        world.save(path, "amber stays here\n", by=INSIDER, days=9, title="Part")
        world.approve(path)
        text, base = f"amber stays here\n\n{text}", 1
    world.save(path, text, by=INSIDER, days=2, title=f"Quay {word} x", tags=(word, "shared"), base=base)
    world.wiki.search.catch_up()


def _closed(world: World, path: str) -> None:
    make_space(world.wiki, path, readers=("people",), writers=("people",), reviewers=("people",))


WITHDRAWN: dict[str, Callable[[World], None]] = {
    "hiding": lambda world: world.hide("going/hiding/page"),
    "hiding a change": lambda world: world.hide("going/hiding-a-change/page"),
    "deleting": lambda world: world.delete("going/deleting/page"),
    "moving": lambda world: world.move("going/moving/page", "hr/moved-late"),
    "closing a space": lambda world: _closed(world, "going/closing-a-space"),
    "a new space": lambda world: _closed(world, "going/a-new-space"),
}
"""Ways in which a page that everybody could read is for some people only, or for nobody."""


def questions_about(word: str) -> list[str]:
    """The word as it was, and in every other way."""
    return [
        word, word[:-1], f"{word[:4]}*", f"{word} amber", f'"{word} sings"', f"-{word} amber", f"title:{word}",
        f"tag:{word}", "tag:shared", "in:going", "by:ingo", f"Get{word.title()}Window", f"get {word} window",
        "amber brunze", "amber bronze", "changed:<7d", f"{word} heading",
    ]  # fmt: skip


QUESTIONS = [
    "", CANARY, "kanarienvogl", "kanarienvoegl", "kanarienvogelx", "kanarienvigol", "kanarien*", "kanar*", "ka*",
    "kanarien vogel", "kanarienvogel amber", f'"{CANARY} sings"', f'"{CANARY}"', f"amber -{CANARY}", f"-{CANARY}",
    f"amber OR {CANARY}", f"title:{CANARY}", f"title:quay {CANARY}", f"tag:{CANARY}", "tag:shared", "tag:kanalboot",
    "in:hr", f"in:hr/{CANARY}", "in:hr amber", "in:safety", "by:ingo", 'by:"Ingo Insider"', "by:me", "-by:ingo amber",
    "by:wim", "is:unreviewed", "is:reviewed", "is:unreviewed amber", "is:stale", "changed:<400d", f"changed:{ALONE}",
    "GetCanaryWindow", "get_canary_window", "getcanarywindow", "canary window", "canary", "amber lantern",
    "ambre lantern", "amber lantrn", "amber lantern quarry", "quarry buoy nothing", "budgie", "finch", OTHER,
    f"{OTHER} amber", "zebrafnk", "prow*", "prowaa", "prowes", "anchor buoy", "anchor", "kanalboot", "heading",
    f"{CANARY} heading", "checks", "quay", "quay i", "deleted", "moved", "Kanal", "sings kanarienvogol",
]  # fmt: skip
"""The canary exactly, one letter wrong, its beginning, in parts, with other words, as a phrase, excluded, as the value
of every field, by what means the same; and words it stands beside."""

TYPED = [
    "k", "ka", "kan", "kana", "kanar", "kanari", CANARY, "kanraien", "kanarienvogel h", "vogel", "q", "qu", "quay",
    "quya", "quay i", "quay k", "shar", "sahred", "checks", "check a", "head", "heading", "h", "prow", "zebra", "only",
    "moved", "dele", "kanal", "",
]  # fmt: skip


def sorted_results(page: str) -> str:
    """A page of results whatever their order: it may depend on how rare a word is in the whole wiki."""
    found = sorted(_RANKS.sub("", one) for one in _RESULT.findall(page))
    return "\n".join([_RESULT.sub("", page), *found])


def sorted_json(answered: str) -> object:
    """The same for JSON."""
    said = json.loads(answered.partition(" ")[2])
    return {**said, "results": sorted(said["results"], key=lambda one: str(one["path"]))}


def sorted_found(found: Found) -> Found:
    """The same for what a search gives back; numbers of pages are nobody's business."""
    results = sorted((replace(one, id=0) for one in found.results), key=lambda one: one.path)
    return replace(found, results=tuple(results), exact=replace(found.exact, id=0) if found.exact else None)


def timeless(page: str) -> str:
    """Without moments."""
    return _TIME.sub("", page)


def address(kind: str, question: str, **more: str) -> str:
    """Where something is asked."""
    return f"/wiki/-/{kind}?q={quote(question)}" + "".join(f"&{name}={value}" for name, value in more.items())


Ask = Callable[[World], object]


def found(actor: Actor, text: str, order: str = "relevance") -> Ask:
    """The search of the wiki, with facets."""
    return lambda world: sorted_found(world.wiki.search(actor, text, order=order, facets=True))


def suggested(actor: Actor, text: str) -> Ask:
    """What may be meant."""
    return lambda world: world.wiki.search.suggest(actor, text)


def assert_alike(worlds: Sequence[World], asked: Iterable[tuple[str, Ask]]) -> None:
    """Nothing is answered differently; what is, is shown from where it begins to differ."""
    answers = {name: [repr(ask(world)) for world in worlds] for name, ask in asked}
    different = {name: _from_the_difference(each) for name, each in answers.items() if len(set(each)) > 1}
    assert not different, "\n".join(f"{name}:\n  " + "\n  ".join(each) for name, each in different.items())


def _from_the_difference(answers: Sequence[str]) -> tuple[str, ...]:
    at = next((at for at, letters in enumerate(zip(*answers, strict=False)) if len(set(letters)) > 1), 0)
    return tuple(answer[max(at - 80, 0) : at + 80] for answer in answers)


@contextmanager
def worlds_of(engine: str, urls: Sequence[str], folder: Path) -> Iterator[list[World]]:
    """As many worlds as addresses, alike and without pages."""
    with ExitStack() as stack:
        worlds = []
        for number, url in enumerate(urls):
            world = World.opened(url, folder / str(number), engine)
            stack.callback(world.wiki.close)
            worlds.append(world)
        yield worlds
