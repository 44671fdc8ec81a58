"""Pages where an officer uploads a package of rules and another one switches it on."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skillhub.base import access
from skillhub.base.access import Role
from skillhub.base.errors import Invalid
from skillhub.districts import queries
from skillhub.districts.forms.packages import DecideForm, PackageForm
from skillhub.districts.queries import packages
from skillhub.districts.service import packages as service
from skillhub.plugins.authoring import archive, rights
from skillhub.web import forms, gate, requests

bp = Blueprint("packages", __name__)
ROOM_FOR_FIELDS = 64 * 1024
gate.allow("packages.index", archive.MOST_BYTES + ROOM_FOR_FIELDS)


@bp.route("/office/packages", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """List the packages of the reader's district, and take another from an officer."""
    district = _district()
    form = PackageForm()
    findings: list[str] = []
    if form.validate_on_submit():
        sha256 = _handed_in(form, district, findings)
        if sha256 is not None:
            flash(_("检查通过，例子都对。请另一位区工作人员看过以后启用。"), "ok")
            return redirect(url_for(".package", sha256=sha256))
    return render_template(
        "districts/packages.html",
        form=form,
        findings=findings,
        offers=packages.offers(district),
        district=queries.district(district),
        may_change=district in requests.actor().districts(Role.OFFICER),
    )


@bp.get("/office/packages/<sha256>")
def package(sha256: str) -> ResponseReturnValue:
    """Show what a package says, how its cases came out, and what it would replace."""
    district = _district()
    actor = requests.actor()
    found = packages.offer(district, sha256)
    replaced = packages.approved().get(district, {}).get(found.name)
    return render_template(
        "districts/package.html",
        form=DecideForm(formdata=None),
        offer=found,
        files=packages.files(sha256),
        meaning=rights.MEANINGS[found.report["rating"]],
        replaced=packages.offer(district, replaced) if replaced and replaced != sha256 else None,
        is_own=found.offered_by_id == actor.person_id,
        may_change=district in actor.districts(Role.OFFICER),
    )


@bp.post("/office/packages/<sha256>/approval")
def approve(sha256: str) -> ResponseReturnValue:
    """Switch on what another officer has uploaded."""
    district = _district()
    packages.offer(district, sha256)
    DecideForm()
    forms.once(lambda: service.approve(actor=requests.actor(), district=district, sha256=sha256))
    flash(_("已启用，几秒钟内在本区生效。"), "ok")
    return redirect(url_for(".package", sha256=sha256))


@bp.post("/office/packages/<sha256>/refusal")
def decline(sha256: str) -> ResponseReturnValue:
    """Turn down what was uploaded, or take it back."""
    district = _district()
    packages.offer(district, sha256)
    DecideForm()
    forms.once(lambda: service.decline(actor=requests.actor(), district=district, sha256=sha256))
    flash(_("没有启用，什么都没有改。"), "ok")
    return redirect(url_for(".package", sha256=sha256))


def _handed_in(form: PackageForm, district: str, findings: list[str]) -> str | None:
    """Take the file; whatever is wrong with it is added to the findings."""
    given = form.file.data
    if given:
        content = given.stream.read(archive.MOST_BYTES + 1)
        given.stream.seek(0)
        try:
            return forms.once(
                lambda: service.offer(actor=requests.actor(), district=district, content=content)
            )
        except Invalid as invalid:
            findings += [str(each.message) for each in invalid.errors]
            form.file.errors = [_("没有通过检查，什么都没有保存。请把下面的问题告诉提供规则包的人。")]
    else:
        form.file.errors = [_("还没有选文件。请选一个 .zip 文件。")]
    requests.here().has_form_errors = True
    return None


def _district() -> str:
    """Return the reader's district; only officers write."""
    actor = requests.actor()
    roles = (Role.OFFICER,) if request.method == "POST" else (Role.OFFICER, Role.AUDITOR)
    access.require_role(actor, *roles)
    district = min(actor.districts(*roles))
    requests.show_district(district)
    return district
