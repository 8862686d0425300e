"""Bytes on the disk: each once, whole or not at all, checked, and pruned when nothing speaks of them."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest

from kbwiki import Wiki
from kbwiki.errors import Invalid
from kbwiki.files import Store
from kbwiki.files.keeping import look_at_bytes, prune, remove_bytes
from kbwiki.files.smaller import smaller

from .conftest import add, picture


class Broken(io.RawIOBase):
    """An upload whose line is cut."""

    def __init__(self) -> None:
        self.told = 0

    def read(self, size: int = -1) -> bytes:
        self.told += 1
        if self.told > 2:
            raise ConnectionResetError
        return b"x" * 1000


def files_in(folder: Path) -> list[str]:
    return sorted(str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file())


def test_bytes_are_kept_once_under_their_digest(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")

    first = store.keep(io.BytesIO(b"hello"), 100)
    again = store.keep(io.BytesIO(b"hello"), 100)

    name = sha256(b"hello").hexdigest()
    assert first == again
    assert files_in(tmp_path / "store") == [f"{name[:2]}/{name}"]
    assert list(store.digests()) == [first.digest]
    assert store.is_whole(first.digest)
    assert (tmp_path / "store").stat().st_mode & 0o077 == 0


def test_what_is_broken_off_or_refused_leaves_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)

    with pytest.raises(ConnectionResetError):
        store.keep(Broken(), 10_000)  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        store.keep(io.BytesIO(b"x" * 101), 100)
    with pytest.raises(Invalid):
        store.keep(io.BytesIO(b""), 100)

    assert files_in(tmp_path) == []


def test_a_process_killed_in_the_middle_leaves_at_most_an_orphan(tmp_path: Path) -> None:
    script = (
        "import os, sys, io; from pathlib import Path; from kbwiki.files import Store\n"
        "class S(io.RawIOBase):\n"
        "    n = 0\n"
        "    def read(self, size=-1):\n"
        "        self.n += 1\n"
        "        if self.n > 3: os.kill(os.getpid(), 9)\n"
        "        return b'x' * 1000\n"
        "Store(Path(sys.argv[1])).keep(S(), 10**9)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False)
    store = Store(tmp_path)

    assert list(store.digests()) == []
    assert len(files_in(tmp_path)) == 1
    assert store.remove_unfinished(3600) == 0
    assert store.remove_unfinished(-1) == 1
    assert files_in(tmp_path) == []


def test_many_keep_the_same_at_once(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(lambda n: store.keep(io.BytesIO(b"same" if n % 2 else b"other"), 100), range(40)))

    assert len({one.digest for one in kept}) == 2
    assert all(store.is_whole(one.digest) for one in kept)
    assert len(files_in(tmp_path)) == 2


def test_a_damaged_one_is_mended_by_the_next_who_brings_it(tmp_path: Path) -> None:
    store = Store(tmp_path)
    kept = store.keep(io.BytesIO(b"hello"), 100)
    store.place(kept.digest).write_bytes(b"hel")

    store.keep(io.BytesIO(b"hello"), 100)

    assert store.is_whole(kept.digest)


def test_check_and_prune(sqlite_wiki: Wiki) -> None:
    wiki = sqlite_wiki
    store = wiki.files.store
    for name in ("whole", "gone", "damaged"):
        add(wiki, f"{name}.txt", name.encode())
    store.place(sha256(b"gone").digest()).unlink()
    store.place(sha256(b"damaged").digest()).write_bytes(b"Damaged")
    orphan = store.keep(io.BytesIO(b"orphan"), 100)
    old = store.place(orphan.digest).stat().st_mtime - 2 * 24 * 3600

    with wiki.read() as connection:
        looked = look_at_bytes(connection, wiki.id, store)
        assert prune(connection, wiki.id, store) == 0  # young: it may be about to become a file
        os.utime(store.place(orphan.digest), (old, old))
        store.keep(io.BytesIO(b"orphan"), 100)  # asked for again: young again
        assert prune(connection, wiki.id, store) == 0
        os.utime(store.place(orphan.digest), (old, old))
        assert prune(connection, wiki.id, store) == 1
    assert looked.whole == 1
    assert looked.missing == [sha256(b"gone").hexdigest()]
    assert looked.damaged == [sha256(b"damaged").hexdigest()]
    assert looked.orphans == [orphan.digest.hex()]
    assert store.is_whole(sha256(b"whole").digest())


def test_removing_takes_what_is_ours_and_nothing_else(tmp_path: Path) -> None:
    store = Store(tmp_path / "base" / "main")
    store.keep(io.BytesIO(b"hello"), 100)
    (tmp_path / "base" / "main" / "of-the-host.txt").write_text("keep")

    remove_bytes(store)

    assert files_in(tmp_path) == ["base/main/of-the-host.txt"]


PICTURES = {
    "small": (picture(30, 20), 600, True),
    "wide": (picture(1000, 500), 500_000, True),
    "bomb": (picture(60_000, 60_000), 60_000 * 60_000, False),
    "bomb whose header was believed": (picture(60_000, 60_000), 100, False),
    "cut": (picture(30, 20)[:40], 600, False),
    "no picture": (b"<svg onload=alert(1)>", 600, False),
}


@pytest.mark.parametrize("name", PICTURES)
def test_smaller_pictures_are_made_where_that_does_no_harm(tmp_path: Path, name: str) -> None:
    data, dots, works = PICTURES[name]
    store = Store(tmp_path)
    kept = store.keep(io.BytesIO(data), 10**8)

    made = smaller(store, kept.digest, "image/png", dots, 320)

    assert (made is not None) == works
    if made is not None:
        assert made.read_bytes()[:4] == b"RIFF"
        assert smaller(store, kept.digest, "image/png", dots, 320) == made
    assert smaller(store, kept.digest, "image/png", dots, 321) is None
