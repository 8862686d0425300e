"""However many tenants there are, few of their wikis stay open, and nobody's is closed under them."""

from __future__ import annotations

import gc
import os
import sys
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from kbwiki import Actor, KBWiki
from kbwiki.errors import Invalid
from kbwiki.testing import save

WRITER = Actor("ann", "Ann", frozenset({"staff"}))
KEPT = 3


class Many:
    """An app whose tenants are all numbers."""

    def __init__(self, folder: Path, engine: str) -> None:
        self.app = Flask("host", instance_path=str(folder))
        self.app.config.update(SECRET_KEY="test", KBWIKI_TENANTS_KEPT=KEPT, KBWIKI_SEARCH_ENGINE=engine)
        self.kbwiki = KBWiki(self.app, url_prefix="/<int:org>/kb", tenant=lambda org: str(org), actor=lambda: WRITER)
        self.mount = self.app.extensions["kbwiki"]["main"]
        self.mount.make_ready()

    def visit(self, tenant: int, address: str = "/-/tree") -> int:
        return self.app.test_client().get(f"/{tenant}/kb{address}").status_code

    def open_files(self) -> list[str]:
        gc.collect()
        said = [f"/proc/self/fd/{one}" for one in os.listdir("/proc/self/fd")]
        found = [os.readlink(one) for one in said if os.path.islink(one)]
        return [one for one in found if self.app.instance_path in one and "-index" in one]


@pytest.fixture(params=["whoosh", "fts5"])
def many(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Many]:
    many = Many(tmp_path, request.param)
    yield many
    many.mount.tenants.close()
    many.mount.wiki.close()


def test_those_asked_for_last_stay_and_the_others_go_with_their_files(many: Many) -> None:
    seen: dict[int, weakref.ref[object]] = {}
    with many.app.app_context():
        for number in range(8):
            wiki = many.kbwiki.wiki_of(str(number))
            save(wiki, "words", f"Ladder {number}.\n", by=WRITER)
            wiki.search.catch_up()
            assert wiki.search(WRITER, "ladder").total == 1
            seen[number] = weakref.ref(wiki)
            many.kbwiki.wiki_of("0")  # who is asked for again and again stays
            del wiki
    gc.collect()

    assert [number for number, wiki in seen.items() if wiki() is not None] == [0, 6, 7]
    if sys.platform == "linux":
        before = len({os.path.dirname(one) for one in many.open_files()})
        assert before <= KEPT
    assert many.visit(3, "/words") == 200
    assert many.visit(3, "/-/search?q=ladder") == 200


def test_who_uses_a_wiki_that_is_let_go_of_goes_on_and_gets_the_same_one_again(many: Many) -> None:
    with many.app.app_context():
        mine = many.kbwiki.wiki_of("1")
        save(mine, "words", "Ladder.\n", by=WRITER)
        mine.search.catch_up()
        for other in range(10, 10 + 2 * KEPT):
            assert many.visit(other) == 200

        assert mine.search(WRITER, "ladder").total == 1
        save(mine, "words", "Ladders and rungs.\n", by=WRITER, base=1)
        assert many.kbwiki.wiki_of("1") is mine
        assert mine.database is many.mount.wiki.database
        assert mine.render_cache is many.mount.wiki.render_cache
        assert mine.verify().intact


def test_many_visitors_of_many_tenants_at_once_are_all_answered(many: Many) -> None:
    for tenant in range(KEPT * 2):
        many.visit(tenant)
    answers: list[int] = []

    def come(first: int) -> None:
        answers.extend(many.visit((first + step) % (KEPT * 2), "/-/search?q=ladder") for step in range(12))

    threads = [threading.Thread(target=come, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [200] * 48


@pytest.mark.parametrize("said", [0, -1, "100", True, 2.5])
def test_what_is_no_number_is_refused_at_the_start(said: object, tmp_path: Path) -> None:
    app = Flask("host", instance_path=str(tmp_path))
    app.config["KBWIKI_TENANTS_KEPT"] = said

    with pytest.raises(Invalid, match="KBWIKI_TENANTS_KEPT"):
        KBWiki(app, url_prefix="/<org>", tenant=lambda org: str(org))
