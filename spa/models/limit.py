"""How often an address has done something lately, shared by all processes."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from spa.database import Model, UtcDateTime


class LimitCount(Model):
    """How often one key was seen in its present window."""

    __tablename__ = "limit_count"

    key: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    seen: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
