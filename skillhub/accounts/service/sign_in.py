"""The only place that lets people in: by code or by password, with limited tries, for a new token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, insert, select, update

from skillhub.accounts.errors import ChoosePerson, SignInFailed, reading
from skillhub.accounts.model import SignInCode, SignInSession
from skillhub.accounts.queries import actors, people, sign_ins
from skillhub.accounts.queries.people import PersonView
from skillhub.accounts.rules import bearer, phones
from skillhub.accounts.rules.limits import LIMITS
from skillhub.accounts.service import passwords, tries
from skillhub.accounts.service.tries import Try
from skillhub.base import audit, clock, outbox, seal
from skillhub.base.access import ANONYMOUS, Actor
from skillhub.base.db import Unit, unit_of_work
from skillhub.web.words import masked

CODE_KIND = "sign_in.code"
CODE_TEXT = "【零工市场】您的登录验证码是{code}，{minutes}分钟内有效。不要告诉别人，工作人员也不会问您要。"


@dataclass(frozen=True)
class SignedInAs:
    """A new sign-in; the token is known this once."""

    token: str
    expires_at: datetime
    person_id: int
    handle: str
    actor: Actor


@dataclass(frozen=True)
class NotRegistered:
    """The code was right and nobody has this phone: the ticket lets its holder register with it."""

    ticket: str


def send_code(*, phone: str) -> None:
    """Send a one-time code, to known and unknown phones alike; over the limit nothing is sent or said.

    :raises Invalid: it is no mobile number.
    """
    number = _number(phone)
    ring = seal.keyring()
    phone_hash = ring.hashed("phone", number)
    now = clock.real_now()
    with unit_of_work() as unit:
        since = now - timedelta(minutes=LIMITS.codes_within_minutes)
        sent = unit.session.scalar(
            select(func.count())
            .select_from(SignInCode)
            .where(SignInCode.phone_hash == phone_hash, SignInCode.created_at > since)
        )
        if (sent or 0) >= LIMITS.codes_per_phone:
            return
        code = bearer.code(LIMITS.code_digits)
        code_hash = ring.hashed("code", f"{number}:{code}")
        good_until = now + timedelta(minutes=LIMITS.code_minutes)
        unit.session.execute(
            insert(SignInCode).values(
                phone_hash=phone_hash,
                code_hash=code_hash,
                created_at=now,
                expires_at=good_until,
                phone_sealed=ring.seal(number, bound_to=f"sign_in_code.phone:{code_hash}"),
            )
        )
        text = CODE_TEXT.format(code=code, minutes=LIMITS.code_minutes)
        outbox.put(unit, phone=number, kind=CODE_KIND, text=text, code=code, good_until=good_until)


def sign_in(
    *,
    phone: str,
    address: str,
    kind: str,
    code: str | None = None,
    password: str | None = None,
    person: str | None = None,
) -> SignedInAs | NotRegistered:
    """Let a person in by code or password.

    :param address: where the request comes from; only failures are counted.
    :param kind: `sign_ins.PAGE` or `sign_ins.PROGRAM`; an unknown phone may register at the pages only.
    :param person: whom of several who share the phone.
    :raises SignInFailed: phone, code and password do not belong together.
    :raises ChoosePerson: several people share the phone, and none was named.
    :raises TooMany: too many wrong tries.
    :raises Invalid: it is no mobile number.
    """
    number = _number(phone)
    attempt = tries.note(number, address)
    code_id: int | None = None
    meant: tuple[int, ...] = ()
    if password:
        meant = passwords.verified(password, sign_ins.passwords(number))
    elif code:
        code_id = sign_ins.good_code(number, bearer.typed_code(code))
        if code_id is not None:
            meant = tuple(view.id for view in people.with_phone(number))
    if code_id is not None and not meant and kind == sign_ins.PAGE:
        return _ticket(attempt, code_id)
    person_id = _one_of(attempt, meant, person)
    return _let_in(attempt, person_id, code_id, kind)


def sign_out(*, token: str) -> None:
    """End the sign-in of a token; ending it again changes nothing."""
    now = clock.real_now()
    with unit_of_work() as unit:
        ended = unit.session.execute(
            update(SignInSession)
            .where(SignInSession.token_hash == bearer.kept(token), SignInSession.ended_at.is_(None))
            .values(ended_at=now)
            .returning(SignInSession.person_id)
        ).scalar()
        if ended is not None:
            audit.record(unit, actor=Actor(ended), verb="sign_in.end", subject=f"person:{ended}")


def keep_alive(*, sign_in_id: int) -> None:
    """Note that a person is still there."""
    with unit_of_work() as unit:
        unit.session.execute(
            update(SignInSession).where(SignInSession.id == sign_in_id).values(seen_at=clock.real_now())
        )


def start_in(unit: Unit, *, person_id: int, kind: str) -> SignedInAs:
    """Begin a sign-in inside a unit; every sign-in has a new token."""
    actor = actors.actor_of(person_id)
    roles = [grant.role for grant in actor.grants]
    now = clock.real_now()
    longest = LIMITS.longest(roles) if kind == sign_ins.PAGE else LIMITS.program_longest
    token = bearer.secret()
    unit.session.execute(
        insert(SignInSession).values(
            token_hash=bearer.kept(token),
            person_id=person_id,
            kind=kind,
            created_at=now,
            seen_at=now,
            expires_at=now + longest,
        )
    )
    audit.record(unit, actor=Actor(person_id), verb="sign_in.begin", subject=f"person:{person_id}", kind=kind)
    return SignedInAs(token, now + longest, person_id, people.person(person_id).handle, actor)


def _number(phone: str) -> str:
    with reading() as fields:
        number = fields.read("phone", lambda: phones.mobile(phone))
    return number or ""


def _one_of(attempt: Try, meant: tuple[int, ...], person: str | None) -> int:
    if not meant:
        _note_failure(attempt)
        raise SignInFailed
    views = people.many(meant)
    if person is not None:
        meant = tuple(person_id for person_id in meant if views[person_id].handle == person)
        if not meant:
            _note_failure(attempt)
            raise SignInFailed
    if len(meant) > 1:
        with unit_of_work() as unit:
            tries.forgive(unit, attempt)
        raise ChoosePerson(_told_apart([views[each] for each in meant]))
    return meant[0]


def _told_apart(several: list[PersonView]) -> tuple[tuple[str, str], ...]:
    """Return handle and masked name; who would look alike is told by the end of the document's number."""
    names = [masked(each.name) for each in several]
    return tuple(
        (
            each.handle,
            _("%(name)s（证件尾号%(end)s）", name=name, end=each.id_last4)
            if names.count(name) > 1 and each.id_last4
            else name,
        )
        for each, name in zip(several, names, strict=True)
    )


