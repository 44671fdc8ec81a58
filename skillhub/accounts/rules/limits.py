"""The only place for the limits of signing in: how often, how long, how many characters."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from skillhub.base.access import Role


@dataclass(frozen=True)
class Limits:
    """Every limit with its unit; tests drive each to its edge."""

    code_digits: int = 6
    code_minutes: int = 5
    codes_per_phone: int = 5
    codes_within_minutes: int = 10
    wrong_tries_per_account: int = 6
    wrong_tries_per_account_everywhere: int = 30
    failures_per_address: int = 100
    failures_within_minutes: int = 10
    registration_minutes: int = 20
    invitation_hours: int = 72
    invitation_wrong_tries: int = 10
    password_least: int = 8
    password_most: int = 128
    staff_idle: timedelta = timedelta(minutes=30)
    staff_longest: timedelta = timedelta(hours=12)
    trainee_idle: timedelta = timedelta(days=7)
    trainee_longest: timedelta = timedelta(days=30)
    program_longest: timedelta = timedelta(hours=12)
    mail_code_minutes: int = 30
    mail_codes_per_person: int = 5
    mail_codes_within_minutes: int = 10
    mail_wrong_tries: int = 6
    token_days: int = 30
    token_days_most: int = 366

    def idle(self, roles: Collection[str]) -> timedelta:
        """Return how long a sign-in at the pages lasts without a request."""
        return self.trainee_idle if _only_trainee(roles) else self.staff_idle

    def longest(self, roles: Collection[str]) -> timedelta:
        """Return how long a sign-in at the pages lasts at most."""
        return self.trainee_longest if _only_trainee(roles) else self.staff_longest


def _only_trainee(roles: Collection[str]) -> bool:
    return set(roles) <= {Role.TRAINEE}


LIMITS = Limits()
