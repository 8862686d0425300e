"""What things are called in this wiki: the form for it, with a look at the new words before they are saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response
from markupsafe import Markup

from ..errors import Conflict, Forbidden, Invalid
from ..moderation.vocabulary_subject import readable_terms
from ..vocabulary.actions import choose_terms, take_back_terms
from ..vocabulary.queries import Chosen, ChosenState, chosen_terms, states
from ..wording import speaking
from ..wording.amounts import language_name
from ..wording.terms import NOUNS, VERBS, Term
from ..wording.vocabularies import Vocabularies, vocabularies_of
from .forms import FieldError, whole_number
from .notes import Note, UndoOffer
from .visit import Visit
from .words import N_, kb_t, when

_SHOWN_STATES = 50
_SINGULAR, _PLURAL = N_("one of it"), N_("several")
_FORMS = {
    "noun": (("singular", _SINGULAR), ("plural", _PLURAL)),
    "german noun": (
        ("singular", _SINGULAR),
        ("plural", _PLURAL),
        ("gender", N_("gender (m, f, n)")),
        ("genitive", N_("genitive")),
        ("dative_plural", N_("dative of several")),
        ("oblique", N_("accusative and dative")),
    ),
    "verb": (
        ("base", N_("what one does")),
        ("third", N_("somebody does it")),
        ("past", N_("it was done")),
        ("gerund", N_("doing it")),
    ),
}
_PRESETS = {
    "Wiki": N_("Wiki"),
    "Handbook": N_("Handbook"),
    "Knowledge base": N_("Knowledge base"),
    "Help centre": N_("Help centre"),
}
_MEANT = {
    "wiki": N_("the whole of it"),
    "page": N_("a text at an address"),
    "space": N_("a part with its own readers, writers and lookers-after"),
    "revision": N_("a state of a text"),
    "review": N_("the duty to look at changes"),
    "queue": N_("what waits to be looked at"),
    "moderator": N_("who looks at changes"),
    "group": N_("people who belong together"),
    "tag": N_("a word that brings texts together"),
    "search": N_("the way to find texts by their words"),
    "history": N_("everything that happened to a text"),
    "comment": N_("what somebody says about a change of their own"),
    "report": N_("what somebody sends who sees that something is wrong"),
    "rule": N_("what says who looks at which changes"),
    "decision": N_("the answer of those who looked"),
    "concern": N_("an answer that waits until its author has mended or explained something"),
    "appeal": N_("what an author writes who sees it differently"),
    "message": N_("what an author is told"),
    "edit": N_("to change a text"),
}
"""What each term stands for, in words that are no terms."""
_SAMPLES = (
    N_("Welcome to the [wiki]. There is no [page] here yet; press [Edit] and write the first one."),
    N_("[A page] lives in [a space]. [Pages] with the same [tag] belong together."),
    N_("Visible at once; [a moderator] of the [group] looks at it afterwards."),
    N_("[Reviews] stand in the [queue] until somebody has looked at every [revision]."),
    N_("This [page] was [edited] while you were [editing] it."),
    N_("[A decision] can be taken back, and [an appeal] is looked at by somebody else. [Messages] say so."),
    N_("Use the [search], or send [a report]; every [comment] stands in the [history]. [Rules] say who looks."),
    N_("[A concern] waits for you."),
)


@dataclass(frozen=True, slots=True)
class FormCell:
    """One form of a term: the field's name, what it is, what was filled in, and what holds if nothing is."""

    field: str
    label: str
    value: str
    usual: str


@dataclass(frozen=True, slots=True)
class TermRow:
    """A term of one language."""

    name: str
    meant: str
    forms: tuple[FormCell, ...]


@dataclass(frozen=True, slots=True)
class LanguageTerms:
    """The terms of one language with what sentences would look like; `direction` is how it is written."""

    language: str
    name: str
    direction: str
    rows: tuple[TermRow, ...]
    menu: tuple[str, ...]
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StateRow:
    """A choice of earlier, and who made it."""

    lines: str
    comment: str
    actor: str
    when: Markup


def vocabulary(visit: Visit) -> Response:
    """The form; sent, it shows the new words (`do=look`), saves them, or lets the host's setting hold again."""
    _require_administrator(visit)
    if visit.request.method == "POST":
        return _submitted(visit)
    chosen = chosen_terms(visit.connection, visit.wiki.id)
    return _page(visit, chosen, chosen.vocabularies or visit.wiki.voice.vocabularies, chosen.number)


def undo_vocabulary(visit: Visit, number: int) -> Response:
    """Take back the newest choice, if nobody chose anything since."""
    with visit.change() as tx:
        take_back_terms(tx, number)
    return visit.go(visit.url("vocabulary"))