def _note_failure(attempt: Try) -> None:
    with unit_of_work() as unit:
        audit.record(unit, actor=ANONYMOUS, verb="sign_in.fail", subject=f"account:{attempt.account[:16]}")


def _let_in(attempt: Try, person_id: int, code_id: int | None, kind: str) -> SignedInAs:
    with unit_of_work() as unit:
        if code_id is not None:
            _use_up(unit, code_id)
        tries.forgive(unit, attempt)
        return start_in(unit, person_id=person_id, kind=kind)


def _ticket(attempt: Try, code_id: int) -> NotRegistered:
    ticket = bearer.secret()
    with unit_of_work() as unit:
        _use_up(unit, code_id)
        tries.forgive(unit, attempt)
        unit.session.execute(
            update(SignInCode)
            .where(SignInCode.id == code_id)
            .values(
                ticket_hash=bearer.kept(ticket),
                ticket_expires_at=clock.real_now() + timedelta(minutes=LIMITS.registration_minutes),
            )
        )
    return NotRegistered(ticket)


def _use_up(unit: Unit, code_id: int) -> None:
    """Use a code once: of two at the same moment one is too late."""
    phone_hash = unit.session.execute(
        update(SignInCode)
        .where(SignInCode.id == code_id, SignInCode.used_at.is_(None))
        .values(used_at=clock.real_now())
        .returning(SignInCode.phone_hash)
    ).scalar()
    if phone_hash is None:
        raise SignInFailed
    unit.session.execute(
        update(SignInCode)
        .where(SignInCode.phone_hash == phone_hash, SignInCode.used_at.is_(None))
        .values(used_at=clock.real_now())
    )
