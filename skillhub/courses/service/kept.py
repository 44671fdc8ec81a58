"""Which results may not change any more: upper floors say so, because they alone know of certificates."""

from __future__ import annotations

from collections.abc import Callable, Collection

Keeper = Callable[[Collection[int]], Collection[int]]
_keepers: list[Keeper] = []


def keep_where(keeper: Keeper) -> None:
    """Ask `keeper` before attendance or results change; it returns those application ids that must stay."""
    if keeper not in _keepers:
        _keepers.append(keeper)


def among(application_ids: Collection[int]) -> frozenset[int]:
    """Return which of these applications something rests on."""
    return frozenset(kept for keeper in _keepers for kept in keeper(application_ids))