def _submitted(visit: Visit) -> Response:
    sent, status = visit.request.form, 200
    errors: tuple[FieldError, ...] = ()
    do, number = sent.get("do", "look"), whole_number(sent.get("number", "")) or 0
    wanted = visit.wiki.voice.vocabularies
    try:
        wanted = _read(visit, sent)
        if do in ("save", "reset"):
            with visit.change() as tx:
                said = wanted.said() if do == "save" else None
                done = choose_terms(tx, said, number=number, comment=sent.get("comment", ""))
            return visit.go(visit.url("vocabulary", done=done))
    except (Invalid, Conflict) as error:
        errors, status = (FieldError("", error.why),), error.status
    chosen = chosen_terms(visit.connection, visit.wiki.id)
    return _page(visit, chosen, wanted, chosen.number if errors else number, errors=errors, status=status)


def _read(visit: Visit, sent: Mapping[str, str]) -> Vocabularies:
    """The terms that were sent. Errors: Invalid."""
    terms: dict[str, dict[str, list[str]]] = {}
    for language in _languages(visit):
        for name in (*NOUNS, *VERBS, *_of_plugins(visit)):
            forms = [sent.get(f"{language}-{name}-{form}", "") for form, _ in _forms_of(language, name)]
            if forms[0].strip():
                terms.setdefault(language, {})[name] = forms
            elif any(one.strip() for one in forms):
                raise Invalid("", kb_t("Please say the first form of “{name}”, too.", name=name))
    try:
        return vocabularies_of({"preset": sent.get("preset", "Wiki"), "terms": terms})
    except ValueError as error:
        raise Invalid("", kb_t("These terms cannot be used: {why}.", why=str(error))) from error


def _page(
    visit: Visit,
    chosen: Chosen,
    wanted: Vocabularies,
    number: int,
    *,
    errors: tuple[FieldError, ...] = (),
    status: int = 200,
) -> Response:
    before = states(visit.connection, chosen.id, max(1, chosen.number - _SHOWN_STATES), chosen.number)
    return visit.show(
        "kbwiki/vocabulary.html",
        title=kb_t("What things are called"),
        section="spaces",
        status=status,
        presets=tuple((one, kb_t(words)) for one, words in _PRESETS.items()),
        preset=wanted.preset,
        number=number,
        comment=visit.request.form.get("comment", ""),
        languages=tuple(_terms(visit, language, wanted) for language in _languages(visit)),
        is_chosen=chosen.vocabularies is not None,
        looked=visit.request.method == "POST" and not errors,
        history=tuple(_state(visit, one) for one in reversed(before)),
        errors=errors,
        flash=_done(visit, chosen),
    )


def _done(visit: Visit, chosen: Chosen) -> tuple[Note, ...]:
    done = whole_number(visit.request.args.get("done", ""))
    if not done or done != chosen.number:
        return ()
    undo = UndoOffer(visit.url("undo_vocabulary", number=done), kb_t("Undo"))
    said = kb_t("Things are called so from now on. Those who look after this [wiki] will look at it.")
    return (Note("success", said, undo),)


def _terms(visit: Visit, language: str, wanted: Vocabularies) -> LanguageTerms:
    wording = visit.wiki.voice.wording(language, wanted)
    rows = tuple(_row(language, name, wanted) for name in (*NOUNS, *VERBS))
    rows += tuple(_row(language, name, wanted, usual) for name, usual in _of_plugins(visit).items())
    with speaking(wording):
        menu = (
            kb_t("[Pages]"),
            kb_t("[Reviews]"),
            kb_t("[Spaces]"),
            kb_t("[Tags]"),
            kb_t("[Search]"),
            kb_t("New [page]"),
        )
        samples = tuple(kb_t(one) for one in _SAMPLES)
    return LanguageTerms(language, language_name(language), wording.direction, rows, menu, samples)


def _of_plugins(visit: Visit) -> dict[str, Term]:
    """The nouns of plugins, by the names that a vocabulary gives them."""
    declared = visit.wiki.plugins.declared("vocabulary")
    return {f"{one.plugin}.{one.value.name}": Term(one.value.one, one.value.many) for one in declared}


def _row(language: str, name: str, wanted: Vocabularies, of_plugin: Term | None = None) -> TermRow:
    own = wanted.forms(language, name)
    base = Vocabularies(wanted.preset).of(language)
    usual = base.term(name) if of_plugin is None else of_plugin.complete(language)
    cells = tuple(
        FormCell(f"{language}-{name}-{form}", kb_t(label), own[at] if at < len(own) else "", getattr(usual, form))
        for at, (form, label) in enumerate(_forms_of(language, name))
    )
    meant = kb_t(_MEANT[name]) if of_plugin is None else kb_t("from the plugin {plugin}", plugin=name.partition(".")[0])
    return TermRow(name, meant, cells)


def _forms_of(language: str, name: str) -> Any:
    if name in VERBS:
        return _FORMS["verb"]
    return _FORMS["german noun" if language.startswith("de") else "noun"]


def _languages(visit: Visit) -> tuple[str, ...]:
    return visit.wiki.voice.locales


def _state(visit: Visit, one: ChosenState) -> StateRow:
    lines = readable_terms(one.vocabularies) or kb_t("as the application says")
    return StateRow(lines, one.comment, one.actor, when(one.at, visit.now))


def _require_administrator(visit: Visit) -> None:
    if visit.settings.admin_group not in visit.actor.groups:
        raise Forbidden(kb_t("Only administrators can change what things are called."))
