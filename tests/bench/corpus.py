"""The public wiki that measurements run on: found beside the project, imported once, copied for each run."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from kbwiki import SYSTEM, Settings, SpaceSettings, Wiki
from kbwiki.markup import RENDERER_VERSION
from kbwiki.transfer.git import open_history
from kbwiki.transfer.load import Loader
from kbwiki.upgrade import newest_revision

REPOSITORY = Path(__file__).parents[2]
BUNDLE = REPOSITORY.parent / "shared" / "corpus" / "sdlwiki.bundle"
SPACE = "sdl"
_CACHE = REPOSITORY / ".bench"
_MADE_BY = "made-by"


class CorpusMissing(Exception):
    """The bundle is not there; the message says where it was looked for."""


def require_bundle() -> Path:
    """Where the bundle is. Errors: CorpusMissing."""
    if not BUNDLE.exists():
        raise CorpusMissing(f"The public wiki is not at {BUNDLE}; measurements on real content need it there.")
    return BUNDLE


def load_into(wiki: Wiki) -> object:
    """Import the whole bundle into a space of the wiki; gives back the import's summary."""
    with wiki.begin(SYSTEM) as tx:
        wiki.set_space(tx, SPACE, SpaceSettings(title="SDL"))
    loader = Loader(lambda: wiki.begin(SYSTEM), wiki.name, SPACE, seal_now=wiki.database.has_single_writer)
    with open_history(require_bundle()) as history:
        return loader.load(history)


def _prepared() -> Path:
    """The folder with the imported and indexed wiki, made when missing or made by other code."""
    code = sha256(f"{newest_revision()}{RENDERER_VERSION}{require_bundle().stat().st_size}".encode())
    for source in sorted((REPOSITORY / "src" / "kbwiki" / "transfer").rglob("*.py")):
        code.update(source.read_bytes())
    folder = _CACHE / code.hexdigest()[:16]
    if (folder / "ready").exists():
        _index_anew_if_made_by_other_code(folder)
        return folder
    shutil.rmtree(_CACHE, ignore_errors=True)
    folder.mkdir(parents=True)
    print("Importing and indexing the public wiki once; this takes about two minutes …", file=sys.stderr)
    wiki = Wiki(f"sqlite:///{folder / 'wiki.db'}", index=folder / "index")
    wiki.upgrade()
    load_into(wiki)
    wiki.catch_up_links()
    _index(wiki, folder)
    with wiki.database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    wiki.close()
    (folder / "ready").touch()
    return folder


def _index_anew_if_made_by_other_code(folder: Path) -> None:
    """What an index has depends on all of search; the import, which takes longer, does not."""
    if (folder / "index" / _MADE_BY).read_text() != _search_code():
        wiki = Wiki(f"sqlite:///{folder / 'wiki.db'}", index=folder / "index")
        _index(wiki, folder)
        wiki.close()


def _index(wiki: Wiki, folder: Path) -> None:
    wiki.search.rebuild()
    (folder / "index" / _MADE_BY).write_text(_search_code())


def _search_code() -> str:
    code = sha256()
    for source in sorted((REPOSITORY / "src" / "kbwiki" / "search").rglob("*.py")):
        code.update(source.read_bytes())
    return code.hexdigest()


@contextmanager
def corpus_folder() -> Iterator[Path]:
    """A private copy of the loaded wiki: `wiki.db` and `index`. Gone afterwards."""
    prepared = _prepared()
    with TemporaryDirectory(prefix="kbwiki-bench-") as name:
        folder = Path(name)
        shutil.copy(prepared / "wiki.db", folder / "wiki.db")
        shutil.copytree(prepared / "index", folder / "index")
        yield folder


@contextmanager
def corpus_wiki() -> Iterator[Wiki]:
    """The loaded wiki, to be changed freely."""
    with corpus_folder() as folder:
        wiki = Wiki(f"sqlite:///{folder / 'wiki.db'}", index=folder / "index", settings=Settings())
        yield wiki
        wiki.close()
