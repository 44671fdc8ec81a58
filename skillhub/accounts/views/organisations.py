"""The page of all organisations of a district: an officer registers them, an auditor reads.

A desk keeps employers at the page of employers, which knows what its site may do.
"""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skillhub.accounts.forms import ORGANISATION_KINDS, OrganisationForm
from skillhub.accounts.queries import organisations as queries
from skillhub.accounts.service import organisations as service
from skillhub.base import access
from skillhub.base.access import Role
from skillhub.web import forms, requests

bp = Blueprint("organisations", __name__)
SHOWN = 300
READERS = (Role.OFFICER, Role.AUDITOR)


@bp.route("/office/organisations", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """List the organisations of the reader's district, and register another."""
    actor = requests.actor()
    roles = (Role.OFFICER,) if request.method == "POST" else READERS
    access.require_role(actor, *roles)
    district = min(actor.districts(*roles))
    requests.show_district(district)
    form = OrganisationForm()
    if form.validate_on_submit():
        with forms.errors_on(form):
            code = forms.once(
                lambda: service.register(
                    actor=actor,
                    kind=form.kind.data,
                    district=district,
                    name=form.name.data or "",
                    uscc=(form.uscc.data or "").strip() or None,
                    contact_name=(form.contact_name.data or "").strip() or None,
                    contact_phone=(form.contact_phone.data or "").strip() or None,
                )
            )
            flash(_("已登记，编号%(code)s。", code=code), "ok")
            return redirect(url_for(".index"))
    asked = request.args.get("kind")
    kinds = {choice.value: choice.label for choice in ORGANISATION_KINDS}
    chosen = asked if asked in kinds else None
    rows = queries.of_district(district, *([chosen] if chosen else []))
    return render_template(
        "accounts/organisations.html",
        form=form,
        rows=rows[:SHOWN],
        count=len(rows),
        kinds=kinds,
        asked=chosen,
        may_register=district in actor.districts(Role.OFFICER),
    )
