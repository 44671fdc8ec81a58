"""The pages of figures: a district's numbers for a period, the records behind each, and cohorts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from skillhub.accounts.queries import registers
from skillhub.base.errors import NotFound
from skillhub.base.periods import Period
from skillhub.courses.queries import courses
from skillhub.districts import queries as districts
from skillhub.districts.queries import DistrictView
from skillhub.reports.queries import cohorts, figures, office, records
from skillhub.reports.queries.cohorts import Cohort, Step
from skillhub.reports.queries.figures import Figure
from skillhub.reports.queries.records import Listed, Record, To
from skillhub.web import requests

bp = Blueprint("figures", __name__)

MONTHS_SHOWN = 12
FIGURES: dict[Figure, LazyString] = {
    Figure.MARKETS: _l("零工市场（个）"),
    Figure.CENTRES: _l("服务中心（个）"),
    Figure.STATIONS: _l("零工驿站（个）"),
    Figure.EMPLOYERS: _l("用工单位（家）"),
    Figure.PEOPLE: _l("登记的求职者"),
    Figure.ORDERS: _l("培训订单（个）"),
    Figure.BATCHES: _l("办完的班（期）"),
    Figure.LESSONS: _l("上课（场）"),
    Figure.CERTIFICATES: _l("有效的证书（本）"),
    Figure.WORK: _l("找到的活"),
    Figure.INCOME: _l("报酬合计（元）"),
    Figure.JOBS: _l("岗位（条）"),
}
LISTS: dict[Figure, tuple[Listed | None, Listed | None, Listed | None]] = {
    Figure.MARKETS: (Listed.MARKETS, None, None),
    Figure.CENTRES: (Listed.CENTRES, None, None),
    Figure.STATIONS: (Listed.STATIONS, None, None),
    Figure.EMPLOYERS: (Listed.EMPLOYERS, None, None),
    Figure.PEOPLE: (None, Listed.PEOPLE, None),
    Figure.ORDERS: (Listed.ORDERS, None, None),
    Figure.BATCHES: (Listed.BATCHES, Listed.ENROLLED, None),
    Figure.LESSONS: (Listed.LESSONS, Listed.ATTENDED, Listed.LESSONS),
    Figure.CERTIFICATES: (Listed.CERTIFICATES, Listed.CERTIFIED, None),
    Figure.WORK: (None, Listed.HIRED, Listed.WORK),
    Figure.INCOME: (Listed.WORK, None, None),
    Figure.JOBS: (Listed.JOBS, None, None),
}
"""Which list stands behind the things, the persons and the person-times of a figure."""
TITLES: dict[Listed, LazyString] = {
    Listed.MARKETS: _l("零工市场"),
    Listed.CENTRES: _l("服务中心"),
    Listed.STATIONS: _l("零工驿站"),
    Listed.EMPLOYERS: _l("用工单位"),
    Listed.PEOPLE: _l("登记的求职者"),
    Listed.ORDERS: _l("培训订单"),
    Listed.BATCHES: _l("办完的班"),
    Listed.ENROLLED: _l("办完的班里报上名的人"),
    Listed.LESSONS: _l("各班上课的场次和人次"),
    Listed.ATTENDED: _l("来上过课的人"),
    Listed.CERTIFICATES: _l("有效的证书"),
    Listed.CERTIFIED: _l("拿到证的人"),
    Listed.HIRED: _l("找到活的人"),
    Listed.WORK: _l("每一次用工"),
    Listed.JOBS: _l("岗位"),
}
STEPS: dict[Step, LazyString] = {
    Step.REGISTERED: _l("登记了"),
    Step.TRAINED: _l("培训拿到证"),
    Step.PLACED: _l("上了岗"),
}


@dataclass(frozen=True)
class Asked:
    """The district and the period that somebody asks about; `wrong` says what cannot be read."""

    district: DistrictView
    seats: tuple[str, ...]
    period: Period
    first: str
    last: str
    wrong: dict[str, str]

    @property
    def query(self) -> dict[str, str]:
        """What a link to another page of the same question carries."""
        given = {"district": self.district.code, "from": self.first, "to": self.last}
        return {name: value for name, value in given.items() if value and name not in self.wrong}


@bp.get("/office/figures")
def home() -> ResponseReturnValue:
    """Show a district's numbers, for all time or a period."""
    asked = _asked()
    counted = figures.numbers(asked.district.code, asked.period)
    months = list(figures.months(asked.district.code, asked.period).items())[-MONTHS_SHOWN:]
    page = render_template(
        "reports/figures.html",
        asked=asked,
        districts=[districts.district(code) for code in asked.seats],
        numbers=counted,
        names=FIGURES,
        lists=LISTS,
        months=months,
    )
    return page, 422 if asked.wrong else 200


