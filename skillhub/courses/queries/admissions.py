"""The one look before an application: batch, person and what stands in the way, in a single statement.

What a district was told of it can be held against the database once more, as a condition
of the statement that lets the person in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    String,
    and_,
    bindparam,
    cast,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased

from skillhub.accounts.queries import people
from skillhub.base import clock, idempotency
from skillhub.base.db import db
from skillhub.base.errors import NotFound
from skillhub.base.idempotency import Call, KeptCall
from skillhub.base.prepared import Prepared
from skillhub.courses.model import Application, Batch, ClassSession, Course, Result, TrainingOrder
from skillhub.courses.queries import doors, trainings
from skillhub.courses.queries.doors import Door
from skillhub.courses.queries.trainings import Training
from skillhub.courses.rules.admission import Known
from skillhub.courses.rules.applications import ACTIVE, SEATED
from skillhub.districts import queries as districts

_Held, _Kept, _Other = aliased(Application), aliased(Application), aliased(Application)
_Batch, _Session = aliased(Batch), aliased(ClassSession)
_person = people.APPLICANTS.c
RECENTLY = timedelta(minutes=1)
FACTS = ("birth_on", "sex", "groups", "district", "has_identity", "has_passed", "clash")
"""What a district is told of a person that may change before the application is kept."""
CountChances = Callable[[ColumnElement[int], ColumnElement[date], ColumnElement[date]], Select[int]]


@dataclass(frozen=True)
class By:
    """By what a batch or a person is named, and the name."""

    name: str
    value: str | int


@dataclass(frozen=True, kw_only=True)
class Look:
    """What is known at one moment of a person in front of a batch's door.

    `held` is the receipt of an active application, `kept` that of the very same call;
    `chances_used` counts this year's subsidies; `facts` is for `unchanged`.
    """

    door: Door
    training: Training
    person_id: int
    handle: str
    district: str
    phone: str | None
    known: Known
    chances_used: int
    held: str | None
    recent: int
    kept: str | None
    facts: dict[str, Any]


def use_chances(count: CountChances) -> None:
    """Name who counts the subsidies that a person has used between two days (an upper floor does).

    Said while the application is put together, by one thread: see `_Statements`.
    """
    _statements[:] = [_Statements(count)]


def look(*, batch: By, person: By, call: Call | None = None) -> Look:
    """Look once; the caller checks rights on what comes back.

    :raises NotFound: there is no such batch or no such person.
    :raises KeyReused: the call's key came with something else before.
    """
    asked = {
        "call_actor": call.actor if call else "",
        "call_key": call.key if call else "",
        "since": clock.now() - RECENTLY,
        "the_batch": batch.value,
        "the_person": person.value,
    }
    year = _year(clock.now().year)
    row = _statements[0].looks[batch.name, person.name].row(db.session(), asked | year)
    if row is None:
        raise NotFound
    used, its_year = row["chances_used"], _year(clock.today(districts.zone(row["district"])).year)
    if its_year != year:  # the district lives in another zone, and the year has just begun in one of them
        used = db.session.scalar(_statements[0].chances.where(_person.id == row["person_id"]), its_year)
    return Look(
        door=doors.of_row(row),
        training=trainings.of_row(row),
        person_id=row["person_id"],
        handle=row["handle"],
        district=row["person_district"],
        phone=people.opened_phone(row["handle"], row["phone_sealed"]),
        known=Known(
            birth_on=row["birth_on"],
            sex=row["sex"],
            groups=tuple(row["groups"]),
            district=row["person_district"],
            has_identity=bool(row["has_identity"]),
            has_passed=bool(row["has_passed"]),
            clash=row["clash"],
        ),
        chances_used=used,
        held=row["held"],
        recent=row["recent"],
        kept=_kept(row, call),
        facts=_told(row) | its_year | {"told_chances_used": used},
    )


def unchanged() -> ColumnElement[bool]:
    """Return the condition, within a statement about the batch, that a look's facts still hold.

    The statement is carried out with the look's `facts`.
    """
    return _statements[0].unchanged


def of_code(code: str) -> By:
    """Name a batch by its code."""
    return By("code", code)


def of_id(batch_id: int) -> By:
    """Name a batch by its id."""
    return By("id", batch_id)


def of_person(person_id: int) -> By:
    """Name a person by id."""
    return By("id", person_id)


def of_handle(handle: str) -> By:
    """Name a person by the public handle."""
    return By("handle", handle)


def kept_call(call: Call) -> str | None:
    """Return the receipt that came of a call, None if it was not carried out.

    :raises KeyReused: the key came with something else.
    """
    row = db.session.execute(
        select(Application.receipt, Application.call_route, Application.call_sha256).where(
            Application.call_actor == call.actor, Application.call_key == call.key
        )
    ).one_or_none()
    if row is None:
        return None
    idempotency.check_same(call, route=row.call_route, body_sha256=row.call_sha256)
    return str(row.receipt)


def _kept(row: Any, call: Call | None) -> str | None:
    for receipt in ("kept", "other"):
        if call is not None and row[f"{receipt}_route"] is not None:
            idempotency.check_same(call, route=row[f"{receipt}_route"], body_sha256=row[f"{receipt}_sha256"])
            return str(row[f"{receipt}_receipt"])
    return None


def _year(year: int) -> dict[str, Any]:
    return {"year_begins": date(year, 1, 1), "year_ends": date(year, 12, 31)}


def _told(row: Any) -> dict[str, Any]:
    named = {"groups": row["groups_kept"], "district": row["person_district"]}
    return {f"told_{name}": named[name] if name in named else row[name] for name in ("person_id", *FACTS)}


class _Statements:
    """Put together by one thread, before any other asks.

    Aliases find their columns at first use, and two threads that use them first at the
    same moment get columns of the table itself instead, in this process for good, so
    that rows of others come along.
    """

    def __init__(self, count: CountChances) -> None:
        """Put them together with the count of an upper floor."""
        used = count(_person.id, bindparam("year_begins", type_=Date), bindparam("year_ends", type_=Date))
        chances = used.correlate(people.APPLICANTS).scalar_subquery()
        self.chances = select(chances).select_from(people.APPLICANTS)
        look = _look(chances)
        self.looks = {
            (batch.key, person.key): Prepared(
                look.where(batch == bindparam("the_batch"), person == bindparam("the_person"))
            )
            for batch in (Batch.code, Batch.id)
            for person in (_person.id, _person.handle)
        }
        self.unchanged = _unchanged(chances)


def _unchanged(chances: ColumnElement[int]) -> ColumnElement[bool]:
    facts = [
        _person.birth_on,
        _person.sex,
        cast(_person.groups, String),
        _person.district,
        _person.has_identity,
        _passed(),
        _clash(),
    ]
    told = dict(zip(FACTS, facts, strict=True)) | {"chances_used": chances}
    return (
        select(literal(1))
        .select_from(people.APPLICANTS)
        .join(Course, true())
        .where(
            Course.id == Batch.course_id,
            _person.id == bindparam("told_person_id"),
            *(
                fact.is_not_distinct_from(bindparam(f"told_{name}", type_=fact.type))
                for name, fact in told.items()
            ),
        )
        .correlate(Batch)
        .exists()
    )


def _look(chances: ColumnElement[int]) -> Select[*tuple[Any, ...]]:
    actor: ColumnElement[str] = bindparam("call_actor")
    key: ColumnElement[str] = bindparam("call_key")
    return (
        select(
            *doors.COLUMNS,
            *trainings.COLUMNS,
            _person.id.label("person_id"),
            _person.handle,
            _person.birth_on,
            _person.sex,
            _person.groups,
            cast(_person.groups, String).label("groups_kept"),
            _person.district.label("person_district"),
            _person.has_identity,
            _person.phone_sealed,
            _Held.receipt.label("held"),
            _recent().label("recent"),
            _passed().label("has_passed"),
            _clash().label("clash"),
            chances.label("chances_used"),
            _Kept.receipt.label("kept_receipt"),
            _Kept.call_route.label("kept_route"),
            _Kept.call_sha256.label("kept_sha256"),
            KeptCall.reference.label("other_receipt"),
            KeptCall.route.label("other_route"),
            KeptCall.body_sha256.label("other_sha256"),
        )
        .join(Course, Course.id == Batch.course_id)
        .outerjoin(TrainingOrder, TrainingOrder.id == Batch.order_id)
        .join(people.APPLICANTS, true())  # whose row it is stands in the condition
        .outerjoin(
            _Held,
            and_(_Held.batch_id == Batch.id, _Held.person_id == _person.id, _Held.state.in_(ACTIVE)),
        )
        .outerjoin(_Kept, and_(_Kept.call_actor == actor, _Kept.call_key == key))
        .outerjoin(KeptCall, and_(KeptCall.actor == actor, KeptCall.key == key))
    )


def _recent() -> Any:
    return (
        select(func.count())
        .select_from(_Other)
        .where(
            _Other.person_id == _person.id,
            _Other.applied_at > bindparam("since"),
            _Other.registered_by_id.is_(None),
        )
        .correlate(people.APPLICANTS)
        .scalar_subquery()
    )


def _passed() -> ColumnElement[bool]:
    """Whether the person has completed this course, or its occupation, trade and level, before."""
    same = aliased(Course)
    earlier = aliased(Batch)
    return (
        select(Result.id)
        .join(_Other, _Other.id == Result.application_id)
        .join(earlier, earlier.id == Result.batch_id)
        .join(same, same.id == earlier.course_id)
        .where(
            _Other.person_id == _person.id,
            Result.outcome == "certified",
            same.trade == Course.trade,
            or_(same.occupation == Course.occupation, same.id == Course.id),
            func.coalesce(same.level, "") == func.coalesce(Course.level, ""),
        )
        .correlate(people.APPLICANTS, Course)
        .exists()
    )


def _clash() -> Any:
    """The code of another class in which the person has a seat and that meets at the same time."""
    own = aliased(ClassSession)
    return (
        select(_Batch.code)
        .select_from(_Other)
        .join(_Batch, _Batch.id == _Other.batch_id)
        .join(_Session, _Session.batch_id == _Batch.id)
        .join(
            own,
            and_(own.starts_at < _Session.ends_at, own.ends_at > _Session.starts_at),
        )
        .where(
            _Other.person_id == _person.id,
            _Other.state.in_(SEATED),
            _Batch.id != Batch.id,
            _Batch.state == "published",
            own.batch_id == Batch.id,
        )
        .order_by(_Batch.id)
        .limit(1)
        .correlate(people.APPLICANTS, Batch)
        .scalar_subquery()
    )


def _nobody_counts(
    _person: ColumnElement[int], _first: ColumnElement[date], _last: ColumnElement[date]
) -> Select[int]:
    return select(literal(0))


_statements = [_Statements(_nobody_counts)]
