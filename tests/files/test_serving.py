"""Fifty hostile uploads and names through the web: nothing runs, overwrites or leaks; all come back byte for byte."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kbwiki import ANONYMOUS, Actor, KBWiki, Wiki
from kbwiki.files import replace_file
from kbwiki.files.policy import clean_name
from kbwiki.files.queries import list_files
from kbwiki.testing import MODERATOR, READER, WRITER, answer, look, make_space, open_reviews, save

from .conftest import add, kept, picture
from .hostile import UPLOADS

SAFE = {
    "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp", "video/mp4", "video/webm",
    "audio/mpeg", "audio/ogg", "audio/wav", "audio/flac", "audio/mp4", "application/pdf", "text/plain",
}  # fmt: skip


class Host:
    """A host with a wiki and somebody there."""

    def __init__(self, url: str, folder: Path) -> None:
        self.app = Flask("host", instance_path=str(folder))
        self.app.config.update(
            SECRET_KEY="test", KBWIKI_DATABASE_URI=url, KBWIKI_MAX_FILE_BYTES=3_000_000, MAX_CONTENT_LENGTH=100_000
        )
        self.there: Actor = WRITER
        KBWiki(self.app, actor=lambda: self.there)
        self.wiki: Wiki = self.app.extensions["kbwiki"]["main"].wiki
        self.client: FlaskClient = self.app.test_client()

    def get(self, address: str, **more: Any) -> TestResponse:
        return self.client.get(f"/wiki/-/files/{address}", **more)

    def post(
        self, address: str, *, form: str = "/-/files/new", file: tuple[bytes, str] | None = None, **fields: str
    ) -> TestResponse:
        page = self.client.get(f"/wiki{form}").text
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
        data: dict[str, Any] = {name: unescape(value) for name, value in hidden.items()} | fields
        if file is not None:
            data["file"] = (io.BytesIO(file[0]), file[1])
        return self.client.post(f"/wiki/-/files/{address}", data=data, content_type="multipart/form-data")


@pytest.fixture(scope="module")
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A host with all hostile files in it."""
    template = request.getfixturevalue("_sqlite_template")
    folder = tmp_path_factory.mktemp("hostile")
    host = Host(template.copy_to(folder / "wiki.db"), folder / "instance")
    for name, data in UPLOADS:
        # No browser sends a line end within a name; the field for the name takes what people type.
        sent_as = {"file": (data, "upload"), "name": name} if "\n" in name else {"file": (data, name)}
        sent = host.post("new", folder="h", again="1", if_there="keep-both", **sent_as)
        assert sent.status_code == 303, (name, sent.status, sent.text[-800:])
    yield host
    host.wiki.close()


@pytest.fixture
def host(sqlite_url: str, tmp_path: Path) -> Iterator[Host]:
    """A host of the test's own."""
    host = Host(sqlite_url, tmp_path / "instance")
    host.wiki.upgrade()
    yield host
    host.wiki.close()


def stored(host: Host) -> list[Any]:
    with host.wiki.read() as connection:
        return list_files(connection, host.wiki.id, WRITER, "h", count=500)


def test_fifty_and_none_overwrote_another(shared: Host) -> None:
    files = stored(shared)

    assert len(files) == len(UPLOADS) > 50
    assert len({one.path.casefold() for one in files}) == len(files)
    assert all(one.path == f"h/{clean_name(one.name)}" for one in files)


def test_all_come_back_byte_for_byte_and_as_nothing_that_runs(shared: Host) -> None:
    left = sorted(data for _, data in UPLOADS)
    for file in stored(shared):
        served = shared.get(f"raw/{file.path}")
        kept = shared.get(f"raw/{file.path}?v=1&download")
        media_type = served.content_type.partition(";")[0]
        in_place = not served.headers["Content-Disposition"].startswith("attachment")
        assert served.data == kept.data
        left.remove(served.data)
        assert media_type in SAFE if in_place else media_type in ("application/octet-stream", "image/svg+xml")
        assert kept.headers["Content-Disposition"].startswith("attachment")
        assert served.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in served.headers["Content-Security-Policy"]
        assert "sandbox" in served.headers["Content-Security-Policy"] or media_type == "application/pdf"
        assert served.headers["Cache-Control"] == "private, no-cache"
        assert "Set-Cookie" not in served.headers
        assert "Last-Modified" not in served.headers
    assert left == []


