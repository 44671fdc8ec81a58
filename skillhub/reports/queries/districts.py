"""A district's figures, each counted from what the services wrote."""

from __future__ import annotations

from dataclasses import dataclass

from skillhub.courses.queries import counts
from skillhub.credentials.queries import certificates
from skillhub.credit.queries import engagements, ledger
from skillhub.subsidy.queries import claims


@dataclass(frozen=True)
class DistrictFunnel:
    """From orders to stars. Persons are counted once each, however many classes they took."""

    orders: int
    seats: int
    enrolled: int
    attended: int
    certified: int
    hired: int
    subsidy_fen: int
    stars: int


def funnel(district: str) -> DistrictFunnel:
    """Return the figures of one district."""
    taught = counts.of_district(district)
    return DistrictFunnel(
        orders=taught.orders,
        seats=taught.seats,
        enrolled=taught.enrolled,
        attended=taught.attended,
        certified=certificates.holders_in(district),
        hired=engagements.hires_of_district(district),
        subsidy_fen=claims.paid_fen(district),
        stars=ledger.stars_given_in(district),
    )
