"""The only place that writes to applicants: one message for each change of state, in Chinese."""

from __future__ import annotations

from flask_babel import LazyString, force_locale
from flask_babel import lazy_gettext as _l

from skillhub.base import i18n, outbox
from skillhub.base.db import Unit
from skillhub.courses.errors.applications import REASON_TEXTS
from skillhub.courses.queries.doors import Door

TEXTS: dict[str, LazyString] = {
    "enrolled": _l("您报的“%(course)s”（%(batch)s）已录取，%(starts)s开课。"),
    "moved_up": _l("前面有人退出，您报的“%(course)s”（%(batch)s）已递补录取，%(starts)s开课。"),
    "waitlisted": _l("您报的“%(course)s”（%(batch)s）名额已满，您在候补名单里。轮到您时会再发短信。"),
    "under_review": _l("您报的“%(course)s”（%(batch)s）待审核。请带身份证件到窗口核对。"),
    "refused": _l("您报的“%(course)s”（%(batch)s）没有通过。原因写在报名回执里，有疑问请问窗口。"),
    "withdrawn": _l("您已退出“%(course)s”（%(batch)s）的报名。"),
    "lapsed": _l("您报的“%(course)s”（%(batch)s）已作废。原因写在报名回执里。"),
}


def tell(
    unit: Unit,
    *,
    phone: str | None,
    door: Door,
    state: str,
    person_id: int | None = None,
    application_id: int | None = None,
    turn: int = 1,
) -> None:
    """Write the message about a new state; who has no phone on file reads it on the own page.

    :param person_id: on whose page it stands.
    :param application_id: what has changed: one application comes into one state once, and is told once.
    :param turn: the how-manyth time it comes into this state, where it can do so again.
    """
    if phone is None and person_id is None:
        return
    with force_locale(i18n.SOURCE):
        text = str(TEXTS[state]) % {
            "course": door.course_name,
            "batch": door.code,
            "starts": f"{door.starts_on.month}月{door.starts_on.day}日",
        }
    kind = f"application.{state}"
    once_key = f"{kind}:{application_id}:{turn}" if application_id is not None else None
    outbox.put(unit, phone=phone, kind=kind, text=text, person_id=person_id, once_key=once_key)


def in_chinese(code: str) -> str:
    """Return the words that are kept with a reason of core's."""
    with force_locale(i18n.SOURCE):
        return str(REASON_TEXTS[code])
