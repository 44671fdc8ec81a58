"""The home of employers: what they asked for and what came of it, whom to confirm, whose work to rate."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from skillhub.base.access import Role
from skillhub.courses.rules import orders as order_rules
from skillhub.courses.views import orders as order_views
from skillhub.reports.queries import hiring
from skillhub.web import menus, requests

bp = Blueprint("employer", __name__)
menus.add(Role.EMPLOYER, "employer.home", _l("首页"), 0)


@bp.get("/employer")
def home() -> ResponseReturnValue:
    """Show the reader's orders with their figures."""
    found = hiring.of_actor(requests.actor(), after=request.args.get("after"))
    return render_template(
        "reports/employer.html", hiring=found, states=order_rules.STATES, kinds=order_views.KINDS
    )
