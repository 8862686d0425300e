"""Opening a repository, bare repository, work tree or bundle, and choosing the branch to read.

Whatever the source is, it is read through an empty bare repository of our own in a private folder: a bundle's
objects are unpacked into it, a repository's are read where they are. So the source's settings, hooks,
attributes, replacements and grafts are never in force while its history is read; only the few commands that
ask where its objects and branches are see its settings, and those commands run nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..wording import kb_t
from .git_commands import Git, GitFailed, TransferError

_SIGNATURE = re.compile(rb"# v[23] git bundle\n")
_LONGEST_LINE = 1 << 16
_NAMED = 10
_OURS = "repository"


@dataclass(frozen=True, slots=True)
class References:
    """The names a source offers, full name → commit id, and where its HEAD points (None: nowhere)."""

    names: Mapping[str, str]
    head: str | None
    head_name: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A source ready to be read: a git bound to it, the commit to read up to, and the branch's short name."""

    git: Git
    tip: str
    branch: str


@dataclass(frozen=True, slots=True)
class BundleHeader:
    """What a bundle says of itself.

    `prerequisites` are the commits that it builds on without containing them; `partial` says that a filter
    left content out.
    """

    references: References
    prerequisites: tuple[str, ...]
    object_format: str
    partial: bool


def open_source(source: Path, git: Git, branch: str | None) -> Opened:
    """The source, ready to be read. Raises TransferError, naming what is wrong and what to do about it."""
    if source.is_dir():
        bound, references = _open_repository(source, git)
    elif source.is_file():
        bound, references = _open_bundle(source, git)
    else:
        raise TransferError(source, kb_t("there is no such file or folder"), kb_t("Check the path."))
    name, commit = choose_branch(source, references, branch)
    try:
        tip = bound.run("rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}").strip()
    except GitFailed:
        raise TransferError(
            source,
            kb_t("the branch {name} names a commit that is not there", name=name),
            kb_t("Make a fresh copy: this one is damaged."),
        ) from None
    return Opened(bound, tip, name)


def choose_branch(source: Path, references: References, wanted: str | None) -> tuple[str, str]:
    """The branch to read (short name, commit id): the wanted one, else HEAD's, else the only one there is."""
    names = references.names
    if wanted is not None:
        for prefix in ("refs/heads/", "refs/remotes/", "refs/remotes/origin/", "refs/tags/", ""):
            if prefix + wanted in names:
                return wanted, names[prefix + wanted]
        raise TransferError(
            source,
            kb_t("there is no branch called {wanted}", wanted=wanted),
            kb_t("It has {branches}.", branches=_listed(names)),
        )
    if references.head is not None:
        return _short(references.head_name or _name_at(names, references.head)), references.head
    for prefix in ("refs/heads/", "refs/remotes/", ""):
        found = {full: commit for full, commit in names.items() if full.startswith(prefix)}
        if len(found) == 1:
            full, commit = next(iter(found.items()))
            return _short(full), commit
    if not names:
        raise TransferError(source, kb_t("it has no commits yet"), kb_t("Choose a repository with [a history]."))
    raise TransferError(
        source,
        kb_t("it does not say which of its branches is the main one"),
        kb_t("Name one with --branch; it has {branches}.", branches=_listed(names)),
    )


def _name_at(names: Mapping[str, str], commit: str) -> str:
    """The name for a HEAD that is only a commit, as in bundles: a branch at the same commit, or HEAD."""
    branches = (full for full, at in names.items() if at == commit and full.startswith("refs/heads/"))
    return next(branches, "HEAD")


def _short(full: str) -> str:
    return re.sub(r"^refs/(heads|remotes|tags)/", "", full)


def _listed(names: Mapping[str, str]) -> str:
    if not names:
        return kb_t("no branches at all")
    shown = ", ".join(sorted(_short(full) for full in names)[:_NAMED])
    if len(names) <= _NAMED:
        return shown
    return kb_t("{shown} and {count} more", shown=shown, count=len(names) - _NAMED)


