"""The pages that put a certificate right or give it up; what cannot be undone is said before."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skillhub.base import access
from skillhub.base.access import Right, Role
from skillhub.credentials import queries, service
from skillhub.credentials.forms import CorrectionForm, ErasureForm
from skillhub.credentials.queries import certificates, credentials
from skillhub.web import forms, requests

bp = Blueprint("certificate_changes", __name__)


@bp.route("/certificates/<public_id>/correction", methods=["GET", "POST"])
def correction(public_id: str) -> ResponseReturnValue:
    """Ask what is wrong and why, and issue the next version."""
    actor = requests.actor()
    found = queries.revocable(actor, public_id)
    requests.show_district(found.district)
    form = CorrectionForm(name=found.facts.name, course=found.facts.course)
    if form.validate_on_submit():
        with forms.errors_on(form):
            newer = forms.once(
                lambda: service.correct(
                    actor=actor,
                    certificate=public_id,
                    name=form.name.data or "",
                    course=form.course.data or "",
                    reason=form.reason.data or "",
                )
            )
            flash(_("已换发新版。以前的版本在核验页上会指向它，持证人会收到短信。"), "ok")
            return redirect(url_for("certificates.certificate", public_id=newer))
    return render_template("credentials/correction.html", certificate=found, form=form)


@bp.route("/certificates/<public_id>/erasure", methods=["GET", "POST"])
def erasure(public_id: str) -> ResponseReturnValue:
    """Say what is erased and what is kept and why, and give the certificate up as its holder wishes."""
    actor = requests.actor()
    access.require_role(actor, Role.OFFICER)
    found = queries.certificate(public_id)
    access.require(actor, Right(Role.OFFICER, district=found.district))
    requests.show_district(found.district)
    form = ErasureForm()
    if form.validate_on_submit():
        with forms.errors_on(form):
            forms.once(lambda: service.erase(actor=actor, certificate=public_id, asked_on=form.asked_on.data))
            flash(_("已注销，电子凭证已经删除。"), "ok")
            return redirect(url_for("certificates.certificate", public_id=public_id))
    return render_template(
        "credentials/erasure.html",
        certificate=found,
        form=form,
        is_erased=credentials.is_erased(found.id),
        versions=certificates.versions_of(found),
    )
