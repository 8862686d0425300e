"""Where things are kept: the folder of the index, the file of the database, and who else is there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import TYPE_CHECKING

from ...autogenerate import include_object
from ...cli.finding import Finding

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
            f"{folder} cannot be made or written into",
            f"Let the app's user write there, or set {mount.prefix}INDEX_FOLDER to a folder of its own.",
            code="index-unwritable",
        )
    elif nearest == folder and folder.stat().st_mode & 0o077:
        yield Finding(
            "index",
            f"{folder} is open to others than the app's user (mode {folder.stat().st_mode & 0o777:04o})",
            f"Run: chmod 700 {folder}",
            code="index-open",
        )


def index_shared(mount: Mount) -> Iterator[Finding]:
    """Two wikis in one folder would each take the other's index for damaged, and build it anew for ever."""
    own = mount.wiki.search_place.folder
    for other in mount.app.extensions["kbwiki"].values():
        if other is not mount and own is not None and other.wiki.search_place.folder == own:
            yield Finding(
                "index",
                f"the wiki {other.name!r} keeps its index in the same folder, {own}",
                f"Give each a folder of its own, or leave {mount.prefix}INDEX_FOLDER out.",
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
            f"{folder}, the folder of the database, cannot be written into: SQLite makes files beside its own",
            "Let the app's user write there.",
            code="database-unwritable",
        )
    kind = _file_system(folder)
    if kind.startswith(_NETWORK):
        yield Finding(
            "database",
            f"{file} stands on a network file system ({kind}), where SQLite's locks do not hold",
            "Keep it on a disk of the machine, or use PostgreSQL.",
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
            f"several packages are installed as whoosh: {', '.join(found)}",
            "Uninstall them all, then install whoosh-reloaded.",
            code="whoosh-twice",
        )
    elif mount.settings.search_engine == "whoosh" and "whoosh" in (one.lower() for one in found):
        yield Finding(
            "search",
            "Whoosh is the one that is not maintained any more",
            "Uninstall whoosh, then install whoosh-reloaded.",
            code="whoosh-old",
        )


def migrations(mount: Mount) -> Iterator[Finding]:
    """Whether the host's own migrations leave our tables alone."""
    migrate = mount.app.extensions.get("migrate")
    if migrate is None:
        return
    given = getattr(migrate, "configure_args", {}) or {}
    kept_out = "with include_object" if given.get("include_object") is include_object else "without include_object too"
    yield Finding("migrations", f"the host's leave the wiki's tables alone, {kept_out}")
