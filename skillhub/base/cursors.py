"""The only place that reads the cursors of our lists again, in the form in which each list wrote them."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l

from skillhub.base import paging
from skillhub.base.errors import FieldError, Malformed


def number(after: str | None) -> int | None:
    """Return the id after which a page begins.

    :raises Malformed: the cursor is not one of such a list.
    """
    value = paging.after(after)
    if value is None or isinstance(value, int):
        return value
    raise _foreign()


def parts(after: str | None, count: int) -> list[str] | None:
    """Return the parts of a composite key after which a page begins.

    :raises Malformed: the cursor is not one of such a list.
    """
    value = paging.after(after)
    if value is None:
        return None
    found = value.split("|") if isinstance(value, str) else []
    if len(found) != count:
        raise _foreign()
    return found


def whole(text: str) -> int:
    """Return one part of a composite key as a number.

    :raises Malformed: it is none.
    """
    if not text.isascii() or not text.isdigit() or len(text) > 9:  # noqa: PLR2004 (fits every integer column)
        raise _foreign()
    return int(text)


def instant_and_id(after: str | None) -> tuple[datetime, int] | None:
    """Return the instant and the id after which a page begins, of a list in order of time.

    :raises Malformed: the cursor is not one of such a list.
    """
    found = parts(after, 2)
    if found is None:
        return None
    try:
        at = datetime.fromisoformat(found[0])
    except ValueError:
        raise _foreign() from None
    if at.tzinfo is None:
        raise _foreign()
    return at, whole(found[1])


def _foreign() -> Malformed:
    return Malformed((FieldError("after", "cursor", _l("请用上一页答复里的next。")),))
