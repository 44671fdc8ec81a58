"""A district's numbers for a period, each counted from what the services wrote and each with its list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from skillhub.accounts.queries import registers
from skillhub.base.periods import Period
from skillhub.courses.queries import figures as courses
from skillhub.courses.queries.figures import Held
from skillhub.credentials.queries import holdings
from skillhub.credit.queries import figures as credit
from skillhub.districts import queries as districts
from skillhub.jobs import queries as jobs

MARKET_TIER, STREET_TIER = 1, 2


class Figure(StrEnum):
    """What is counted, in the order of the chain."""

    MARKETS = "markets"
    CENTRES = "centres"
    STATIONS = "stations"
    EMPLOYERS = "employers"
    PEOPLE = "people"
    ORDERS = "orders"
    BATCHES = "batches"
    LESSONS = "lessons"
    CERTIFICATES = "certificates"
    WORK = "work"
    INCOME = "income"
    JOBS = "jobs"


@dataclass(frozen=True)
class Number:
    """One figure: things, persons and person-times, each in its own column; `fen` where it is money."""

    count: int | None = None
    persons: int | None = None
    person_times: int | None = None
    fen: int | None = None


def numbers(district: str, period: Period) -> dict[Figure, Number]:
    """Return a district's numbers; what has no day of its own (sites) is what stands now."""
    held = Held(district, period)
    network = sites(district)
    return {
        Figure.MARKETS: Number(count=network["market"]),
        Figure.CENTRES: Number(count=network["centre"]),
        Figure.STATIONS: Number(count=network["station"]),
        Figure.EMPLOYERS: Number(count=registers.employers(district, period)),
        Figure.PEOPLE: Number(persons=registers.registered(district, period)),
        Figure.ORDERS: Number(count=courses.orders(district, period)),
        Figure.BATCHES: Number(count=len(courses.batch_ids(held)), persons=len(courses.enrolled(held))),
        Figure.LESSONS: Number(
            count=courses.sessions(held),
            persons=len(courses.attended(held)),
            person_times=courses.person_times(held),
        ),
        Figure.CERTIFICATES: Number(
            count=holdings.in_force(district, period), persons=len(holdings.holders(district, period))
        ),
        Figure.WORK: Number(
            persons=len(credit.hired(district, period)), person_times=credit.placements(district, period)
        ),
        Figure.INCOME: Number(fen=credit.pay_fen(district, period)),
        Figure.JOBS: Number(count=jobs.posted(district, period)),
    }


def sites(district: str) -> Mapping[str, int]:
    """Count a district's sites by kind; markets are those of the first tier."""
    found = districts.sites(district)
    return {
        "market": sum(site.kind == "market" and site.tier == MARKET_TIER for site in found),
        "street": sum(site.tier == STREET_TIER for site in found),
        "centre": sum(site.kind == "centre" for site in found),
        "station": sum(site.kind == "station" for site in found),
    }


def months(district: str, period: Period) -> dict[str, int]:
    """Return attended lessons by month."""
    return courses.person_times_by_month(Held(district, period))
