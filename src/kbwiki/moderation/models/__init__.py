"""What is, in moderation: reviews and decisions, what moderators keep beside them, rules, batches, messages."""

from .batches import Batch, BatchItem
from .desk import Aside, DraftNote, Lease, Opinion, Seen
from .messages import Message, Notice, Reason
from .reviews import IS_CONCERN, IS_LIVE, IS_OPEN, LIVE, Decision, Evidence, Review, ReviewAuthor, Tally
from .rules import Rule, RuleVersion, Trust

__all__ = [
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
    "Lease",
    "Message",
    "Notice",
    "Opinion",
    "Reason",
    "Review",
    "ReviewAuthor",
    "Rule",
    "RuleVersion",
    "Seen",
    "Tally",
    "Trust",
]
