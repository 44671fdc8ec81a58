"""JSON addresses of batches: to find them, to file and to change them, and the steps of their life."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, after_this_request, request
from flask_babel import lazy_gettext as _l

from skillhub.base import paging
from skillhub.base.access import Scope
from skillhub.base.errors import FieldError, Invalid, Malformed, VersionConflict
from skillhub.courses.api import tokens
from skillhub.courses.api.batch_shapes import (
    BatchPatch,
    BatchPost,
    BatchQuery,
    BatchShape,
    CancellationPost,
    place_of,
    shape,
    shapes,
    wanted_of,
)
from skillhub.courses.queries import batch_lists, batch_rights, filers
from skillhub.courses.rules.allocation import Quota
from skillhub.courses.rules.batches import PlannedSession
from skillhub.courses.service import batch_changes, batches, moving
from skillhub.courses.service.batch_changes import Change
from skillhub.web import api, requests

bp = Blueprint("batches_api", __name__, url_prefix="/api/v1")


def _shown(code: str) -> BatchShape:
    found = batch_rights.visible(actor=requests.actor(), code=code)

    @after_this_request
    def tagged(response: Response) -> Response:
        if response.status_code < HTTPStatus.BAD_REQUEST:
            response.set_etag(str(found.version))
        return response

    return shape(found)


@bp.get("/batches")
@api.operation("班期", scope=None, query=BatchQuery, answer=api.Listing[BatchShape], public=True)
def get_batches() -> api.Listing[BatchShape]:
    """List published and closed batches: the newest first, or the nearest where `near` gives a point.

    A batch without a measured position comes last.
    """
    asked = api.query(BatchQuery)
    page = batch_lists.listed(wanted_of(asked), after=asked.after, limit=asked.limit or paging.MOST)
    return api.Listing[BatchShape](items=shapes(page.items), next=page.next)


@bp.get("/batches/<code>")
@api.operation("一个班期", scope=None, answer=BatchShape, public=True)
def get_batch(code: str) -> BatchShape:
    """Show one batch; the header ETag is its version, to be sent back as If-Match."""
    return _shown(code)


@bp.post("/batches")
@api.operation("申请开班", scope=Scope.TEACH, body=BatchPost, answer=BatchShape, status=201)
@api.writing(show=_shown)
def post_batch() -> str:
    """File a batch of the caller's training body, or as a clerk of a market; it waits for approval."""
    filers.districts_of(requests.actor())
    sent = api.read(BatchPost)
    return batches.file(
        actor=requests.actor(),
        course=sent.course,
        order=sent.order,
        seats=sent.seats,
        mode=sent.mode,
        quotas=[Quota(group=each.group, seats=each.seats) for each in sent.quotas or ()],
        release_at=sent.release_at,
        cut_off=sent.cut_off,
        opens_at=sent.opens_at,
        closes_at=sent.closes_at,
        sessions=[
            PlannedSession(starts_at=each.starts_at, ends_at=each.ends_at, part=each.part)
            for each in sent.sessions
        ],
        place=place_of(sent.place),
        trainer=sent.trainer,
    )


@bp.patch("/batches/<code>")
@api.operation("修改班期", scope=None, body=BatchPatch, answer=BatchShape)
@api.writing(show=_shown)
def patch_batch(code: str) -> str:
    """Change what is given; with If-Match only if nobody has changed the batch since."""
    _require_keeper(code)
    version = _version(request.headers.get("If-Match"))
    sent = api.read(BatchPatch)
    if sent.first_at is not None:
        if not sent.moves_only:
            raise Invalid(FieldError("first_at", "alone", _l("改期请单独提交first_at，别的改动另外提交。")))
        return moving.move(actor=requests.actor(), code=code, first_at=sent.first_at)
    return batch_changes.change(
        actor=requests.actor(),
        code=code,
        version=version,
        change=Change(
            seats=sent.seats,
            opens_at=sent.opens_at,
            closes_at=sent.closes_at,
            place=place_of(sent.place) if sent.place else None,
            trainer=sent.trainer,
        ),
    )


@bp.post("/batches/<code>/publication")
@api.operation("核准开班并公布", scope=Scope.DECIDE, answer=BatchShape)
@api.writing(show=_shown)
def post_publication(code: str) -> str:
    """Approve a filed batch: people see it and can apply from its opening on."""
    return batches.publish(actor=requests.actor(), code=code)


@bp.post("/batches/<code>/closing")
@api.operation("结束班期", scope=None, answer=BatchShape)
@api.writing(show=_shown)
def post_closing(code: str) -> str:
    """Close a batch after its last session."""
    _require_keeper(code)
    return batches.close(actor=requests.actor(), code=code)


@bp.post("/batches/<code>/cancellation")
@api.operation("取消班期", scope=None, body=CancellationPost, answer=BatchShape)
@api.writing(show=_shown)
def post_cancellation(code: str) -> str:
    """Cancel a batch; everybody in it is told."""
    _require_keeper(code)
    sent = api.read(CancellationPost)
    return batches.cancel(actor=requests.actor(), code=code, reason=sent.reason)


def _require_keeper(code: str) -> None:
    actor = requests.actor()
    batch_rights.run_by(actor=actor, code=code)
    tokens.require_any(actor, Scope.TEACH, Scope.DECIDE)


def _version(sent: str | None) -> int | None:
    """Read If-Match: the ETag of the batch as it was read, ``*`` or nothing for whatever it is now.

    :raises Malformed: it names several.
    :raises VersionConflict: it was never one of ours.
    """
    if sent is None or sent.strip() == "*":
        return None
    tags = sent.split(",")
    if len(tags) != 1:
        raise Malformed((FieldError("If-Match", "several", _l("请只写一个ETag，就是读取时答复里的那个。")),))
    tag = tags[0].strip().removeprefix("W/").strip('"')
    if not tag.isascii() or not tag.isdigit():
        raise VersionConflict(sent=tag[:20])
    return int(tag)
