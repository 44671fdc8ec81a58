"""Keyset pages: at most 100 items, and an opaque cursor that says where the next page begins."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask_babel import lazy_gettext as _l

from skillhub.base.errors import FieldError, Malformed

MOST = 100
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
    except ValueError:
        value = None
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise Malformed((FieldError("after", "cursor", _l("请用上一页答复里的 next。")),))
    return value
