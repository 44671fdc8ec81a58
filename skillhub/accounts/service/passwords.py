"""The only place that hashes and verifies passwords (Argon2id)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select, update

from skillhub.accounts.errors import SignInFailed, reading
from skillhub.accounts.model import Person
from skillhub.accounts.queries import people
from skillhub.accounts.rules import passwords
from skillhub.accounts.rules.limits import LIMITS
from skillhub.base import audit
from skillhub.base.access import Actor
from skillhub.base.db import Unit, db, unit_of_work
from skillhub.base.errors import NotFound

_hasher = PasswordHasher()


@lru_cache(maxsize=1)
def _nobodys() -> str:
    """Return the hash that is tried for accounts that have none, so that they take as long."""
    return _hasher.hash("nobody has this password")


def verified(password: str, candidates: Iterable[tuple[int, str | None]]) -> tuple[int, ...]:
    """Return whose password it is; unknown accounts take as long as known ones."""
    if len(password) > LIMITS.password_most:
        return ()
    known = [(person_id, kept) for person_id, kept in candidates if kept is not None]
    if not known:
        _matches(_nobodys(), password)
        return ()
    return tuple(person_id for person_id, kept in known if _matches(kept, password))


def has_one(*, person_id: int) -> bool:
    """Tell whether a person has set a password."""
    return db.session.scalar(select(Person.password_hash).where(Person.id == person_id)) is not None


def change(*, actor: Actor, current: str | None, password: str) -> None:
    """Set the actor's own password; one that exists must be known.

    :raises SignInFailed: the current password is wrong.
    :raises Invalid: the new one is too short, too long or too common.
    """
    if actor.person_id is None:
        raise NotFound
    kept = db.session.scalar(select(Person.password_hash).where(Person.id == actor.person_id))
    if kept is not None and not _matches(kept, current or ""):
        raise SignInFailed
    made = hashed(password, phone=people.phone_of(actor.person_id))
    with unit_of_work() as unit:
        _set(unit, actor, actor.person_id, made)
        unit.refer(str(actor.person_id))


def set_in(unit: Unit, *, actor: Actor, person_id: int, password: str) -> None:
    """Give a person a first password inside a unit (set-up and loaders of ours).

    :raises NotFound: a person tries.
    """
    if actor.system is None:
        raise NotFound
    _set(unit, actor, person_id, _hasher.hash(password))


def hashed(password: str, *, phone: str | None) -> str:
    """Return the hash of a new password (made before the unit: it takes a tenth of a second).

    :raises Invalid: it is too short, too long or too common.
    """
    with reading() as fields:
        fields.read("password", lambda: passwords.password(password, phone=phone))
    return _hasher.hash(password)


def set_first_in(unit: Unit, *, person_id: int, hashed: str) -> bool:
    """Give a person the first password inside a unit, and tell whether there was none before."""
    first = unit.session.execute(
        update(Person)
        .where(Person.id == person_id, Person.password_hash.is_(None))
        .values(password_hash=hashed)
        .returning(Person.id)
    ).scalar()
    if first is not None:
        audit.record(unit, actor=Actor(person_id), verb="password.set", subject=f"person:{person_id}")
    return first is not None


def forget_in(unit: Unit, *, actor: Actor, person_id: int) -> None:
    """Take a person's password away inside a unit (forgotten; only the command line does this).

    :raises NotFound: a person tries.
    """
    if actor.system is None:
        raise NotFound
    unit.session.execute(update(Person).where(Person.id == person_id).values(password_hash=None))
    audit.record(unit, actor=actor, verb="password.forget", subject=f"person:{person_id}")


def _set(unit: Unit, actor: Actor, person_id: int, hashed: str) -> None:
    unit.session.execute(update(Person).where(Person.id == person_id).values(password_hash=hashed))
    audit.record(unit, actor=actor, verb="password.set", subject=f"person:{person_id}")


def _matches(kept: str, password: str) -> bool:
    try:
        return _hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False
