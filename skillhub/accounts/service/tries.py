"""The only place that counts wrong tries: for each account, and for each address from which they come."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, insert

from skillhub.accounts.model import SignInFailure
from skillhub.accounts.queries import sign_ins
from skillhub.accounts.rules.limits import LIMITS
from skillhub.base import clock, seal
from skillhub.base.db import Unit, unit_of_work
from skillhub.base.errors import TooMany


@dataclass(frozen=True)
class Try:
    """One try to get in, noted as failed until it succeeds."""

    id: int
    account: str
    address: str


def note(account: str, address: str) -> Try:
    """Note the try before anything is compared, so that tries at the same moment count, too.

    :param account: what somebody wants to get into (a phone, an invitation).
    :raises TooMany: too many wrong tries before.
    """
    ring = seal.keyring()
    kept, place = ring.hashed("account", account), ring.hashed("address", address)
    _refuse_too_many(kept, place)
    with unit_of_work() as unit:
        noted = unit.session.execute(
            insert(SignInFailure)
            .values(account=kept, address=place, at=clock.real_now())
            .returning(SignInFailure.id)
        ).scalar_one()
    _refuse_too_many(kept, place, but=noted)
    return Try(noted, kept, place)


def forgive(unit: Unit, attempt: Try) -> None:
    """Take back what was noted for this account from this address: it was its owner."""
    unit.session.execute(
        delete(SignInFailure).where(
            SignInFailure.account == attempt.account, SignInFailure.address == attempt.address
        )
    )


def _refuse_too_many(account: str, address: str, *, but: int | None = None) -> None:
    """Stop guessing: an account that was tried too often is closed to the addresses that tried it.

    Its owner gets in from elsewhere, unless the guessing comes from everywhere.
    """
    everywhere, here, of_address = sign_ins.failures(account, address, but=but)
    is_closed = everywhere >= LIMITS.wrong_tries_per_account and here > 0
    if (
        is_closed
        or everywhere >= LIMITS.wrong_tries_per_account_everywhere
        or of_address >= LIMITS.failures_per_address
    ):
        raise TooMany
