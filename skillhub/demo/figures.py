"""Which query answers each figure of the articles; the articles' own numbers are nowhere in the product."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from skillhub.accounts.queries import registers
from skillhub.activities.queries import counts as activities
from skillhub.base.periods import Period
from skillhub.courses.queries import figures as courses
from skillhub.courses.queries import orders
from skillhub.courses.queries.figures import Held
from skillhub.credit.queries import figures as credit
from skillhub.demo.places import DISTRICTS
from skillhub.jobs import queries as jobs
from skillhub.reports.queries import cohorts, figures, funnels
from skillhub.reports.queries.cohorts import Cohort

LUNAN, DADUKOU, LIWAN, SHANGCHENG, LUZHOU = DISTRICTS
MONTH_ONE = Period(date(2023, 5, 1), date(2023, 5, 30))
SINCE = date(2024, 6, 1)
ORDER = "O-LN-01"
HOUSEHOLD, BROCADE = "家政", "堆锦"


def household_cohort() -> Cohort:
    """Return the household workers of Lunan: registered, trained at a high level, sent to 京津."""
    return cohorts.cohort(LUNAN, group="家政登记", course="C-LN-HIGH", places=("北京市", "天津市"))


def _since() -> int:
    first = courses.first_day(Held(LIWAN))
    return int(first is not None and first >= SINCE)


def _household_hires() -> int:
    held = courses.batch_ids(Held(LUNAN, trade=HOUSEHOLD))
    return len(credit.hired(LUNAN, batch_ids=held))


def _order() -> tuple[int, int, int]:
    found = funnels.funnel(orders.order(ORDER).id)
    return found.enrolled, found.certified, found.hired


FIGURES: dict[str, Callable[[], int]] = {
    "荔湾 batches since 2024-06": lambda: len(courses.batch_ids(Held(LIWAN, Period(first=SINCE)))),
    "荔湾 trades": lambda: len(courses.trades(Held(LIWAN))),
    "荔湾 first batch not before 2024-06 (1=yes)": _since,
    "路南 training sessions": lambda: courses.sessions(Held(LUNAN)),
    "路南 person-times (article 1500余; 1512 chosen)": lambda: courses.person_times(Held(LUNAN)),
    "路南 hired through 家政 training": _household_hires,
    "路南 registered 家政 workers": lambda: len(household_cohort().registered),
    "路南 high-end 家政 trained": lambda: len(household_cohort().trained),
    "路南 sent to 京津 (counted inside the 73, our reading)": lambda: len(household_cohort().placed),
    "路南 employers": lambda: registers.employers(LUNAN),
    "路南 stations": lambda: figures.sites(LUNAN)["station"],
    "路南 centres": lambda: figures.sites(LUNAN)["centre"],
    "潞州 events": lambda: activities.events_of(LUZHOU),
    "潞州 people at events": lambda: activities.persons_at_events(LUZHOU),
    "潞州 town/street markets": lambda: figures.sites(LUZHOU)["street"],
    "潞州 堆锦 class (article 20多位; 22 chosen)": lambda: len(courses.enrolled(Held(LUZHOU, trade=BROCADE))),
    "上城 markets": lambda: figures.sites(SHANGCHENG)["market"],
    "上城 jobs, month one": lambda: jobs.posted(SHANGCHENG, MONTH_ONE),
    "上城 placements, month one": lambda: credit.placements(SHANGCHENG, MONTH_ONE),
    "上城 income, fen": lambda: credit.pay_fen(SHANGCHENG, MONTH_ONE),
    "order O-LN-01 enrolled of 30": lambda: _order()[0],
    "order O-LN-01 certified": lambda: _order()[1],
    "order O-LN-01 hired": lambda: _order()[2],
    "people, all fictitious": lambda: sum(registers.registered(code) for code in DISTRICTS),
}
"""By the name that the figure has beside the articles; persons, person-times and things are never added."""


def counted() -> dict[str, int]:
    """Return every figure as it stands now."""
    return {name: count() for name, count in FIGURES.items()}
