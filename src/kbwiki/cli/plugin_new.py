"""`kbwiki plugin new NAME`: a package that works, to begin a plugin with; its tests pass at once."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import click

from .._version import __version__
from ..wording import N_, kb_t
from . import spoken

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST = 30


@spoken.group("plugin", help=N_("For those who write plugins."))
def plugin() -> None:
    pass


@plugin.command(
    "new",
    help=N_(
        "Write a package for a plugin NAME: a hook, tests that pass, documentation, an entry point.\n\nIt goes to a "
        "new folder kbwiki-NAME; what is there already is left alone."
    ),
)
@click.argument("name")
@spoken.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    default=".",
    help=N_("The folder to make it in. Default: here."),
)
def new(name: str, into: Path) -> None:
    short = name.removeprefix("kbwiki-")
    if not _NAME.fullmatch(short) or len(short) > _LONGEST:
        raise click.ClickException(
            kb_t("A plugin's name is small letters, digits and hyphens, at most {n}.", n=_LONGEST)
        )
    folder = into / f"kbwiki-{short}"
    if folder.exists():
        raise click.ClickException(kb_t("{folder} is there already; nothing was written.", folder=folder))
    for path in write_package(short, folder):
        click.echo(str(path))
    click.echo(
        kb_t(
            "Next: pip install -e {folder} pytest; then, in that folder, pytest. Name the plugin in your app: "
            "KBWIKI_PLUGINS = ({name!r},)",
            folder=folder,
            name=short,
        )
    )


def write_package(name: str, folder: Path) -> list[Path]:
    """Write the package of a plugin; the files. Errors: FileExistsError, and then none is changed."""
    words = {
        "name": name,
        "package": f"kbwiki_{name.replace('-', '_')}",
        "title": "".join(one.capitalize() for one in name.split("-")),
        "variable": name.upper().replace("-", "_"),
        "minor": ".".join(__version__.split(".")[:2]),
        "major": str(int(__version__.split(".")[0]) + 1),
    }
    template = files("kbwiki.cli").joinpath("plugin_template")
    folder.mkdir(parents=True)
    written = []
    for source, target in _FILES.items():
        text = template.joinpath(source).read_text("utf-8")
        path = folder / _filled(target, words)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(_filled(text, words))
        written.append(path)
    return written


_FILES = {
    "pyproject.toml.txt": "pyproject.toml",
    "README.md.txt": "README.md",
    "LICENSE.txt": "LICENSE",
    "gitignore.txt": ".gitignore",
    "plugin.py.txt": "src/@package@/__init__.py",
    "py.typed.txt": "src/@package@/py.typed",
    "style.css.txt": "src/@package@/static/kb-x-@name@.css",
    "conftest.py.txt": "tests/conftest.py",
    "test_plugin.py.txt": "tests/test_@package@.py",
}
"""Which file of the template becomes which file of the package."""


def _filled(text: str, words: dict[str, str]) -> str:
    return re.sub(r"@([a-z]+)@", lambda found: words.get(found[1], found[0]), text)
