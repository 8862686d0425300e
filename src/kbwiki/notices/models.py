"""What is: when somebody last looked, so that they can be shown what came since."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ..db import Base, UtcDateTime
from ..journal.models import WikiRow


class LastVisit(Base):
    """The present visit of an actor, by the host's id, as far as it got (`here_at`), and the end of the one before
    (`before_at`, None where there was none). Nothing else is kept of who looks at what."""

    __tablename__ = "kbwiki_last_visit"

    wiki_id: Mapped[int] = mapped_column(ForeignKey(WikiRow.id), primary_key=True)
    actor: Mapped[str] = mapped_column(String(255), primary_key=True)
    here_at: Mapped[datetime] = mapped_column(UtcDateTime)
    before_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
