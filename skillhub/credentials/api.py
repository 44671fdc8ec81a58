"""The JSON addresses of certificates, and of how far background work is."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response

from skillhub.base.access import Scope
from skillhub.credentials import paper, queries, service
from skillhub.credentials.queries import CertificateView
from skillhub.web import api, requests, words
from skillhub.web.api import Listing, Shape

bp = Blueprint("certificates_api", __name__, url_prefix="/api/v1")
ITEMS = 50


class CertificateShape(Shape):
    """A certificate; strangers see the name masked."""

    id: str
    number: str
    name: str
    identity_last4: str
    course: str
    trade: str
    level: str | None
    hours: int
    starts_on: date
    ends_on: date
    body: str
    issued_on: date
    status: str
    reason: str | None
    superseded_by: str | None


class CertificateQuery(Shape):
    """Which page of a list."""

    after: str | None = None


class RevocationPost(Shape):
    """Why a certificate is taken back."""

    reason: str


class JobReference(Shape):
    """The background work that was asked for; how far it is stands at `/api/v1/work/{job}`."""

    job: str


class FailedItem(Shape):
    """What could not be done, and why."""

    item: str
    code: str


class WorkShape(Shape):
    """How far background work is."""

    job: str
    state: str
    done: int
    of: int
    failed: list[FailedItem]


def shape(found: CertificateView, *, is_whole: bool = True) -> CertificateShape:
    """Return a certificate as JSON; its name masked unless the reader may see it whole."""
    facts = found.facts
    return CertificateShape(
        id=found.public_id,
        number=facts.number,
        name=facts.name if is_whole else words.masked(facts.name),
        identity_last4=facts.identity_last4,
        course=facts.course,
        trade=facts.trade,
        level=facts.level,
        hours=facts.hours,
        starts_on=facts.starts_on,
        ends_on=facts.ends_on,
        body=facts.body,
        issued_on=facts.issued_on,
        status=found.status,
        reason=found.revocation_reason,
        superseded_by=found.superseded_by,
    )


@bp.get("/certificates/<public_id>")
@api.operation("A certificate and its status", scope=None, answer=CertificateShape, public=True)
def certificate(public_id: str) -> CertificateShape:
    """Show facts and status; the full name only to the holder, the issuing body and the district's staff."""
    found = queries.verified(public_id)
    return shape(found, is_whole=queries.is_readable(requests.actor(), found))


@bp.get("/certificates/<public_id>.pdf")
@api.operation("The certificate for print", scope=Scope.READ, answer=None, media_type="application/pdf")
def certificate_pdf(public_id: str) -> Response:
    """Draw the paper from its frozen facts."""
    return paper.download(queries.printable(requests.actor(), public_id))


@bp.get("/certificates/<public_id>.png")
@api.operation("The certificate as a picture", scope=Scope.READ, answer=None, media_type="image/png")
def certificate_png(public_id: str) -> Response:
    """Draw the paper as a picture, for phones that open no PDF."""
    return paper.picture(queries.printable(requests.actor(), public_id))


@bp.get("/certificates/<public_id>/credential")
@api.operation("The signed credential", scope=Scope.READ, answer=None, media_type="application/vc+json")
def certificate_credential(public_id: str) -> Response:
    """Hand out the Open Badges 3.0 credential, byte for byte as it was signed."""
    return paper.credential(queries.printable(requests.actor(), public_id))


@bp.get("/me/certificates")
@api.operation("My certificates", scope=Scope.READ, query=CertificateQuery, answer=Listing[CertificateShape])
def mine() -> Listing[CertificateShape]:
    """List the certificates of the person whose token it is."""
    asked = api.query(CertificateQuery)
    return api.listed(queries.page_of_person(actor=requests.actor(), after=asked.after, limit=ITEMS), shape)


@bp.get("/batches/<code>/certificates")
@api.operation(
    "Certificates of a class", scope=Scope.READ, query=CertificateQuery, answer=Listing[CertificateShape]
)
def of_batch(code: str) -> Listing[CertificateShape]:
    """List what was issued for a class, in order of issue."""
    asked = api.query(CertificateQuery)
    page = queries.page_of_batch(actor=requests.actor(), batch=code, after=asked.after, limit=ITEMS)
    return api.listed(page, shape)


def _reference(job: str) -> JobReference:
    return JobReference(job=job)


@bp.post("/batches/<code>/certificates")
@api.operation("Issue for a class", scope=Scope.TEACH, answer=JobReference, status=202)
@api.writing(_reference)
def issue(code: str) -> str:
    """Issue for everybody in a class who passed, in the background."""
    return service.issue_batch(actor=requests.actor(), batch=code)


@bp.get("/work/<job>")
@api.operation("How far background work is", scope=Scope.READ, answer=WorkShape)
def work(job: str) -> WorkShape:
    """Show a job to who asked for it, to colleagues at the school, and to the staff of its district."""
    found = queries.readable_job(requests.actor(), job)
    failed = [FailedItem(item=each.item, code=each.code) for each in found.failed]
    return WorkShape(job=found.job, state=found.state, done=found.done, of=found.of, failed=failed)


def _revoked(public_id: str) -> CertificateShape:
    return shape(queries.readable(requests.actor(), public_id))


@bp.post("/certificates/<public_id>/revocation")
@api.operation("Take a certificate back", scope=Scope.DECIDE, body=RevocationPost, answer=CertificateShape)
@api.writing(_revoked)
def revoke(public_id: str) -> str:
    """Take a certificate back; holder and verifiers see the reason."""
    actor = requests.actor()
    queries.revocable(actor, public_id)
    return service.revoke(actor=actor, certificate=public_id, reason=api.read(RevocationPost).reason)
