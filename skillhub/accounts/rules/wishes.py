"""The only place that says what a wish may be: work, a course or both, in a trade."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from skillhub.accounts.wrong import Wrong

KINDS = ("job", "course", "both")
TRADE_LENGTH = 40
GROUP_LENGTH, MOST_GROUPS = 20, 20


@dataclass(frozen=True)
class WishMade:
    """What a person is looking for; `registered_at` is set for what was wished earlier (imports)."""

    kind: str
    trade: str
    time_slot: str | None = None
    within_km: int | None = None
    registered_at: datetime | None = None


def wish(made: WishMade) -> WishMade:
    """Check one wish.

    :raises Wrong: its kind is unknown, or its trade is empty or too long.
    """
    if made.kind not in KINDS:
        raise Wrong("wish_form")
    if not 0 < len(made.trade.strip()) <= TRADE_LENGTH:
        raise Wrong("trade_form")
    return made


def groups(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the group tags, each once, in the order in which they were named.

    :raises Wrong: one is empty or too long, or there are too many.
    """
    kept = tuple(dict.fromkeys(name.strip() for name in names))
    if len(kept) > MOST_GROUPS or any(not 0 < len(name) <= GROUP_LENGTH for name in kept):
        raise Wrong("group_form")
    return kept
