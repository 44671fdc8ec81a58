"""The records behind a district's numbers: for each number the list that it counts, a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from skillhub.accounts.queries import organisations, people, registers
from skillhub.base import paging
from skillhub.base.paging import Page
from skillhub.base.periods import Period
from skillhub.courses.queries import batches, figures, orders
from skillhub.courses.queries.figures import Held
from skillhub.credentials.queries import certificates, holdings
from skillhub.credit.queries import engagements
from skillhub.credit.queries import figures as credit
from skillhub.districts import queries as districts
from skillhub.jobs import queries as jobs
from skillhub.reports.queries.figures import MARKET_TIER

SHOWN = 50


class Listed(StrEnum):
    """What is listed; every number on the page of figures leads to one of these."""

    MARKETS = "markets"
    CENTRES = "centres"
    STATIONS = "stations"
    EMPLOYERS = "employers"
    PEOPLE = "people"
    ORDERS = "orders"
    BATCHES = "batches"
    ENROLLED = "enrolled"
    LESSONS = "lessons"
    ATTENDED = "attended"
    CERTIFICATES = "certificates"
    CERTIFIED = "certified"
    HIRED = "hired"
    WORK = "work"
    JOBS = "jobs"


class To(StrEnum):
    """What a record leads to."""

    PERSON = "person"
    BATCH = "batch"
    ORDER = "order"
    CERTIFICATE = "certificate"


@dataclass(frozen=True)
class Record:
    """One line of a list: what it is called, its code or document, its day, how often, and where it leads."""

    key: int
    name: str
    code: str = ""
    note: str = ""
    on: date | datetime | None = None
    lessons: int | None = None
    times: int | None = None
    fen: int | None = None
    to: tuple[To, str] | None = None


def page(listed: Listed, district: str, period: Period, *, after: str | None) -> Page[Record]:
    """Return a page of the records that a number counts.

    :raises Malformed: `after` is no cursor of ours.
    """
    begin = paging.after(after)
    start = begin if isinstance(begin, int) else 0
    rows = _READERS[listed](district, period, start)
    return paging.page(rows, SHOWN, lambda record: record.key)


def persons(ids: Iterable[int], *, after: str | None = None) -> Page[Record]:
    """Return a page of people who are counted by their ids, in order of registration."""
    begin = paging.after(after)
    return paging.page(
        _persons(ids, begin if isinstance(begin, int) else 0), SHOWN, lambda record: record.key
    )


def _sites(kind: str, tier: int | None = None) -> Callable[[str, Period, int], list[Record]]:
    def read(district: str, _period: Period, start: int) -> list[Record]:
        found = sorted(districts.sites(district), key=lambda site: site.id)
        own = [site for site in found if site.kind == kind and (tier is None or site.tier == tier)]
        return [Record(site.id, site.name, site.code, site.address) for site in own if site.id > start][
            : SHOWN + 1
        ]

    return read


def _employers(district: str, period: Period, start: int) -> list[Record]:
    wanted = registers.employer_ids(district, period, after=start, limit=SHOWN + 1)
    found = organisations.many(wanted)
    return [Record(key, found[key].name, found[key].code, on=found[key].visited_on) for key in wanted]


def _registered(district: str, period: Period, start: int) -> list[Record]:
    return _persons(registers.registered_ids(district, period, after=start, limit=SHOWN + 1), start)


def _persons(ids: Iterable[int], start: int) -> list[Record]:
    wanted = sorted(each for each in ids if each > start)[: SHOWN + 1]
    found = people.many(wanted)
    return [
        Record(
            key,
            found[key].name,
            found[key].id_last4 or "",
            on=found[key].registered_at,
            to=(To.PERSON, found[key].handle),
        )
        for key in wanted
    ]


def _orders(district: str, period: Period, start: int) -> list[Record]:
    wanted = figures.order_ids(district, period, after=start, limit=SHOWN + 1)
    faces = orders.faces([orders.order_by_id(key) for key in wanted])
    return [
        Record(
            face.order.id,
            face.employer.name,
            face.order.code,
            face.order.course_name or face.order.trade,
            face.order.asked_at,
            times=face.order.heads,
            to=(To.ORDER, face.order.code),
        )
        for face in faces
    ]


def _taught(district: str, period: Period, start: int) -> list[Record]:
    held = Held(district, period)
    return _classes(held, figures.batch_ids(held), figures.sessions_of(held), start)


def _lessons(district: str, period: Period, start: int) -> list[Record]:
    held = Held(district, period)
    lessons = figures.sessions_of(held)
    return _classes(held, lessons, lessons, start)


def _classes(held: Held, ids: Iterable[int], lessons: Mapping[int, int], start: int) -> list[Record]:
    times = figures.person_times_of(held)
    wanted = sorted(key for key in ids if key > start)[: SHOWN + 1]
    found = batches.many(wanted)
    return [
        Record(
            key,
            found[key].course.name,
            found[key].code,
            on=found[key].ends_on,
            lessons=lessons.get(key, 0),
            times=times.get(key, 0),
            to=(To.BATCH, found[key].code),
        )
        for key in wanted
    ]


def _certificates(district: str, period: Period, start: int) -> list[Record]:
    wanted = holdings.certificate_ids(district, period, after=start, limit=SHOWN + 1)
    found = certificates.many(wanted)
    return [
        Record(
            key,
            found[key].facts.name,
            found[key].number,
            found[key].facts.course,
            found[key].issued_on,
            to=(To.CERTIFICATE, found[key].public_id),
        )
        for key in wanted
    ]


def _work(district: str, period: Period, start: int) -> list[Record]:
    found = engagements.many(credit.placement_ids(district, period, after=start, limit=SHOWN + 1))
    rows = sorted(found.values(), key=lambda each: each.id)
    persons_of = people.many([each.person_id for each in rows])
    employers = organisations.many([each.employer_id for each in rows])
    return [
        Record(
            each.id,
            persons_of[each.person_id].name,
            persons_of[each.person_id].id_last4 or "",
            employers[each.employer_id].name,
            each.started_on,
            fen=each.pay_fen,
            to=(To.PERSON, persons_of[each.person_id].handle),
        )
        for each in rows
    ]


def _jobs(district: str, period: Period, start: int) -> list[Record]:
    found = jobs.posted_page(district, period, after=start, limit=SHOWN + 1)
    return [
        Record(each.id, each.title, each.external_id, each.employer or "", each.posted_on) for each in found
    ]


_READERS: dict[Listed, Callable[[str, Period, int], list[Record]]] = {
    Listed.MARKETS: _sites("market", MARKET_TIER),
    Listed.CENTRES: _sites("centre"),
    Listed.STATIONS: _sites("station"),
    Listed.EMPLOYERS: _employers,
    Listed.PEOPLE: _registered,
    Listed.ORDERS: _orders,
    Listed.BATCHES: _taught,
    Listed.ENROLLED: lambda district, period, start: _persons(
        figures.enrolled(Held(district, period)), start
    ),
    Listed.LESSONS: _lessons,
    Listed.ATTENDED: lambda district, period, start: _persons(
        figures.attended(Held(district, period)), start
    ),
    Listed.CERTIFICATES: _certificates,
    Listed.CERTIFIED: lambda district, period, start: _persons(holdings.holders(district, period), start),
    Listed.HIRED: lambda district, period, start: _persons(credit.hired(district, period), start),
    Listed.WORK: _work,
    Listed.JOBS: _jobs,
}
