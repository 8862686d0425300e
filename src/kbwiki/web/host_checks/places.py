"""Where things are kept: the folder of the index, the file of the database, and who else is there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import TYPE_CHECKING

from ...autogenerate import include_object
from ...cli.finding import Finding
from ...wording import kb_t
from ...wording.amounts import listed

if TYPE_CHECKING:
    from ..mount import Mount

MOUNTS = Path("/proc/self/mounts")
_NETWORK = ("nfs", "cifs", "smb", "fuse.sshfs", "9p", "afs", "glusterfs", "ceph")


def index_folder(mount: Mount) -> Iterator[Finding]:
    """It must be there to be written into, and for nobody else: who writes into it can run code in the app."""
    folder = mount.wiki.search_place.folder
    if folder is None or mount.wiki.search.sync is None:
        return
    nearest = next(one for one in (folder, *folder.parents) if one.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        yield Finding(
            "index",
            kb_t("{folder} cannot be made or written into", folder=folder),
            kb_t(
                "Let the app's user write there, or set {prefix}INDEX_FOLDER to a folder of its own.",
                prefix=mount.prefix,
            ),
            code="index-unwritable",
        )
    elif nearest == folder and folder.stat().st_mode & 0o077:
        yield Finding(
            "index",
            kb_t(
                "{folder} is open to others than the app's user (mode {what:04o})",
                folder=folder,
                what=folder.stat().st_mode & 511,
            ),
            kb_t("Run: chmod 700 {folder}", folder=folder),
            code="index-open",
        )


def index_shared(mount: Mount) -> Iterator[Finding]:
    """Two wikis in one folder would each take the other's index for damaged, and build it anew for ever."""
    own = mount.wiki.search_place.folder
    for other in mount.app.extensions["kbwiki"].values():
        if other is not mount and own is not None and other.wiki.search_place.folder == own:
            yield Finding(
                "index",
                kb_t("the [wiki] {name!r} keeps its index in the same folder, {own}", name=other.name, own=own),
                kb_t("Give each a folder of its own, or leave {prefix}INDEX_FOLDER out.", prefix=mount.prefix),
                code="index-shared",
            )


def database_file(mount: Mount) -> Iterator[Finding]:
    """SQLite needs locks that network file systems do not keep, and a folder it can write into."""
    if mount.wiki.database.dialect != "sqlite":
        return
    file = mount.wiki.database.engine.url.database
    if not file or file == ":memory:":
        return
    folder = Path(file).absolute().parent
    nearest = next(one for one in (folder, *folder.parents) if one.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        yield Finding(
            "database",
            kb_t(
                "{folder}, the folder of the database, cannot be written into: SQLite makes files beside its own",
                folder=folder,
            ),
            kb_t("Let the app's user write there."),
            code="database-unwritable",
        )
    kind = _file_system(folder)
    if kind.startswith(_NETWORK):
        yield Finding(
            "database",
            kb_t(
                "{file} stands on a network file system ({kind}), where SQLite's locks do not hold",
                file=file,
                kind=kind,
            ),
            kb_t("Keep it on a disk of the machine, or use PostgreSQL."),
            code="database-on-network",
        )


def _file_system(folder: Path) -> str:
    """The kind of file system a folder is on; empty where the machine does not say."""
    try:
        lines = [line.split() for line in MOUNTS.read_text("utf-8", "replace").splitlines()]
    except OSError:
        return ""
    found = [(len(words[1]), words[2]) for words in lines if len(words) > 2 and folder.is_relative_to(words[1])]
    return max(found)[1] if found else ""


def whoosh(mount: Mount) -> Iterator[Finding]:
    """Two packages with one import name: which of them is there depends on the order of installing."""
    found = sorted(set(packages_distributions().get("whoosh", ())))
    if mount.settings.search_engine == "whoosh" and len(found) > 1:
        yield Finding(
            "search",
            kb_t("several packages are installed as whoosh: {names}", names=listed(found)),
            kb_t("Uninstall them all, then install whoosh-reloaded."),
            code="whoosh-twice",
        )
    elif mount.settings.search_engine == "whoosh" and "whoosh" in (one.lower() for one in found):
        yield Finding(
            "search",
            kb_t("Whoosh is the one that is not maintained any more"),
            kb_t("Uninstall whoosh, then install whoosh-reloaded."),
            code="whoosh-old",
        )


def migrations(mount: Mount) -> Iterator[Finding]:
    """Whether the host's own migrations leave our tables alone."""
    migrate = mount.app.extensions.get("migrate")
    if migrate is None:
        return
    given = getattr(migrate, "configure_args", {}) or {}
    by_it = kb_t("the host's leave the [wiki]'s tables alone, with include_object")
    without_it = kb_t("the host's leave the [wiki]'s tables alone, without include_object too")
    yield Finding("migrations", by_it if given.get("include_object") is include_object else without_it)
