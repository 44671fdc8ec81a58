"""The one row that says how far the demonstration has been loaded."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from skillhub.base.db import Model


class DemoState(Model):
    """How far the loading has come; `is_complete` when there is nothing left to do."""

    __tablename__ = "demo_state"

    id: Mapped[int] = mapped_column(primary_key=True)
    step: Mapped[str]
    done: Mapped[int]
    of: Mapped[int]
    is_complete: Mapped[bool]
    began_at: Mapped[datetime]