@bp.get("/office/figures/<listed>")
def listed(listed: str) -> ResponseReturnValue:
    """Show the records that one number counts."""
    asked = _asked()
    if listed not in set(Listed):
        raise NotFound
    which = Listed(listed)
    page = records.page(which, asked.district.code, asked.period, after=request.args.get("after"))
    return render_template(
        "reports/records.html",
        asked=asked,
        listed=which,
        title=TITLES[which],
        page=page,
        href=_href,
        is_of_people=which
        in (Listed.PEOPLE, Listed.ENROLLED, Listed.ATTENDED, Listed.CERTIFIED, Listed.HIRED),
    )


@bp.get("/office/cohort")
def cohort() -> ResponseReturnValue:
    """Follow one group of people from the register through a course to work."""
    asked = _asked()
    code = asked.district.code
    groups, taught = registers.groups(code), courses.of_district(code)
    group, course = request.args.get("group", ""), request.args.get("course", "")
    if (group and group not in groups) or (course and course not in {each.code for each in taught}):
        raise NotFound
    places = tuple(request.args.getlist("place"))
    found = cohorts.cohort(code, group=group, course=course, places=places) if group and course else None
    shown = _step()
    return render_template(
        "reports/cohort.html",
        asked=asked,
        groups=groups,
        courses=taught,
        group=group,
        course=course,
        places=places,
        offered=cohorts.places(found) if found else (),
        found=found,
        steps=_steps(found) if found else (),
        shown=shown,
        names=STEPS,
        page=records.persons(found.at(shown), after=request.args.get("after")) if found and shown else None,
        href=_href,
        query={"district": code, "group": group, "course": course, "place": list(places)},
    )


def _steps(found: Cohort) -> list[tuple[Step, int, float | None]]:
    """Return each step with its people, and how many in a hundred of the step before they are."""
    counts = [(step, len(found.at(step))) for step in Step]
    before = [None, *(count for _step_of, count in counts)]
    return [
        (step, count, round(100 * count / of, 1) if of else None)
        for (step, count), of in zip(counts, before, strict=False)
    ]


def _step() -> Step | None:
    asked = request.args.get("show")
    if asked is not None and asked not in set(Step):
        raise NotFound
    return Step(asked) if asked else None


def _asked() -> Asked:
    """Read district and period, and show the district's plate.

    :raises Forbidden: the reader is no officer or auditor.
    :raises NotFound: the reader has no seat in that district.
    """
    seats = office.seats(requests.actor())
    code = request.args.get("district") or seats[0]
    if code not in seats:
        raise NotFound
    requests.show_district(code)
    first, last = request.args.get("from", "").strip(), request.args.get("to", "").strip()
    wrong: dict[str, str] = {}
    days = [_day(name, text, wrong) for name, text in (("from", first), ("to", last))]
    if not wrong and days[0] and days[1] and days[0] > days[1]:
        wrong["to"] = _("结束日期早于开始日期。请填%(day)s当天或以后。", day=first)
    district = districts.district(code)
    period = Period(zone=district.zone) if wrong else Period(days[0], days[1], district.zone)
    return Asked(district, seats, period, first, last, wrong)


def _day(name: str, text: str, wrong: dict[str, str]) -> date | None:
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 (a civil day has no zone)
    except ValueError:
        wrong[name] = _("填了“%(text)s”。请填日期，比如2025-05-01，或留空。", text=text[:20])
        return None


def _href(record: Record) -> str | None:
    if record.to is None:
        return None
    kind, key = record.to
    if kind is To.PERSON:
        return url_for("people.file", handle=key)
    if kind is To.BATCH:
        return url_for("batches.batch", code=key)
    if kind is To.ORDER:
        return url_for("order_page.order", code=key)
    return url_for("verifying.verify", public_id=key)
