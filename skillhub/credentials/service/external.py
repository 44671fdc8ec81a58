"""The only place that records certificates that others issued, and who has looked them up, when and where.

Their numbers are given by the state and the assessor: none is made here, and none of ours is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from skillhub.accounts.queries import people
from skillhub.accounts.queries.people import PersonView
from skillhub.base import access, audit, clock, ids
from skillhub.base.access import Actor, Role
from skillhub.base.db import Unit, unit_of_work
from skillhub.base.errors import NotFound
from skillhub.base.faults import Faults
from skillhub.credentials.errors import AlreadyLookedUp, ConfirmedForAnother, OwnCertificate, RecordedAlready
from skillhub.credentials.model import ExternalCertificate
from skillhub.credentials.queries import external
from skillhub.credentials.queries.external import ExternalView
from skillhub.credentials.rules import external as rules
from skillhub.credentials.rules import numbers
from skillhub.credentials.rules.external import Number, State
from skillhub.districts import queries as districts

LONGEST_ISSUER, LONGEST_TRADE, LONGEST_LOOK_UP = 60, 30, 100


def record_own(*, actor: Actor, number: str, issuer: str, trade: str, issued_on: date) -> str:
    """Record one of the actor's own, which counts as unverified, and return its handle.

    :raises Forbidden: the actor is no trainee.
    :raises Invalid: something is missing, or the number cannot be one of theirs.
    :raises RecordedAlready: it is on record.
    """
    access.require_role(actor, Role.TRAINEE)
    if actor.person_id is None:
        raise NotFound
    return _record(actor, people.person(actor.person_id), Told(number, issuer, trade, issued_on))


def record_for(*, actor: Actor, person: str, number: str, issuer: str, trade: str, issued_on: date) -> str:
    """Record one of a person's for the person, unverified too, and return its handle.

    :raises NotFound: there is no such person for this actor.
    :raises Invalid: something is missing, or the number cannot be one of theirs.
    :raises RecordedAlready: it is on record.
    """
    return _record(actor, external.recordable(actor, person), Told(number, issuer, trade, issued_on))


@dataclass(frozen=True)
class Told:
    """What its paper says, as somebody typed it."""

    number: str
    issuer: str
    trade: str
    issued_on: date


def _record(actor: Actor, holder: PersonView, told: Told) -> str:
    kept = _checked(told, today=clock.today(districts.district(holder.district).zone))
    handle = ids.handle("x")
    with unit_of_work() as unit:
        try:
            with unit.session.begin_nested():
                unit.session.execute(
                    insert(ExternalCertificate).values(
                        **kept,
                        handle=handle,
                        person_id=holder.id,
                        district_code=holder.district,
                        recorded_by_id=actor.person_id,
                        recorded_at=clock.now(),
                        state=State.UNVERIFIED.value,
                    )
                )
        except IntegrityError:
            raise RecordedAlready from None
        _note(unit, actor, "record", handle, holder.district)
        return unit.refer(handle)


def _checked(told: Told, *, today: date) -> dict[str, Any]:
    """Return the columns that say what the paper says.

    :raises Invalid: with all that is wrong.
    """
    faults = Faults()
    read = _number(faults, told.number)
    kept: dict[str, Any] = {
        "issuer": faults.text("issuer", told.issuer, most=LONGEST_ISSUER),
        "trade": faults.text("trade", told.trade, most=LONGEST_TRADE),
        "issued_on": told.issued_on,
    }
    if told.issued_on > today:
        faults.add("issued_on", "in_future", _l("发证日期不能晚于今天。"))
    elif read is not None and read.year not in (None, told.issued_on.year % 100):
        faults.add(
            "issued_on",
            "not_the_year",
            _l("编号里写的是%(year)s年发证，和日期对不上。请看原件。", year=f"{read.year:02d}"),
        )
    faults.stop()
    return kept if read is None else kept | {"number": read.text, "level": read.level}


def _number(faults: Faults, given: str) -> Number | None:
    kept = rules.plain(given)
    if not kept:
        faults.add("number", "missing", _l("请填证书编号，照原件填。"))
        return None
    if numbers.read(kept) is not None:
        faults.add(
            "number",
            "our_own",
            _l("这是本系统发的培训证书的编号，不用在这里登记，在“我的证书”里就有。"),
        )
        return None
    read = rules.read(kept)
    if read is None:
        faults.add(
            "number",
            "not_theirs",
            _l("不像职业技能等级证书的编号：1个字母加21位数字，比如Y开头；以前的职业资格证书是16位数字。"),
        )
    return read


def confirm(*, actor: Actor, certificate: str, looked_up: str) -> str:
    """Write down that staff have found it genuine, and where they looked; return its handle.

    :raises NotFound: there is none, or not for this actor.
    :raises Invalid: it is not said where.
    :raises OwnCertificate: it is the actor's own.
    :raises AlreadyLookedUp: somebody has done so.
    :raises ConfirmedForAnother: the number belongs to somebody else.
    """
    return _decide(actor, certificate, State.CONFIRMED, looked_up)


def refute(*, actor: Actor, certificate: str, looked_up: str) -> str:
    """Write down that staff have not found it, and where they looked; return its handle.

    :raises NotFound: there is none, or not for this actor.
    :raises Invalid: it is not said where.
    :raises OwnCertificate: it is the actor's own.
    :raises AlreadyLookedUp: somebody has done so.
    """
    return _decide(actor, certificate, State.REFUTED, looked_up)


def _decide(actor: Actor, certificate: str, state: State, looked_up: str) -> str:
    with unit_of_work() as unit:
        access.require_role(actor, *external.STAFF)
        found = external.readable(actor, certificate)
        if actor.person_id == found.person_id:
            raise OwnCertificate
        if not external.is_decidable(actor, found):
            raise NotFound
        faults = Faults()
        where = faults.text("looked_up", looked_up, most=LONGEST_LOOK_UP)
        faults.stop()
        _decide_in(unit, actor, found, state, where)
        _note(unit, actor, state.value, certificate, found.district)
        return unit.refer(certificate)


def _decide_in(unit: Unit, actor: Actor, found: ExternalView, state: State, where: str) -> None:
    statement = (
        update(ExternalCertificate)
        .where(ExternalCertificate.id == found.id, ExternalCertificate.state == State.UNVERIFIED.value)
        .values(state=state.value, looked_up=where, decided_by_id=actor.person_id, decided_at=clock.now())
        .returning(ExternalCertificate.id)
        .execution_options(synchronize_session=False)
    )
    try:
        with unit.session.begin_nested():
            done = unit.session.execute(statement).scalar()
    except IntegrityError:
        raise ConfirmedForAnother from None
    if done is None:
        raise AlreadyLookedUp


def _note(unit: Unit, actor: Actor, verb: str, handle: str, district: str) -> None:
    subject = f"external_certificate:{handle}"
    audit.record(unit, actor=actor, verb=f"external_certificate.{verb}", subject=subject, district=district)
