"""The answer on a batch's page, in the largest type: what those who want to join should know now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _

from skillhub.base import clock
from skillhub.courses.queries.batches import BatchView
from skillhub.web import words

TURNS_WITHIN = timedelta(hours=1)
"""So shortly before it opens, the page turns by itself."""


@dataclass(frozen=True)
class Answer:
    """A label, the answer, and a sentence below it."""

    label: str
    big: str
    text: str
    is_stopped: bool = False


def answer(batch: BatchView) -> Answer:
    """Return what the board says."""
    return _BY_PHASE[batch.phase](batch)


def _before(batch: BatchView) -> Answer:
    wait = batch.opens_at - clock.now()
    if wait < TURNS_WITHIN:
        minutes = max(1, round(wait.total_seconds() / 60))
        told = _("还有%(n)s分钟。到点后本页自己会变，不用一直刷新。", n=minutes)
    else:
        told = _("到时候打开这一页，点一下“报名”就行。")
    return Answer(_("开始报名"), words.moment(batch.opens_at), told)


def _open(batch: BatchView) -> Answer:
    told = _(
        "共%(seats)s个，已报%(taken)s人。%(at)s的数字。",
        seats=batch.seats,
        taken=batch.taken,
        at=words.hour(clock.now()),
    )
    return Answer(_("正在报名"), _("还剩%(n)s个名额", n=batch.seats_left), told)


def _full(batch: BatchView) -> Answer:
    if batch.waiting:
        told = _("共%(seats)s个名额，候补%(waiting)s人。", seats=batch.seats, waiting=batch.waiting)
    else:
        told = _("共%(seats)s个名额，还没有人候补。", seats=batch.seats)
    return Answer(_("正在报名"), _("已经报满，可候补"), told)


def _over(batch: BatchView) -> Answer:
    told = _("%(day)s开课，录取%(taken)s人。", day=words.day(batch.starts_on), taken=batch.taken)
    return Answer(_("名额已定"), _("报名已结束"), told)


def _closed(batch: BatchView) -> Answer:
    return Answer(_("这个班"), _("已经结束"), _("%(day)s上完最后一次课。", day=words.day(batch.ends_on)))


def _cancelled(batch: BatchView) -> Answer:
    return Answer(_("这个班"), _("已取消"), batch.cancel_reason or "", is_stopped=True)


def _draft(_batch: BatchView) -> Answer:
    return Answer(_("这个班"), _("等待核准"), _("核准以前，只有机构和本区工作人员看得到这一页。"))


_BY_PHASE: dict[str, Callable[[BatchView], Answer]] = {
    "draft": _draft,
    "before": _before,
    "open": _open,
    "full": _full,
    "over": _over,
    "closed": _closed,
    "cancelled": _cancelled,
}
