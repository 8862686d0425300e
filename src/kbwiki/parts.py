"""What a wiki is put together from, where its parts come from rooms that do not know each other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .clock import Clock, time_zone
from .database import Database
from .file_subject import KIND as FILE
from .file_subject import FileSubject
from .files.queries import has_file
from .files.room import FileRoom, file_room
from .help_subject import KIND as HELP
from .help_subject import WANTED, HelpSubject, WantedSubject
from .markup import Dialect
from .moderation.decision_subject import KIND as DECISION
from .moderation.decision_subject import DecisionSubject
from .moderation.own_subject import OwnSubject
from .moderation.page_subject import KIND as PAGE
from .moderation.page_subject import PageSubject
from .moderation.queries.reviewed import IS_REVIEWED
from .moderation.rule_subject import KIND as RULE
from .moderation.rule_subject import RuleSubject
from .moderation.space_subject import KIND as SPACE
from .moderation.space_subject import SpaceSubject
from .moderation.subjects import Registry, Subject
from .moderation.vocabulary_subject import KIND as VOCABULARY
from .moderation.vocabulary_subject import VocabularySubject
from .plugin_subject import KIND as PLUGINS
from .plugin_subject import PluginsSubject
from .search import filters, weights
from .search.additions import Additions
from .search.engines import Place, open_engine
from .search.finding import Search
from .search.making import Making
from .settings import Settings
from .synonym_subject import KIND as SYNONYMS
from .synonym_subject import SynonymSubject

filters.HAVING["file"] = has_file


def subjects() -> Registry:
    """Everything of a wiki that can be reviewed, by kind; hosts add theirs (`Wiki.register_change_kind`)."""
    known: dict[str, Subject] = {
        PAGE: PageSubject(),
        RULE: RuleSubject(),
        SPACE: SpaceSubject(),
        SYNONYMS: SynonymSubject(),
        VOCABULARY: VocabularySubject(),
        HELP: HelpSubject(),
        FILE: FileSubject(),
        WANTED: WantedSubject(),
        PLUGINS: PluginsSubject(),
    }
    registry = Registry(known, OwnSubject)
    registry[DECISION] = DecisionSubject(registry)
    return registry


__all__ = ["FileRoom", "file_room", "search_of", "search_place", "subjects"]


def search_place(
    folder: Path | None, database: Database, wiki_id: Callable[[], int], settings: Settings, additions: Additions
) -> Place:
    """Where and how the wiki keeps its search index. Errors: Invalid for weights there are not."""
    standing = weights.standing(weights.merged(settings.search_weights))
    return Place(folder, database, wiki_id, Making(settings.languages, standing, additions.added_by))


def search_of(
    place: Place,
    prepare: Callable[[], int],
    settings: Settings,
    clock: Clock,
    dialect: Callable[[], Dialect],
    additions: Additions,
) -> Search:
    """Full-text search with the engine that the settings name. Errors: Invalid for an engine there is not."""
    return Search(
        place.database,
        place.wiki_id,
        prepare,
        open_engine(settings.search_engine, place),
        reviewed=IS_REVIEWED,
        patience=settings.search_catch_up_seconds,
        stale_days=settings.stale_days,
        clock=lambda: clock().astimezone(time_zone(settings.time_zone)),
        languages=settings.languages,
        weights=weights.merged(settings.search_weights),
        dialect=dialect,
        additions=additions,
    )
