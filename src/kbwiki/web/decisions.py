"""The record: what moderators decided and looked at, filtered, with a way to take decisions back, and as a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo

from flask import Response
from markupsafe import Markup

from ..errors import Forbidden
from ..moderation.export.files import FORMATS, written
from ..moderation.export.write import export_record
from ..moderation.policy import REASONS, Verdict
from ..moderation.queries.log import NEWEST, RecordFilter, RecordLine, record_lines, sees_all
from ..moderation.queries.recorded import DECIDE, KINDS
from ..moderation.queries.state import reviewing_groups
from ..spaces.queries import readable_spaces
from .forms import day_begins, number
from .reviews import DecisionRow, decision_row
from .visit import Visit
from .words import RECORD_KINDS, RECORDED, VERDICTS, kb_t, when

PER_PAGE = 50
EVERYTHING = "all"
_MIMETYPES = {"csv": "text/csv", "jsonl": "application/jsonl"}
_TAKEN_BACK = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class LogRow:
    """One entry of the record, and what it was about; `decision` is None for looks, which `what` tells in words."""

    title: str
    url: str | None
    review_url: str | None
    decision: DecisionRow | None
    what: str
    who: str
    group: str
    when: Markup
    position: int
    batch_url: str | None


def log(visit: Visit) -> Response:
    """What the actor may see of the record, newest first; decisions alone where nothing else is asked for."""
    groups = _groups(visit)
    args = visit.request.args
    wanted, chosen = _filter(args, visit.zone)
    visit.wiki.seal()
    lines = record_lines(
        visit.connection, visit.wiki.id, visit.actor, visit.settings.admin_group, wanted,
        before=args.get("before", NEWEST, type=number), count=PER_PAGE + 1,
    )  # fmt: skip
    shown = lines[:PER_PAGE]
    older = visit.url("decisions", before=shown[-1].position, **chosen) if len(lines) > PER_PAGE else None
    return visit.show(
        "kbwiki/decisions.html",
        title=kb_t("[Decisions]"),
        section="reviews",
        entries=tuple(_row(visit, line) for line in shown),
        filters={**chosen, **_choices(visit, groups)},
        is_filtered=bool(chosen),
        all_groups=sees_all(visit.actor, visit.settings.admin_group),
        older_url=older,
        first_url=visit.url("decisions", **chosen) if "before" in args else None,
        done=_done(args.get("done", "")),
        queue_url=visit.url("queue"),
        export_url=visit.url("record_export"),
    )


def export(visit: Visit) -> Response:
    """What the filter shows, all of it, as a file that can be checked against the journal; it becomes an entry."""
    _groups(visit)
    wanted, _ = _filter(visit.request.form, visit.zone)
    format = visit.request.form.get("format", "")
    format = format if format in FORMATS else FORMATS[0]
    rows = export_record(visit.wiki, visit.actor, wanted)
    response = Response(written(rows, format), mimetype=_MIMETYPES[format])
    name = f"record-{visit.now:%Y-%m-%d-%H%M}.{format}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _groups(visit: Visit) -> list[str]:
    """The groups whose record the actor may ask for by name. Errors: Forbidden."""
    groups = reviewing_groups(visit.connection, visit.wiki.id, visit.actor)
    if not groups and not sees_all(visit.actor, visit.settings.admin_group):
        raise Forbidden(kb_t("The log of [decisions] is for the [groups] that look after parts of this [wiki]."))
    return groups


def _filter(said: Mapping[str, str], zone: tzinfo) -> tuple[RecordFilter, dict[str, str]]:
    """What is asked for, and the same as it stands in the address; what makes no sense is left out."""
    chosen = {name: said.get(name, "").strip() for name in _FIELDS}
    since, until = day_begins(chosen["since"], zone), day_begins(chosen["until"], zone, days=1)
    known: dict[str, bool] = {
        "kind": chosen["kind"] in (*KINDS, EVERYTHING),
        "verdict": chosen["verdict"] in VERDICTS,
        "since": since is not None,
        "until": until is not None,
        "taken_back": chosen["taken_back"] in _TAKEN_BACK,
    }
    chosen = {name: value for name, value in chosen.items() if value and known.get(name, True)}
    kind = chosen.get("kind", DECIDE)
    wanted = RecordFilter(
        kind=kind if kind != EVERYTHING else None,
        space=chosen["space"].strip("/") if "space" in chosen else None,
        since=since,
        until=until,
        taken_back=_TAKEN_BACK.get(chosen.get("taken_back", "")),
        **{name: chosen.get(name) for name in ("group", "by", "author", "verdict", "reason", "batch")},
    )
    return wanted, chosen


_FIELDS = (
    "kind", "group", "space", "by", "author", "verdict", "reason", "since", "until", "batch", "taken_back"
)  # fmt: skip


def _choices(visit: Visit, groups: list[str]) -> dict[str, object]:
    """What the lists of the form offer."""
    spaces = readable_spaces(visit.connection, visit.wiki.id, visit.actor)
    return {
        "kinds": ((DECIDE, kb_t(RECORD_KINDS[DECIDE])), (EVERYTHING, kb_t("everything")),
                  *((kind, kb_t(RECORD_KINDS[kind])) for kind in KINDS if kind != DECIDE)),
        "groups": tuple((group, group) for group in groups),
        "spaces": tuple((path, title) for _, path, title in spaces if path),
        "verdicts": tuple((one.value, kb_t(VERDICTS[one.value])) for one in Verdict),
        "reasons": tuple((key, kb_t(words)) for key, words in REASONS.items() if key),
        "taken_backs": (("yes", kb_t("taken back since")), ("no", kb_t("standing"))),
    }  # fmt: skip


def _done(verdict: str) -> str | None:
    if verdict not in VERDICTS:
        return None
    return kb_t("Done: {verdict}. What it was about waits for a look again.", verdict=kb_t(VERDICTS[verdict]))


def _row(visit: Visit, line: RecordLine) -> LogRow:
    what = RECORDED.get(line.kind, line.kind)
    no_page = kb_t("The record") if line.kind == "export" else kb_t("Something that is no [page]")
    return LogRow(
        title=line.title or no_page,
        url=visit.url.page(line.path) if line.path else None,
        review_url=visit.url("review", id=line.review) if line.review else None,
        decision=decision_row(visit, line.past) if line.past else None,
        what=kb_t(what, n=line.revision or 0),
        who=line.by_name,
        group=line.group,
        when=when(line.at, visit.now),
        position=line.position,
        batch_url=visit.url("decisions", batch=line.batch) if line.batch else None,
    )
