"""Every table kbwiki has, gathered for migrations and for leaving."""

from __future__ import annotations

from .db import Base
from .drafts.models import Draft
from .files.models import File, FileVersion
from .help.models import HelpAnswered, HelpBinding, HelpPage, HelpWanted
from .hooks.fact_models import PluginNotice, PluginSubject, SubscriptionRow
from .hooks.models import PluginSwitch, PluginWork
from .journal.models import ActorRow, Cursor, Entry, WikiRow
from .moderation.models import (
    Aside,
    Batch,
    BatchItem,
    Decision,
    DraftNote,
    Evidence,
    FeedSecret,
    Lease,
    Message,
    Notice,
    Opinion,
    Reason,
    Review,
    ReviewAuthor,
    Rule,
    RuleVersion,
    SavedFilter,
    Seen,
    Tally,
    Trust,
)
from .notices.models import LastVisit
from .pages.models import Page, PageLink, PageTag, ParsedText, Redirect, Rendered, Revision, Text
from .search.log.models import AskedRow, ClosedRow
from .search.suggestion_rows import Suggestion
from .search.synonyms.models import SynonymSet
from .several.models import PageBatch, PageBatchItem
from .spaces.models import Grant, Space
from .spaces.restraints import Restraint
from .vocabulary.models import ChosenTerms

ALL_TABLES: tuple[type[Base], ...] = (
    WikiRow, ActorRow, Entry, Cursor,
    Space, Grant, Restraint,
    Text, Page, Revision, PageTag, Redirect, PageLink, ParsedText, Rendered,
    Review, ReviewAuthor, Decision, Evidence, Tally,
    Rule, RuleVersion, Trust,
    Lease, Aside, DraftNote, Seen, Opinion,
    Batch, BatchItem,
    Reason, Message, Notice,
    SavedFilter, FeedSecret,
    ChosenTerms,
    SynonymSet, AskedRow, ClosedRow,
    Suggestion,
    HelpPage, HelpBinding, HelpWanted, HelpAnswered,
    PluginSwitch, PluginWork,
    SubscriptionRow, PluginNotice, PluginSubject,
    File, FileVersion,
    PageBatch, PageBatchItem,
    LastVisit,
    Draft,
)  # fmt: skip
