"""The only place that reads a mail address; whether it exists is found out by a code that is sent there."""

from __future__ import annotations

import re

from skillhub.accounts.rules.text import half_width
from skillhub.accounts.wrong import Wrong

LONGEST = 120
_ADDRESS = re.compile(
    r"[A-Za-z0-9_+-](?:[A-Za-z0-9._+-]{0,62}[A-Za-z0-9_+-])?"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}",
    re.ASCII,
)


def address(text: str) -> str:
    """Return a mail address as it is written on an envelope: half-width, the domain in small letters.

    :raises Wrong: it is none.
    """
    typed = half_width(text).strip()
    if not typed:
        raise Wrong("mail_missing")
    if len(typed) > LONGEST or ".." in typed or not _ADDRESS.fullmatch(typed):
        raise Wrong("mail_form")
    name, _, domain = typed.partition("@")
    return f"{name}@{domain.lower()}"


def masked(whole: str) -> str:
    """Return an address by which its owner knows it and nobody else can write to it: ab＊@example.cn."""
    name, _, domain = whole.partition("@")
    return f"{name[:2] if len(name) > 2 else name[:1]}＊@{domain}"  # noqa: PLR2004 (at least one is hidden)
