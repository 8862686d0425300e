"""What is, in moderation: reviews and decisions, what moderators keep beside them, rules, batches, messages."""

from .batches import Batch, BatchItem
from .desk import Aside, DraftNote, Lease, Opinion, Seen
from .messages import Message, Notice, Reason
from .reviews import HAS_LAPSED, IS_CONCERN, IS_LIVE, IS_OPEN, LIVE, Decision, Evidence, Review, ReviewAuthor, Tally
from .rules import Rule, RuleVersion, Trust
from .saved import FeedSecret, SavedFilter

__all__ = [
    "HAS_LAPSED",
    "IS_CONCERN",
    "IS_LIVE",
    "IS_OPEN",
    "LIVE",
    "Aside",
    "Batch",
    "BatchItem",
    "Decision",
    "DraftNote",
    "Evidence",
    "FeedSecret",
    "Lease",
    "Message",
    "Notice",
    "Opinion",
    "Reason",
    "Review",
    "ReviewAuthor",
    "Rule",
    "RuleVersion",
    "SavedFilter",
    "Seen",
    "Tally",
    "Trust",
]
