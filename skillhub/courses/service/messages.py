"""The only place that writes to applicants: one message for each change of state, in Chinese."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import LazyString, force_locale
from flask_babel import lazy_gettext as _l

from skillhub.accounts.queries import people
from skillhub.base import i18n, outbox
from skillhub.base.db import Unit
from skillhub.courses.errors.applications import REASON_TEXTS
from skillhub.courses.queries.doors import Door
from skillhub.districts import queries as districts

TEXTS: dict[str, LazyString] = {
    "enrolled": _l("您报的“%(course)s”（%(batch)s）已录取，%(starts)s开课。"),
    "waitlisted": _l("您报的“%(course)s”（%(batch)s）名额已满，您在候补名单里。轮到您时会再发短信。"),
    "in_draw": _l("您报的“%(course)s”（%(batch)s）已收到，报名结束后抽签，结果会发短信。"),
    "under_review": _l("您报的“%(course)s”（%(batch)s）待审核。请带身份证件到窗口核对。"),
    "refused": _l("您报的“%(course)s”（%(batch)s）没有通过。原因写在报名回执里，有疑问请问窗口。"),
    "withdrawn": _l("您已退出“%(course)s”（%(batch)s）的报名。"),
    "lapsed": _l("您报的“%(course)s”（%(batch)s）已作废。原因写在报名回执里。"),
    "offered": _l(
        "“%(course)s”（%(batch)s）轮到您了，%(starts)s开课。请在%(until)s以前答复要不要，过时给下一位。"
    ),
    "offer_lapsed": _l("“%(course)s”（%(batch)s）轮到您时没有在期限内答复，名额给了后面的人。"),
    "carried_over": _l("“%(course)s”上一期没有轮到您，您按原来的次序排在%(batch)s这一期的最前面。"),
    "to_next_batch": _l("“%(course)s”（%(batch)s）没有轮到您，下一期您仍按原来的次序排在最前面。"),
    "moved": _l("您报的“%(course)s”（%(batch)s）改期了，%(starts)s开课。不能来请退出，让给后面的人。"),
    "next_batch": _l("您关注的“%(course)s”有新的一期（%(batch)s），%(opens)s开始报名。提醒不占名额。"),
}


@dataclass(frozen=True, kw_only=True)
class Told:
    """To whom something has happened, and what: the new state, or another word of `TEXTS`.

    One application comes into one state once, and is told once; `turn` counts where it can do so again.
    """

    person_id: int
    application_id: int
    state: str
    turn: int = 1


def tell(
    unit: Unit,
    *,
    phone: str | None,
    door: Door,
    state: str,
    person_id: int | None = None,
    application_id: int | None = None,
    turn: int = 1,
    until: datetime | None = None,
) -> None:
    """Write the message about a new state; who has no phone on file reads it on the own page.

    :param person_id: on whose page it stands.
    :param application_id: what has changed: one application comes into one state once, and is told once.
    :param turn: the how-manyth time it comes into this state, where it can do so again.
    :param until: until when an answer is awaited.
    """
    if phone is None and person_id is None:
        return
    outbox.put(
        unit,
        phone=phone,
        kind=kind(state),
        text=text_of(door, state, until=until),
        person_id=person_id,
        once_key=_once_key(state, application_id, turn) if application_id is not None else None,
    )


def tell_all(unit: Unit, told: Iterable[Told], *, door: Door, until: datetime | None = None) -> None:
    """Write to several people, by one statement."""
    rows = [
        outbox.row(
            phone=people.phone_of(each.person_id),
            kind=kind(each.state),
            text=text_of(door, each.state, until=until),
            person_id=each.person_id,
            once_key=_once_key(each.state, each.application_id, each.turn),
        )
        for each in told
    ]
    outbox.put_all(unit, rows)


def tell_news(unit: Unit, person_ids: Iterable[int], *, door: Door) -> None:
    """Write to those who asked for a course that it has a new batch; each is told once of each batch."""
    rows = [
        outbox.row(
            phone=people.phone_of(person_id),
            kind="course.next_batch",
            text=text_of(door, "next_batch"),
            person_id=person_id,
            once_key=f"course.next_batch:{door.id}:{person_id}",
        )
        for person_id in person_ids
    ]
    outbox.put_all(unit, rows)


def kind(state: str) -> str:
    """Return what a message about this state is filed under."""
    return f"application.{state}"


def text_of(door: Door, state: str, *, until: datetime | None = None) -> str:
    """Return the words of a message, in Chinese."""
    with force_locale(i18n.SOURCE):
        return str(TEXTS[state]) % {
            "course": door.course_name,
            "batch": door.code,
            "starts": f"{door.starts_on.month}月{door.starts_on.day}日",
            "until": _moment(door, until) if until else "",
            "opens": _moment(door, door.opens_at) if state == "next_batch" else "",
        }


def in_chinese(code: str) -> str:
    """Return the words that are kept with a reason of core's."""
    with force_locale(i18n.SOURCE):
        return str(REASON_TEXTS[code])


def _once_key(state: str, application_id: int, turn: int) -> str:
    return f"{kind(state)}:{application_id}:{turn}"


def _moment(door: Door, at: datetime) -> str:
    local = at.astimezone(ZoneInfo(districts.zone(door.district)))
    return f"{local.month}月{local.day}日{local:%H:%M}"