def test_nothing_was_written_outside_of_the_folder_or_under_a_name_of_theirs(shared: Host) -> None:
    folder = shared.wiki.files.store.folder
    names = [one.name for one in folder.rglob("*") if one.is_file()]

    assert names
    assert all(re.fullmatch(r"[0-9a-f]{64}(-320\.webp)?", one) for one in names)
    assert not Path("/tmp/ran").exists()


def test_no_name_becomes_markup_on_any_screen(shared: Host) -> None:
    save(shared.wiki, "h", "".join(f"![](<h/{one.path[2:]}>)\n\n" for one in stored(shared)))
    texts = [
        shared.get("").text if False else shared.client.get("/wiki/-/files").text,
        shared.client.get("/wiki/h").text,
    ]
    texts += [shared.get(f"about/{one.path}").text for one in stored(shared)]

    for text in texts:
        tags = re.findall(r"<(script|img|iframe|svg|video|audio)\b([^>]*)>", text)
        assert not [tag for tag, rest in tags if "onerror" in rest or "onload" in rest]
        assert not [tag for tag, rest in tags if tag == "script" and "/-/static/" not in rest]
        assert "{{ config" not in re.sub(r"<pre.*?</pre>", "", text, flags=re.DOTALL)


def test_a_bomb_is_neither_shown_nor_made_small(shared: Host) -> None:
    assert "<img" not in shared.get("about/h/bomb.png").text.partition("kb-main")[2]
    small = shared.get("raw/h/bomb.png?width=320")
    assert small.data == dict(UPLOADS)["bomb.png"]
    assert not list((shared.wiki.files.store.folder / "smaller").glob("*bomb*"))


def test_ranges_and_unchanged_answers(shared: Host) -> None:
    whole = shared.get("raw/h/script.js")
    part = shared.get("raw/h/script.js", headers={"Range": "bytes=2-5"})
    tail = shared.get("raw/h/script.js", headers={"Range": "bytes=-4"})
    beyond = shared.get("raw/h/script.js", headers={"Range": "bytes=9999-"})
    same = shared.get("raw/h/script.js", headers={"If-None-Match": whole.headers["ETag"]})

    assert (part.status_code, part.data) == (206, whole.data[2:6])
    assert (tail.status_code, tail.data) == (206, whole.data[-4:])
    assert (beyond.status_code, same.status_code) == (416, 304)
    assert whole.headers["Accept-Ranges"] == "bytes"


def test_what_does_not_fit_is_said_kindly_and_the_hosts_limit_does_not_stand_in_the_way(host: Host) -> None:
    assert host.post("new", file=(b"x" * 2_000_000, "large.bin")).status_code == 303
    for size in (3_000_001, 4_500_000):
        refused = host.post("new", file=(b"x" * size, "larger.bin"))
        assert refused.status_code == 422
        assert "at most 3 MB" in refused.text
    assert host.post("new", file=None).status_code == 422


def test_without_script_every_question_can_be_answered(host: Host) -> None:
    host.post("new", file=(b"one", "a.txt"), folder="f")

    taken = host.post("new", file=(b"two", "A.TXT"), folder="f")
    same = host.post("new", file=(b"one", "b.txt"), folder="f")

    assert taken.status_code == same.status_code == 409
    assert "a-2.txt" in taken.text.casefold()
    assert "f/a.txt" in same.text
    replaced = host.post("new", file=(b"two", "A.TXT"), folder="f", if_there="replace", again="1")
    assert replaced.headers["Location"] == "/wiki/-/files/about/f/a.txt?done=replaced"
    assert host.get("raw/f/a.txt").data == b"two"
    assert host.get("raw/f/a.txt?v=1").data == b"one"


