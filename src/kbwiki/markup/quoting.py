"""How a target is written so that it is read as meant, plainest way first."""

from __future__ import annotations

from urllib.parse import quote

_ENTITIES = {ord(character): f"&#{ord(character)};" for character in "[]|#\\<>`\n\r"} | {ord("&"): "&amp;"}
_BARE = "-._~/+,=@"


def wiki_ways(target: str) -> tuple[str, ...]:
    """For `[[…]]`: entities for what has a meaning there (they pass through table cells too); then with
    blanks around, in case an address stands right before it; then with entities for everything but letters
    and digits."""
    inner = target.strip()
    start = target.index(inner)
    plain = "".join(
        (_references(target[:start]), inner.translate(_ENTITIES), _references(target[start + len(inner) :]))
    )
    hard = "".join(character if character.isalnum() else f"&#{ord(character)};" for character in target)
    return (plain, f" {plain} ", f" {hard} ")


def _references(blanks: str) -> str:
    return "".join(f"&#{ord(blank)};" for blank in blanks)


def markdown_ways(target: str, section: str, *, angled: bool) -> tuple[str, ...]:
    """For `(…)` and reference definitions: percent codes for all but letters, digits and a few signs, or
    the same with blanks kept between angle brackets; ``angled`` says which comes first. ``section`` is
    what follows the target, as it is to be written, with its `#`."""
    bare = "".join(_percent(character) for character in target)
    if bare.startswith("/"):  # would be read from the root of the site
        bare = "%2F" + bare[1:]
    between = bare.replace("%20", " ") if target == target.strip() else bare
    ways = (bare + section, f"<{between}{section}>")
    return ways[::-1] if angled else ways


def _percent(character: str) -> str:
    if character in _BARE or character.isalnum():
        return character
    return quote(character, safe="", encoding="utf-8", errors="replace")


def written_section(section: str | None) -> str:
    """A section as it follows a Markdown target."""
    return "" if section is None else "#" + "".join(_percent(character) for character in section)
