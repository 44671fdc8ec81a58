"""The only place that makes sign-in tokens, codes and tickets, and the hashes under which they are kept."""

from __future__ import annotations

import hashlib
import re
import secrets

from skillhub.accounts.rules.text import half_width

TOKEN_PREFIX = "sh_"  # noqa: S105 (says whose token it is, and is none)
SECRET_BYTES = 32


def secret() -> str:
    """Return 256 random bits, safe in a header and in a cookie."""
    return secrets.token_urlsafe(SECRET_BYTES)


def access_token() -> str:
    """Return a new token for a program; the prefix lets scanners of repositories find a lost one."""
    return TOKEN_PREFIX + secret()


def kept(token: str) -> str:
    """Return the hash under which a random token is kept; 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def code(digits: int) -> str:
    """Return a new one-time code, leading zeros included."""
    return f"{secrets.randbelow(10**digits):0{digits}d}"


def typed_code(text: str) -> str:
    """Return a code as it was sent: without spaces, full-width digits as digits."""
    return re.sub(r"[\s-]+", "", half_width(text))
