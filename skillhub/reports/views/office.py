"""The home of officers and auditors: the queue of decisions, the district's funnel, the orders."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from skillhub.base.access import Role
from skillhub.courses.queries import counts
from skillhub.courses.rules import orders as order_rules
from skillhub.courses.views import orders as order_views
from skillhub.credit.queries import figures as credit
from skillhub.districts import queries as districts
from skillhub.reports.queries import districts as figures
from skillhub.reports.queries import office
from skillhub.reports.queries.office import Kind
from skillhub.subsidy import views as subsidy_views
from skillhub.web import menus, requests

bp = Blueprint("office", __name__)
menus.add(Role.OFFICER, "office.home", _l("待办"), 0)
menus.add(Role.AUDITOR, "office.home", _l("首页"), 0)
menus.add(Role.AUDITOR, "order_office.queue", lazy_pgettext("menu", "订单"), 20)
menus.add(Role.AUDITOR, "batch_office.queue", lazy_pgettext("menu", "班期"), 30)
menus.add(Role.AUDITOR, "subsidy.office_claims", _l("补贴"), 40)

KINDS = {
    Kind.ORDERS: _l("培训订单"),
    Kind.BATCHES: _l("开班申请"),
    Kind.APPLICATIONS: _l("报名审核"),
    Kind.CLAIMS: _l("补贴申请"),
}


@bp.get("/office")
def home() -> ResponseReturnValue:
    """Show what waits for a decision, and how far the district's training has come."""
    actor = requests.actor()
    places = office.seats(actor)
    requests.show_district(places[0])
    asked = request.args.get("kind")
    kind = Kind(asked) if asked in set(Kind) else None
    seats = {code: counts.of_district(code) for code in places}
    return render_template(
        "reports/office.html",
        is_new=not any(count.batches for count in seats.values()),
        queue=office.queue(actor, kind),
        kinds=KINDS,
        may_decide=actor.has(Role.OFFICER),
        places=[
            (
                districts.district(code),
                figures.funnel(code),
                seats[code],
                office.order_rows(code),
            )
            for code in places
        ],
        placed={code: len(credit.hired(code, after_training=True)) for code in places},
        order_states=order_rules.STATES,
        order_kinds=order_views.KINDS,
        claim_states=subsidy_views.STATES,
    )
