"""The only place that says which passwords are taken; what is taken is kept byte for byte."""

from __future__ import annotations

from skillhub.accounts.rules.limits import LIMITS
from skillhub.accounts.wrong import Wrong

DIFFERENT_AT_LEAST = 3
_RUNS = ("0123456789012345", "9876543210987654", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")
_KNOWN = frozenset(
    [
        "password",
        "password1",
        "passw0rd",
        "p@ssw0rd",
        "1qaz2wsx",
        "q1w2e3r4",
        "iloveyou",
        "woaini520",
        "woaini1314",
        "5201314520",
        "a1234567",
        "a12345678",
        "a123456789",
        "abc12345",
        "abcd1234",
        "123456abc",
        "123qweasd",
        "qwe12345",
        "skillhub",
        "skillhub1",
        "linggong",
        "lunan123",
    ]
)


def password(text: str, *, phone: str | None) -> str:
    """Return the password unchanged.

    :raises Wrong: it is too short, too long, or among those that are tried first.
    """
    if len(text) < LIMITS.password_least:
        raise Wrong("password_short")
    if len(text) > LIMITS.password_most:
        raise Wrong("password_long")
    lower = text.lower()
    is_guessed = (
        lower in _KNOWN
        or len(set(lower)) < DIFFERENT_AT_LEAST
        or any(lower in run for run in _RUNS)
        or (phone is not None and phone in text)
    )
    if is_guessed:
        raise Wrong("password_known")
    return text
