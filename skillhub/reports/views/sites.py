"""Pages of staff about sites of their district: the tree with its totals, and each with its history."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms.fields import SelectChoice

from skillhub.base.access import Role
from skillhub.districts import queries as districts
from skillhub.districts.forms.sites import ClerkForm, DayForm, ReleaseForm, ReopenForm
from skillhub.districts.queries import clerks, site_history
from skillhub.districts.queries.sites import matching
from skillhub.districts.rules import kinds
from skillhub.reports.queries import sites
from skillhub.web import requests

bp = Blueprint("site_tree", __name__)

VERBS = {
    "known": _l("开始记录"),
    "add": _l("加进名录"),
    "change": _l("改信息"),
    "move": _l("移动"),
    "close": _l("关停"),
    "reopen": _l("重新开放"),
}


@bp.get("/office/sites")
def index() -> ResponseReturnValue:
    """Show the tree with its totals, all of it or what fits the words that were typed."""
    actor = requests.actor()
    district = sites.seat(actor)
    requests.show_district(district)
    found = sites.branches(district)
    words = request.args.get("q", "").strip()
    fitting = {each.id for each in matching((branch.site for branch in found), words)}
    return render_template(
        "reports/sites.html",
        district=districts.district(district),
        branches=[branch for branch in found if branch.site.id in fitting],
        is_whole=not words,
        words=words,
        open_count=sum(not branch.site.is_closed for branch in found),
        kind=kinds.word,
        may_change=district in actor.districts(Role.OFFICER),
    )


@bp.get("/office/sites/<code>")
def site(code: str) -> ResponseReturnValue:
    """Show one site: how it stands, its totals, its clerks, and everything that was changed."""
    actor = requests.actor()
    found = sites.readable(actor, code)
    requests.show_district(found.district)
    everything = sites.branches(found.district)
    branch = next(each for each in everything if each.site.id == found.id)
    form = DayForm(request.args)
    zone = districts.district(found.district).zone
    on = form.on.data if form.validate() else None
    assigning = ClerkForm(formdata=None)
    assigning.person.choices = [
        SelectChoice(person.handle, person.name) for person in clerks.unbound(found.district)
    ]
    return render_template(
        "reports/site.html",
        site=found,
        totals=branch.totals,
        parent=next((each.site for each in everything if each.site.id == found.parent_id), None),
        below=[each.site for each in everything if each.site.parent_id == found.id],
        clerks=clerks.clerks_of(found.id),
        changes=site_history.changes(found.id),
        then=site_history.on(found.id, on, zone) if on else None,
        on=on,
        form=form,
        assigning=assigning,
        act=ReopenForm(formdata=None, data={"version": found.version}),
        releasing=ReleaseForm,
        kind=kinds.word,
        offered=kinds.offered(found.kind),
        verbs=VERBS,
        may_change=found.district in actor.districts(Role.OFFICER),
    )
