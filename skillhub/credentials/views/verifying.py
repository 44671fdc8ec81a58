"""The pages where anybody checks a certificate: by its address, or by the file that somebody sent."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from skillhub.base import clock
from skillhub.base.errors import NotFound
from skillhub.credentials import labels, queries
from skillhub.credentials.forms import VerifyForm
from skillhub.credentials.pace import PACE
from skillhub.credentials.queries import CertificateView, credentials, judgements
from skillhub.credentials.rules.facts import Status
from skillhub.credentials.vc import presented
from skillhub.credentials.vc.verify import Answer, Judgement
from skillhub.districts import queries as districts
from skillhub.web import headers, requests

bp = Blueprint("verifying", __name__)


@bp.after_request
def _allow_own_script(response: Response) -> Response:
    """Who has been here once can check without a network: a script of ours keeps the page for that."""
    response.headers["Content-Security-Policy"] = headers.WITH_OWN_SCRIPT
    return response


def _address() -> str:
    return request.remote_addr or ""


@bp.get("/verify/<public_id>")
def verify(public_id: str) -> ResponseReturnValue:
    """Answer whoever was shown a certificate: the register's facts, and what was and was not checked."""
    try:
        found = queries.certificate(public_id)
    except NotFound:
        PACE.count(_address())
        return make_response(render_template("credentials/verify_unknown.html"), 404)
    requests.show_district(found.district)
    judgement = judgements.of_certificate(found)
    if not found.is_intact or (judgement is not None and judgement.unaltered.value is Answer.NO):
        return render_template("credentials/verify_altered.html")
    if credentials.is_erased(found.id):
        return render_template("credentials/verify_erased.html", certificate=found)
    is_whole = queries.is_readable(requests.actor(), found)
    return render_template(
        "credentials/verify.html",
        certificate=found,
        pairs=labels.pairs(found.facts, is_whole=is_whole),
        is_whole=is_whole,
        asked_at=clock.now(),
        newer=found.superseded_by,
        district=districts.district(found.district),
        rows=labels.rows(judgement),
    )


@bp.route("/verify", methods=["GET", "POST"])
def check() -> ResponseReturnValue:
    """Take a file, or the text of a code, and give four answers."""
    form = VerifyForm()
    if form.validate_on_submit():
        PACE.count(_address())
        data = form.content()
        if data:
            return _judged(data)
        form.file.errors = [_("请选一个文件，或者填二维码里的文字。")]
    return render_template("credentials/verify_start.html", form=form)


def _judged(data: bytes) -> str:
    found = judgements.of_file(data)
    register = _registered(found)
    if register is not None:
        requests.show_district(register.district)
    return render_template(
        "credentials/verify_file.html",
        judgement=found,
        rows=labels.rows(found),
        pairs=labels.shown_pairs(found.shown) if found.shown else [],
        register=register if register is not None and register.status != Status.VALID else None,
        is_code=presented.kind_of(data) is presented.Kind.CODE,
    )


def _registered(found: Judgement) -> CertificateView | None:
    """Return what has become of a genuine certificate; of any other nothing is looked up."""
    if found.shown is None:
        return None
    try:
        return queries.certificate(found.shown.public_id)
    except NotFound:
        return None
