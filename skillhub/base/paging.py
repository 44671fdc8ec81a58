"""Keyset pages: at most 100 items, and an opaque cursor that says where the next page begins."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeGuard, TypeVar

from flask_babel import lazy_gettext as _l

from skillhub.base import texts
from skillhub.base.errors import FieldError, Malformed

MOST = 100
LARGEST_KEY = 2**31 - 1  # what an integer column holds on every database
Item = TypeVar("Item")


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page of a list; `next` is None on the last."""

    items: tuple[Item, ...]
    next: str | None


def page(rows: Sequence[Item], limit: int, key: Callable[[Item], str | int]) -> Page[Item]:
    """Cut a page from rows that were read with `limit + 1`."""
    more = len(rows) > limit
    kept = tuple(rows[:limit])
    return Page(kept, cursor(key(kept[-1])) if more else None)


def cursor(key: str | int) -> str:
    """Write the key of the last row as an opaque text."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def after(text: str | None) -> str | int | None:
    """Read a cursor again.

    :raises Malformed: it is not one of ours.
    """
    if not text:
        return None
    try:
        value = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, RecursionError):
        value = None
    if not _is_key(value):
        raise Malformed((FieldError("after", "cursor", _l("请用上一页答复里的 next。")),))
    return value


def _is_key(value: object) -> TypeGuard[str | int]:
    if isinstance(value, str):
        return not texts.is_hidden(value)
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_KEY
