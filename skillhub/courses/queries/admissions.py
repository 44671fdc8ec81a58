"""The one look before an application: batch, person and what stands in the way, in a single statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select, true
from sqlalchemy.orm import aliased

from skillhub.accounts.queries import people
from skillhub.base import clock, idempotency
from skillhub.base.db import db
from skillhub.base.errors import NotFound
from skillhub.base.idempotency import Call, KeptCall
from skillhub.courses.model import Application, Batch, ClassSession, Course, Result, TrainingOrder
from skillhub.courses.queries import doors, trainings
from skillhub.courses.queries.doors import Door
from skillhub.courses.queries.trainings import Training
from skillhub.courses.rules.admission import Known
from skillhub.courses.rules.applications import ACTIVE, SEATED

_Held, _Kept, _Other = aliased(Application), aliased(Application), aliased(Application)
_Batch, _Session = aliased(Batch), aliased(ClassSession)
_person = people.APPLICANTS.c
RECENTLY = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Look:
    """What is known at one moment of a person in front of a batch's door.

    `held` is the receipt of an active application, `kept` that of the very same call.
    """

    door: Door
    training: Training
    person_id: int
    handle: str
    district: str
    phone: str | None
    known: Known
    held: str | None
    recent: int
    kept: str | None


def look(*, batch: ColumnElement[bool], person: ColumnElement[bool], call: Call | None = None) -> Look:
    """Look once; the caller checks rights on what comes back.

    :raises NotFound: there is no such batch or no such person.
    :raises KeyReused: the call's key came with something else before.
    """
    asked = {
        "call_actor": call.actor if call else "",
        "call_key": call.key if call else "",
        "since": clock.now() - RECENTLY,
    }
    row = db.session.execute(_LOOK.where(batch, person), asked).mappings().one_or_none()
    if row is None:
        raise NotFound
    return Look(
        door=doors.of_row(dict(row)),
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
        held=row["held"],
        recent=row["recent"],
        kept=_kept(row, call),
    )


def of_code(code: str) -> ColumnElement[bool]:
    """Return the condition for a batch by its code."""
    return Batch.code == code


def of_id(batch_id: int) -> ColumnElement[bool]:
    """Return the condition for a batch by its id."""
    return Batch.id == batch_id


def of_person(person_id: int) -> ColumnElement[bool]:
    """Return the condition for a person by id."""
    return _person.id == person_id


def of_handle(handle: str) -> ColumnElement[bool]:
    """Return the condition for a person by the public handle."""
    return _person.handle == handle


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


def _statement() -> Select[*tuple[Any, ...]]:
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
            _person.district.label("person_district"),
            _person.has_identity,
            _person.phone_sealed,
            _Held.receipt.label("held"),
            _recent().label("recent"),
            _passed().label("has_passed"),
            _clash().label("clash"),
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


_LOOK = _statement()
"""Put together while modules are loaded, by one thread: aliases find their columns at first
use, and two threads that use them first at the same moment get columns of the table itself
instead, in this process for good, so that rows of others come along."""