def test_a_life_on_the_screen_of_a_file(host: Host) -> None:
    host.post("new", file=(picture(), "plan.png"), folder="f")
    about = "/-/files/about/f/plan.png"

    described = host.post("describe/f/plan.png", form=about, alt="A plan")
    stale = host.post("describe/f/plan.png", form=about, alt="Other", number="1")
    replaced = host.post("replace/f/plan.png", form=about, file=(picture(shade=9), "whatever.png"), comment="Newer")
    other = host.post("replace/f/plan.png", form=about, file=(b"text", "plan.txt"))
    moved = host.post("move/f/plan.png", form=about, path="g/new plan.png")

    assert [one.status_code for one in (described, stale, replaced, other, moved)] == [303, 409, 303, 422, 303]
    assert "Other" in stale.text
    assert "another kind of file" in other.text
    assert moved.headers["Location"] == "/wiki/-/files/about/g/new%20plan.png?done=moved"
    old = host.get("raw/f/plan.png")
    assert (old.status_code, old.headers["Location"]) == (303, "/wiki/-/files/raw/g/new%20plan.png")
    assert host.get("about/f/plan.png").headers["Location"] == "/wiki/-/files/about/g/new%20plan.png"
    deleted = host.post("delete/g/new plan.png", form="/-/files/about/g/new%20plan.png", comment="Old")
    assert host.get("about/g/new%20plan.png").status_code == 404
    assert host.get("raw/g/new%20plan.png").status_code == 404
    back = host.post("bring-back/g/new plan.png", form="/-/files/about/g/new%20plan.png")
    restored = host.post("restore/1/g/new plan.png", form="/-/files/about/g/new%20plan.png")
    reported = host.post("report/g/new plan.png", form="/-/files/report/g/new%20plan.png", text="It is upside down.")
    assert [one.status_code for one in (deleted, back, restored, reported)] == [303] * 4
    assert host.get("raw/g/new%20plan.png").data == picture()
    assert len(open_reviews(host.wiki)) == 1


def test_the_editor_is_answered_with_what_to_write(host: Host) -> None:
    added = host.post(
        "new", file=(picture(), "my plan.png"), quiet="1", page="hr/leave", folder="hr/leave", alt="A [plan]"
    )
    again = host.post("new", file=(picture(shade=3), "my plan.png"), quiet="1", page="hr/leave", folder="hr/leave")
    empty = host.post("new", file=(b"", "x.png"), quiet="1")

    assert added.json == {
        "name": "my plan.png",
        "path": "hr/leave/my plan.png",
        "text": "![A \\[plan\\]](leave/my%20plan.png)",
        "url": "/wiki/-/files/about/hr/leave/my%20plan.png",
    }
    assert again.json is not None
    assert (again.status_code, again.json["kind"], again.json["free"]) == (409, "exists", "my plan-2.png")
    assert empty.json is not None
    assert (empty.status_code, "empty" in empty.json["error"]) == (422, True)
    save(host.wiki, "hr/leave", added.json["text"])
    shown = host.client.get("/wiki/hr/leave").text
    assert re.search(
        r'<img src="/wiki/-/files/raw/hr/leave/my%20plan.png\?d=[0-9a-f]{12}" alt="A \[plan\]" width="3" height="2"',
        shown,
    )


def test_texts_show_files_as_what_they_are(host: Host) -> None:
    kinds = {
        "a.pdf": b"%PDF-1.4",
        "a.mp4": b"\0\0\0\x18ftypisom",
        "a.mp3": b"ID3",
        "a.zip": b"PK\x03\x04",
        "a.txt": b"w",
    }
    for name, data in kinds.items():
        add(host.wiki, f"p/{name}", data, alt=f"About {name}")
    names = ("pdf", "mp4", "mp3", "zip", "txt")
    save(host.wiki, "p", "\n\n".join(f"![](p/a.{one})" for one in names) + "\n\n[words](p/a.txt) ![](p/none.png)\n")

    text = host.client.get("/wiki/p").text

    raw = "/wiki/-/files/raw/p/a"
    assert re.search(rf'<iframe src="{raw}.pdf\?d=\w+" title="About a.pdf"', text)
    assert re.search(rf'<video src="{raw}.mp4\?d=\w+" controls="" preload="metadata" aria-label="About a.mp4"', text)
    assert re.search(rf'<audio src="{raw}.mp3\?d=\w+" controls=""', text)
    assert re.search(rf'<a href="{raw}.zip\?d=\w+" class="kb-link">About a.zip</a>', text)
    assert re.search(rf'<a href="{raw}.txt\?d=\w+" class="kb-link">words</a>', text)
    assert '<a href="/wiki/-/files/new?folder=p&amp;called=none.png" class="kb-missing"' in text


