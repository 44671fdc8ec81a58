"""The page of what people of a district are looking for, so that classes and jobs are found for them."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from skillhub.accounts.queries import wishes
from skillhub.accounts.service import files
from skillhub.base.access import require_role
from skillhub.web import requests

bp = Blueprint("wishes", __name__)
KINDS = {"job": _l("找工作"), "course": _l("学技能"), "both": _l("都要")}


@bp.get("/office/wishes")
def index() -> ResponseReturnValue:
    """List the wishes of the reader's district, the latest first; each leads to the person's file."""
    actor = requests.actor()
    require_role(actor, *files.STAFF)
    district = min(actor.districts(*files.STAFF))
    requests.show_district(district)
    kind = request.args.get("kind")
    kind = kind if kind in wishes.KINDS else None
    trade = request.args.get("trade") or None
    return render_template(
        "accounts/wishes.html",
        page=wishes.page(district=district, kind=kind, trade=trade, after=request.args.get("after")),
        trades=wishes.trades(district),
        kinds=KINDS,
        kind=kind,
        trade=trade,
    )
