"""How somebody may have agreed to being registered by somebody else."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from skillhub.base.errors import FieldError, Invalid

WAYS: dict[str, LazyString] = {
    "in_person": _l("本人在场，口头同意"),
    "by_phone": _l("本人来电，口头同意"),
    "in_writing": _l("本人签字同意"),
}


def check(way: str | None) -> None:
    """Refuse a way that we do not know.

    :raises Invalid: it is none of ours.
    """
    if way is not None and way not in WAYS:
        raise Invalid(FieldError("consent", "unknown", _l("请选本人怎样同意：在场、来电或签字。")))