def test_replacing_shows_at_once_wherever_it_is_used(host: Host) -> None:
    add(host.wiki, "p/a.png", picture(3, 2))
    save(host.wiki, "p", "![x](p/a.png)")
    before = host.client.get("/wiki/p").text
    host.post("replace/p/a.png", form="/-/files/about/p/a.png", file=(picture(5, 4), "b.png"))
    after = host.client.get("/wiki/p").text

    address = r"/wiki/-/files/raw/p/a.png\?d=(\w+)"
    assert re.findall(address, before) != re.findall(address, after)
    assert 'width="5" height="4"' in after


def test_the_canary_in_a_closed_space_or_a_hidden_version_is_nowhere(host: Host) -> None:
    board = Actor("b", "B", frozenset({"board"}))
    make_space(host.wiki, "board", readers=("board",), writers=("board",), reviewers=("board",))
    add(host.wiki, "board/canaryname.txt", b"canaryclosed", alt="canaryalt", by=board)
    add(host.wiki, "open/a.txt", b"harmless")
    answer(host.wiki, look(host.wiki, open_reviews(host.wiki)[-1].id), "approve")
    host.post(
        "replace/open/a.txt",
        form="/-/files/about/open/a.txt",
        file=(b"canaryhidden", "a.txt"),
        comment="canarycomment",
    )
    (review,) = [one for one in open_reviews(host.wiki) if one.path == "open/a.txt"]
    answer(host.wiki, look(host.wiki, review.id), "hide", reason="private")
    save(host.wiki, "links", "![](board/canaryname.txt) [x](/board/canaryname.txt)")
    host.wiki.catch_up_links()
    secrets = ("canaryname", "canaryclosed", "canaryalt", "canaryhidden", "canarycomment")
    addresses = [
        "/-/files", "/-/files?q=canary", "/-/files?path=board", "/-/files/about/open/a.txt", "/-/files/raw/open/a.txt",
        "/-/files/raw/open/a.txt?v=2", "/-/files/raw/open/a.txt?v=2&download", "/-/files/raw/board/canaryname.txt",
        "/-/files/about/board/canaryname.txt", "/-/files/report/board/canaryname.txt", "/-/search?q=canary*",
        "/-/search?q=has:file", "/board/canaryname.txt", "/-/recent", "/-/tree?path=board",
    ]  # fmt: skip
    for there in (ANONYMOUS, READER, WRITER, MODERATOR):
        host.there = there
        for address in addresses:
            text = host.client.get(f"/wiki{address}").text
            shown = [one for one in secrets if one in text and one not in address]
            assert shown == [], (there.id, address)
    with host.wiki.read() as connection:
        assert [one.path for one in list_files(connection, host.wiki.id, READER)] == ["open/a.txt"]
    host.there = READER
    assert [one.path for one in host.wiki.search(READER, "has:file").results] == []
    assert host.get("raw/board/canaryname.txt").status_code == host.get("raw/board/nothing.txt").status_code == 404


def test_a_moderator_sees_the_picture_before_and_after_and_what_is_hidden_is_not_shown(
    sqlite_url: str, tmp_path: Path
) -> None:
    host = Host(sqlite_url, tmp_path)
    add(host.wiki, "plan.png", picture(3, 2), alt="The plan")
    host.there = MODERATOR
    address = f"/wiki/-/reviews/{open_reviews(host.wiki)[0].id}"
    pictures = re.compile(r'<figcaption>([^<]+)</figcaption>\s*<a href="([^"]+)"><img src="\2" alt="The plan"')

    assert pictures.findall(host.client.get(address).text) == [("The file", "/wiki/-/files/raw/plan.png?v=1")]
    answer(host.wiki, look(host.wiki, open_reviews(host.wiki)[0].id), "approve")
    with host.wiki.begin(WRITER) as tx:
        replace_file(tx, "plan.png", kept(host.wiki, picture(3, 2, shade=9)), number=1)
    review = open_reviews(host.wiki)[0].id
    assert [label for label, _ in pictures.findall(host.client.get(f"/wiki/-/reviews/{review}").text)] == [
        "Before",
        "After",
    ]
    answer(host.wiki, look(host.wiki, review), "hide", reason="private")
    shown = pictures.findall(host.client.get(f"/wiki/-/reviews/{review}").text)
    assert shown == [("Before", "/wiki/-/files/raw/plan.png?v=1")]
    host.wiki.close()
