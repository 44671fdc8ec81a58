"""The pages of certificates: for the holder, for whoever is shown one, for the school that issues."""

from __future__ import annotations

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_pgettext

from skillhub.accounts.queries import people
from skillhub.base.access import Actor, Right, Role, may
from skillhub.base.work import State
from skillhub.courses.queries.batches import BatchView
from skillhub.courses.rules.levels import LEVELS
from skillhub.courses.views import links
from skillhub.credentials import labels, paper, queries, service
from skillhub.credentials.forms import IssueForm, RevocationForm
from skillhub.credentials.queries import CertificateView, credentials, external
from skillhub.web import forms, menus, requests

bp = Blueprint("certificates", __name__)
menus.add(Role.TRAINEE, "certificates.mine", lazy_pgettext("menu", "证书"), order=40)
AGAIN_AFTER_SECONDS = 2
WECHAT = "MicroMessenger"
"""How WeChat's browser names itself; it opens pictures, and neither PDF nor JSON."""


@bp.get("/certificates/<public_id>")
def certificate(public_id: str) -> str:
    """Show a certificate to its holder, and to those who issue and oversee it."""
    actor = requests.actor()
    found = queries.printable(actor, public_id)
    requests.show_district(found.district)
    is_erased = credentials.is_erased(found.id)
    return render_template(
        "credentials/certificate.html",
        certificate=found,
        pairs=labels.pairs(found.facts),
        verify_address=paper.verify_address(public_id),
        is_holder=actor.person_id == found.person_id,
        may_revoke=found.is_valid and may(actor, *found.revokers()),
        may_erase=not is_erased and may(actor, Right(Role.OFFICER, district=found.district)),
        is_erased=is_erased,
        is_signed=credentials.credential(found.id) is not None,
        in_wechat=WECHAT in (request.user_agent.string or ""),
        file_of=people.person(found.person_id).handle if may(actor, *found.overseers()) else None,
    )


@bp.get("/certificates/<public_id>.pdf")
def certificate_pdf(public_id: str) -> Response:
    """Hand out the paper."""
    return paper.download(queries.printable(requests.actor(), public_id))


@bp.get("/certificates/<public_id>.png")
def certificate_png(public_id: str) -> Response:
    """Hand out the paper as a picture, which every phone can show and keep."""
    return paper.picture(queries.printable(requests.actor(), public_id))


@bp.get("/certificates/<public_id>/credential")
def certificate_credential(public_id: str) -> Response:
    """Hand out the signed credential."""
    return paper.credential(queries.printable(requests.actor(), public_id))


@bp.route("/certificates/<public_id>/revocation", methods=["GET", "POST"])
def revocation(public_id: str) -> ResponseReturnValue:
    """Ask why, and take the certificate back."""
    actor = requests.actor()
    found = queries.revocable(actor, public_id)
    requests.show_district(found.district)
    form = RevocationForm()
    if form.validate_on_submit():
        with forms.errors_on(form):
            forms.once(
                lambda: service.revoke(actor=actor, certificate=public_id, reason=form.reason.data or "")
            )
            flash(_("证书已撤销。核验页马上就会显示，持证人会收到短信。"), "ok")
            return redirect(url_for(".certificate", public_id=public_id))
    return render_template(
        "credentials/revocation.html",
        certificate=found,
        form=form,
        holder=people.person(found.person_id).name,
    )


@bp.get("/me/certificates")
def mine() -> str:
    """List the reader's own certificates."""
    actor = requests.actor()
    page = queries.page_of_person(actor=actor, limit=100)
    listed: tuple[CertificateView, ...] = tuple(reversed(page.items))
    told = external.of_person(actor.person_id) if actor.person_id is not None else ()
    return render_template("credentials/mine.html", certificates=listed, external=told, levels=LEVELS)


@bp.route("/teach/batches/<code>/certificates", methods=["GET", "POST"])
def of_batch(code: str) -> ResponseReturnValue:
    """Show who of a class can get a certificate and who cannot, and issue for those who stay ticked."""
    actor = requests.actor()
    page = queries.class_page(actor, code)
    requests.show_district(page.batch.district)
    form = IssueForm(receipts=[each.receipt for each in page.candidates if each.is_ready])
    if form.validate_on_submit():
        chosen = form.receipts.data or []
        job = forms.once(lambda: service.issue_batch(actor=actor, batch=code, only=chosen))
        return redirect(url_for(".issuing", code=code, job=job))
    return render_template(
        "credentials/of_batch.html",
        page=page,
        form=form,
        claim=_claim(actor, page.batch),
        may_recall=actor.has(Role.OFFICER),
    )


def _claim(actor: Actor, batch: BatchView) -> str | None:
    """Return where the school goes on to once there are certificates."""
    if not may(actor, Right(Role.SCHOOL, organisation=batch.body_id)):
        return None
    return links.to("subsidy.new_claim", code=batch.code)


@bp.get("/teach/batches/<code>/certificates/work/<job>")
def issuing(code: str, job: str) -> ResponseReturnValue:
    """Show how far issuing is; the page turns by itself until it is done."""
    actor = requests.actor()
    page = queries.class_page(actor, code)
    found = queries.readable_job(actor, job)
    requests.show_district(page.batch.district)
    is_running = found.state in (State.WAITING, State.RUNNING)
    if not is_running and not found.failed:
        flash(_("办完了：这个班有%(n)s张证书。", n=page.issued), "ok")
        return redirect(url_for(".of_batch", code=code))
    names = {each.receipt: each.name for each in page.candidates}
    response = make_response(
        render_template(
            "credentials/issuing.html",
            page=page,
            job=found,
            is_running=is_running,
            failed=[(names.get(each.item, ""), labels.failure(each.code)) for each in found.failed],
        )
    )
    if is_running:
        response.headers["Refresh"] = str(AGAIN_AFTER_SECONDS)
    return response
