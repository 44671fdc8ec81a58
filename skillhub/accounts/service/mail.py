"""The only place that changes how a person is told: the mail address, confirmed by a code, and the choice."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import insert, update

from skillhub.accounts.errors import field_error, reading
from skillhub.accounts.model import Consent, MailAddress, MessageChoice
from skillhub.accounts.queries import mail as queries
from skillhub.accounts.rules import bearer, consents
from skillhub.accounts.rules import mail as rules
from skillhub.accounts.rules.limits import LIMITS
from skillhub.base import audit, clock, idempotency, ids, outbox, post, seal
from skillhub.base.access import Actor
from skillhub.base.db import Unit, unit_of_work, upsert
from skillhub.base.errors import Invalid, TooMany, Unauthenticated
from skillhub.base.post import Channel

CODE_KIND = "email.code"
CODE_TEXT = "【零工市场】邮箱确认码是{code}，{minutes}分钟内有效。不是您本人填的，就不用理会。"


def is_open() -> bool:
    """Tell whether mail can be used here: there is a mail server, or this is a demonstration."""
    gateways = post.in_use()
    return Channel.MAIL in gateways.by_channel or not gateways.is_for_real


def ask(*, actor: Actor, address: str) -> str:
    """Send a code to an address that the actor wants to be told by, and return its handle.

    :raises Invalid: it is no address, or mail is not connected here.
    :raises TooMany: too many codes in a few minutes.
    """
    person_id = _oneself(actor)
    if not is_open():
        raise Invalid(field_error("mail", "mail_closed"))
    with reading() as fields:
        whole = fields.read("mail", lambda: rules.address(address)) or ""
    ring = seal.keyring()
    handle, code, now = ids.handle("e"), bearer.code(LIMITS.code_digits), clock.real_now()
    until = now + timedelta(minutes=LIMITS.mail_code_minutes)
    with unit_of_work() as unit:
        if queries.codes_sent(person_id) >= LIMITS.mail_codes_per_person:
            raise TooMany
        unit.session.execute(
            insert(MailAddress).values(
                person_id=person_id,
                handle=handle,
                address_sealed=ring.seal(whole, bound_to=f"mail_address.address:{handle}"),
                code_hash=_hashed(handle, code),
                code_until=until,
                wrong_tries=0,
                asked_at=now,
            )
        )
        text = CODE_TEXT.format(code=code, minutes=LIMITS.mail_code_minutes)
        outbox.put(unit, phone=None, mail=whole, kind=CODE_KIND, text=text, code=code, good_until=until)
        return unit.refer(handle)


def confirm(*, actor: Actor, code: str) -> str:
    """Let the address count to which this code was sent, for all from now on, and return its handle.

    :raises Invalid: the code is wrong, used or over.
    """
    person_id = _oneself(actor)
    found = queries.asked(person_id)
    typed = bearer.typed_code(code)
    if found is None or not _may_try(found.id) or found.code_hash != _hashed(found.handle, typed):
        raise Invalid(field_error("code", "mail_code_wrong"))
    now = clock.real_now()
    with unit_of_work() as unit:
        _withdraw_all(unit, person_id, now)
        taken = unit.session.execute(
            update(MailAddress)
            .where(MailAddress.id == found.id, MailAddress.code_hash.is_not(None))
            .values(confirmed_at=now, code_hash=None, code_until=None)
            .returning(MailAddress.id)
            .execution_options(synchronize_session=False)
        ).scalar()
        if taken is None:
            raise Invalid(field_error("code", "mail_code_wrong"))
        text = consents.CURRENT[consents.MAIL]
        unit.session.execute(
            insert(Consent).values(
                person_id=person_id,
                purpose=text.purpose,
                text_version=text.version,
                given_at=clock.now(),
                recorded_by_id=person_id,
            )
        )
        _choose(unit, person_id, Channel.MAIL, Channel.MAIL, now)
        audit.record(unit, actor=actor, verb="mail.confirm", subject=f"person:{person_id}")
        return unit.refer(found.handle)


def withdraw(*, actor: Actor) -> str:
    """Stop using the actor's address; what would have gone there goes by SMS. Again changes nothing."""
    person_id = _oneself(actor)
    with unit_of_work() as unit:
        before = queries.choice_of(person_id)
        now = clock.real_now()
        if _withdraw_all(unit, person_id, now):
            unit.session.execute(
                update(MailAddress)
                .where(MailAddress.person_id == person_id, MailAddress.withdrawn_at.is_(None))
                .values(withdrawn_at=now, code_hash=None)
                .execution_options(synchronize_session=False)
            )
            decisions, news = (
                Channel.SMS if way is Channel.MAIL else way for way in (before.decisions, before.news)
            )
            _choose(unit, person_id, decisions, news, now)
            audit.record(unit, actor=actor, verb="mail.withdraw", subject=f"person:{person_id}")
        return unit.refer(str(person_id))


def choose(*, actor: Actor, decisions: str, news: str) -> str:
    """Set how the actor is told of decisions and of news.

    Codes come by SMS all the same, and every message stands on the own page.

    :raises Invalid: there is no such way, or no confirmed address.
    """
    person_id = _oneself(actor)
    has_mail = queries.choice_of(person_id).mail is not None
    wrong = []
    for field, way in (("decisions", decisions), ("news", news)):
        if way not in set(Channel):
            wrong.append(field_error(field, "channel_unknown"))
        elif way == Channel.MAIL and not has_mail:
            wrong.append(field_error(field, "mail_needed"))
    if wrong:
        raise Invalid(*wrong)
    with unit_of_work() as unit:
        _choose(unit, person_id, Channel(decisions), Channel(news), clock.real_now())
        audit.record(
            unit,
            actor=actor,
            verb="messages.choose",
            subject=f"person:{person_id}",
            decisions=decisions,
            news=news,
        )
        return unit.refer(str(person_id))


def _oneself(actor: Actor) -> int:
    if actor.person_id is None:
        raise Unauthenticated
    return actor.person_id


def _hashed(handle: str, code: str) -> str:
    return seal.keyring().hashed("mail_code", f"{handle}:{code}")


def _may_try(address_id: int) -> bool:
    """Count a try before anything is compared, so that tries at the same moment count, too."""
    with idempotency.apart(), unit_of_work() as unit:
        counted = unit.session.execute(
            update(MailAddress)
            .where(MailAddress.id == address_id, MailAddress.wrong_tries < LIMITS.mail_wrong_tries)
            .values(wrong_tries=MailAddress.wrong_tries + 1)
            .returning(MailAddress.id)
            .execution_options(synchronize_session=False)
        ).scalar()
    return counted is not None


def _withdraw_all(unit: Unit, person_id: int, now: datetime) -> bool:
    """End the confirmed address and its consent, and tell whether there was one."""
    ended = unit.session.execute(
        update(MailAddress)
        .where(
            MailAddress.person_id == person_id,
            MailAddress.confirmed_at.is_not(None),
            MailAddress.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
        .returning(MailAddress.id)
        .execution_options(synchronize_session=False)
    ).all()
    unit.session.execute(
        update(Consent)
        .where(
            Consent.person_id == person_id,
            Consent.purpose == consents.MAIL,
            Consent.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    return bool(ended)


def _choose(unit: Unit, person_id: int, decisions: Channel, news: Channel, now: datetime) -> None:
    values = {"decisions": decisions.value, "news": news.value, "chosen_at": now}
    row = upsert(unit, MessageChoice).values(person_id=person_id, **values)
    unit.session.execute(row.on_conflict_do_update(index_elements=[MessageChoice.person_id], set_=values))
    outbox.choose_again(unit, person_id=person_id)
