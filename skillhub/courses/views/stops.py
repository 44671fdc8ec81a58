"""The lines of a batch: its sessions, and the steps of its life."""

from __future__ import annotations

from flask_babel import gettext as _

from skillhub.base import clock
from skillhub.courses.queries.batches import BatchView
from skillhub.courses.rules.batches import PARTS
from skillhub.web import words

Stop = tuple[str, str, str]


def of_sessions(batch: BatchView) -> list[Stop]:
    """Return the meetings as stops: those that are over, the next one, those to come."""
    now = clock.now()
    next_id = next((each.id for each in batch.sessions if each.ends_at > now), None)
    stops = []
    for each in batch.sessions:
        small = _("%(part)s　%(n)s课时", part=PARTS[each.part], n=each.hours)
        state = "done" if each.ends_at <= now else ("now" if each.id == next_id else "todo")
        if batch.state == "cancelled":
            state = "todo"
        stops.append((words.span(each.starts_at, each.ends_at), small, state))
    return stops


def of_batch(batch: BatchView) -> list[Stop]:
    """Return the steps of a batch's life."""
    now = clock.now()
    filed = (_("机构提交"), words.day(batch.filed_at), "done")
    if batch.state == "cancelled":
        return [filed, (_("已取消"), words.day(batch.closed_at), "halt")]
    if batch.state == "draft":
        here = 1
    elif batch.state == "closed":
        here = 5
    elif now < batch.closes_at:
        here = 2
    elif not batch.is_taught:
        here = 3
    else:
        here = 4
    steps = [
        filed,
        (_("核准"), "", ""),
        (_("报名"), words.moment(batch.opens_at), ""),
        (_("上课"), words.day(batch.starts_on), ""),
        (_("结束"), words.day(batch.closed_at) if batch.closed_at else words.day(batch.ends_on), ""),
    ]
    return [(label, small, _state(number, here)) for number, (label, small, _old) in enumerate(steps)]


def _state(number: int, here: int) -> str:
    if number < here:
        return "done"
    return "now" if number == here else "todo"