def _open_repository(source: Path, git: Git) -> tuple[Git, References]:
    folder = _repository_folder(source, git)
    theirs = git.within(folder)
    try:
        objects = Path(theirs.run("rev-parse", "--path-format=absolute", "--git-path", "objects").rstrip("\n"))
        shallow, object_format = theirs.run("rev-parse", "--is-shallow-repository", "--show-object-format").split()
        references = _references(theirs)
    except GitFailed as failed:
        raise TransferError(
            source,
            kb_t("git cannot read this repository ({failed})", failed=failed),
            kb_t("Check it with git fsck, or make a fresh clone and import that."),
        ) from failed
    if shallow == "true":
        raise TransferError(
            source,
            kb_t("this is a shallow clone without the older [history]"),
            kb_t("Run git fetch --unshallow in it first."),
        )
    if next((objects / "pack").glob("*.promisor"), None):
        raise TransferError(
            source,
            kb_t("this is a partial clone without all of its content"),
            kb_t("Import a clone made without --filter."),
        )
    _private_repository(git, object_format)
    return git.within(git.home / _OURS, objects), references


def _repository_folder(source: Path, git: Git) -> Path:
    """The git folder of a bare repository or work tree (whose `.git` may be a file that names it)."""
    for candidate in (source / ".git", source):
        try:
            return Path(git.run("rev-parse", "--resolve-git-dir", str(candidate.absolute())).rstrip("\n"))
        except GitFailed:
            continue
    raise TransferError(
        source,
        kb_t("this folder is not a git repository"),
        kb_t("Give the top folder of a work tree (the one that holds .git), a bare repository, or a bundle file."),
    )


def _references(theirs: Git) -> References:
    listing = theirs.run("for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/remotes")
    names = {}
    for line in listing.splitlines():
        commit, _, full = line.partition(" ")
        if full != "refs/remotes/origin/HEAD":
            names[full] = commit
    try:
        head = theirs.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}").strip()
    except GitFailed:
        return References(names, None)
    try:
        return References(names, head, theirs.run("symbolic-ref", "--quiet", "HEAD").strip())
    except GitFailed:
        return References(names, head)


def _open_bundle(source: Path, git: Git) -> tuple[Git, References]:
    header = read_bundle_header(source)
    if header.prerequisites:
        raise TransferError(
            source,
            kb_t(
                "this bundle builds on commits that it does not contain ({names})",
                names=", ".join(header.prerequisites[:3]),
            ),
            kb_t("Make one that stands alone: git bundle create FILE --all."),
        )
    if header.partial:
        raise TransferError(
            source, kb_t("this bundle was made with a filter and lacks content"), kb_t("Make one without --filter.")
        )
    try:
        ours = _private_repository(git, header.object_format)
        ours.run("bundle", "unbundle", str(source.absolute()))
    except GitFailed as failed:
        raise TransferError(
            source,
            kb_t("this bundle is broken ({failed})", failed=failed),
            kb_t("Check it with git bundle verify, and copy or make it again."),
        ) from failed
    return ours, header.references


def read_bundle_header(source: Path) -> BundleHeader:
    """The beginning of a bundle, as gitformat-bundle describes it.

    Raises TransferError when this is no bundle.
    """
    names: dict[str, str] = {}
    head, prerequisites, capabilities = None, [], {}
    with source.open("rb") as file:
        if not _SIGNATURE.fullmatch(file.readline(_LONGEST_LINE)):
            raise TransferError(
                source,
                kb_t("this file is not a git bundle"),
                kb_t("Give a folder with a git repository, or a file made by git bundle create."),
            )
        while line := os.fsdecode(file.readline(_LONGEST_LINE).rstrip(b"\n")):
            first, _, rest = line.partition(" ")
            if first.startswith("@"):
                name, _, value = line[1:].partition("=")
                capabilities[name] = value
            elif first.startswith("-"):
                prerequisites.append(first[1:])
            elif rest == "HEAD":
                head = first
            else:
                names[rest] = first
    return BundleHeader(
        References(names, head),
        tuple(prerequisites),
        capabilities.get("object-format", "sha1"),
        "filter" in capabilities,
    )


def _private_repository(git: Git, object_format: str) -> Git:
    """An empty bare repository in git's private folder, without templates and so without hooks."""
    folder = git.home / _OURS
    git.run("init", "--quiet", "--bare", "--template=", f"--object-format={object_format}", str(folder))
    return git.within(folder)
