"""Reads of the ledger: balances are sums of legs, and every score is the balance of an account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from skillhub.base.db import db
from skillhub.base.errors import NotFound
from skillhub.credit.model import LedgerEntry, LedgerLeg
from skillhub.credit.rules.stars import Leg, Stars, shown


@dataclass(frozen=True)
class EntryView:
    """One booking on one account, as its holder sees it."""

    entry_id: int
    kind: str
    subject: str
    rule: str
    unit: str
    amount: int
    booked_at: datetime
    is_reversal: bool


@dataclass(frozen=True)
class Booked:
    """An entry that has not been reversed, whole."""

    entry_id: int
    rule: str
    legs: tuple[Leg, ...]


def booked(kind: str, subject: str) -> Booked:
    """Return what was booked for a subject.

    :raises NotFound: nothing was.
    """
    entry = db.session.execute(
        select(LedgerEntry.id, LedgerEntry.rule).where(
            LedgerEntry.kind == kind, LedgerEntry.subject == subject, LedgerEntry.reverses_id.is_(None)
        )
    ).one_or_none()
    if entry is None:
        raise NotFound
    legs = db.session.execute(
        select(LedgerLeg.account, LedgerLeg.unit, LedgerLeg.amount)
        .where(LedgerLeg.entry_id == entry.id)
        .order_by(LedgerLeg.id)
    )
    return Booked(entry.id, entry.rule, tuple(Leg(*leg) for leg in legs))


def worker_account(handle: str) -> str:
    """Return the name of a worker's account."""
    return f"worker:{handle}"


def employer_account(code: str) -> str:
    """Return the name of an employer's account."""
    return f"employer:{code}"


def balance(account: str, unit: str) -> int:
    """Return the sum of an account in a unit."""
    return int(
        db.session.scalar(
            select(func.coalesce(func.sum(LedgerLeg.amount), 0)).where(
                LedgerLeg.account == account, LedgerLeg.unit == unit
            )
        )
        or 0
    )


def total(unit: str) -> int:
    """Return the sum over all accounts in a unit; anything but 0 is a broken ledger."""
    return int(
        db.session.scalar(select(func.coalesce(func.sum(LedgerLeg.amount), 0)).where(LedgerLeg.unit == unit))
        or 0
    )


def stars(handle: str) -> Stars:
    """Return a worker's stars, counted from the ledger."""
    account = worker_account(handle)
    return shown(balance(account, "star"), balance(account, "rating"))


def stars_of(handles: Iterable[str]) -> dict[str, Stars]:
    """Return the stars of several workers in one question."""
    accounts = {worker_account(handle): handle for handle in handles}
    sums: dict[str, dict[str, int]] = {handle: {"star": 0, "rating": 0} for handle in accounts.values()}
    statement = (
        select(LedgerLeg.account, LedgerLeg.unit, func.sum(LedgerLeg.amount))
        .where(LedgerLeg.account.in_(list(accounts)))
        .group_by(LedgerLeg.account, LedgerLeg.unit)
    )
    for account, unit, amount in db.session.execute(statement):
        sums[accounts[account]][unit] = int(amount)
    return {handle: shown(each["star"], each["rating"]) for handle, each in sums.items()}


def statement_of(account: str) -> tuple[EntryView, ...]:
    """Return what was booked on an account, in order of booking."""
    rows = db.session.execute(
        select(LedgerEntry, LedgerLeg.unit, LedgerLeg.amount)
        .join(LedgerLeg, LedgerLeg.entry_id == LedgerEntry.id)
        .where(LedgerLeg.account == account)
        .order_by(LedgerEntry.id, LedgerLeg.id)
    )
    return tuple(
        EntryView(
            entry.id,
            entry.kind,
            entry.subject,
            entry.rule,
            unit,
            amount,
            entry.booked_at,
            entry.reverses_id is not None,
        )
        for entry, unit, amount in rows
    )


def stars_given_in(district: str) -> int:
    """Return how many ratings stand in a district (reversed ones do not)."""
    return int(
        db.session.scalar(
            select(func.coalesce(func.sum(LedgerLeg.amount), 0))
            .join(LedgerEntry, LedgerEntry.id == LedgerLeg.entry_id)
            .where(
                LedgerEntry.district_code == district,
                LedgerLeg.unit == "rating",
                LedgerLeg.account.startswith("worker:"),
            )
        )
        or 0
    )
