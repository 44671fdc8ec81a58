"""What an order rests on when it is placed: its employer, district, course and site, read and judged."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from skillhub.accounts.queries import organisations
from skillhub.accounts.queries.organisations import OrganisationView
from skillhub.base.access import Actor, Right, Role, require, require_role
from skillhub.base.errors import FieldError, Invalid, NotFound
from skillhub.courses.queries import courses
from skillhub.courses.rules.orders import Wish
from skillhub.districts import queries as districts

EMPLOYERS = ("employer", "team")


def employer_for(*, actor: Actor, code: str) -> OrganisationView:
    """Return the employer or team for which the actor may place orders.

    :raises Forbidden: the actor acts for no employer at all.
    :raises NotFound: there is no such employer for this actor.
    """
    require_role(actor, Role.EMPLOYER)
    found = organisations.by_code(code)
    require(actor, Right(Role.EMPLOYER, organisation=found.id))
    if found.kind not in EMPLOYERS:
        raise NotFound(employer=code)
    return found


def zone_of(asking: OrganisationView, district: str) -> str:
    """Return the time zone of the district in which an employer asks: the one where it is registered.

    :raises Invalid: it is registered elsewhere.
    """
    if asking.district != district:
        raise Invalid(
            FieldError(
                "district",
                "not_the_employers",
                _l("用人单位登记在%(district)s。请填这个区的代码。", district=asking.district),
            )
        )
    return districts.district(district).zone


def course_for(district: str, code: str, wish: Wish) -> int:
    """Return the id of the course that is asked for.

    :raises Invalid: the district has none such, or it is of another trade.
    """
    try:
        course = courses.by_code(code)
    except NotFound:
        course = None
    if course is None or course.district != district:
        raise Invalid(
            FieldError("course", "unknown", _l("本区没有这门课。请填本区课程的代码，或留空由本区安排。"))
        )
    if course.trade != wish.trade:
        raise Invalid(
            FieldError(
                "trade",
                "not_the_courses",
                _l("这门课的工种是%(trade)s。请改成一样的，或另选课程。", trade=course.trade),
            )
        )
    return course.id


def site_in(district: str, code: str) -> int:
    """Return the id of a site of the district.

    :raises Invalid: the district has none such.
    """
    try:
        site = districts.site(code)
    except NotFound:
        site = None
    if site is None or site.district != district or site.is_closed:
        raise Invalid(FieldError("site", "unknown", _l("本区没有这个站点。请填站点代码，或留空。")))
    return site.id
