"""What a plugin is told when it decides on a subsidy, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """The certificate that this training led to."""

    number: str
    issued_on: date
    trade: str
    level: str | None = None


@dataclass(frozen=True, kw_only=True)
class Engagement:
    """Work that followed the training; ``order`` is the training order whose promise it keeps."""

    started_on: date
    days: int
    order: str | None = None


@dataclass(frozen=True, kw_only=True)
class Chances:
    """How many subsidies the person has already used in the year of the claim, whoever was paid."""

    used: int


class Verdict(StrEnum):
    """What a rule set decides; having no opinion is no verdict but None."""

    PAID = "paid"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class SubsidyLine:
    """One rule, whichever way it turned out, with the facts that it read as (name, value).

    ``required`` says that the claim is refused unless the line is met; a line that is neither met nor
    required only adds nothing, because it does not apply.
    """

    code: str
    clause: str | None = None
    text: str
    text_en: str | None = None
    amount_fen: int = 0
    met: bool
    required: bool = True
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class SubsidyDecision:
    """What a district's rules say of one claim.

    ``official`` is True only when every number that was used comes from an official table;
    ``missing`` names, in Chinese, what would have to be there for a rule to hold.
    """

    verdict: Verdict
    amount_fen: int
    official: bool
    lines: tuple[SubsidyLine, ...] = ()
    missing: tuple[str, ...] = ()
    chances_limit: int | None = None
