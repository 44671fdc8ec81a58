"""What the system knows about a filed batch, beside what its training body says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import lazy_gettext as _l

from skillhub.courses.queries import orders, timetables
from skillhub.courses.queries.batches import BatchFace
from skillhub.courses.rules import batches as rules
from skillhub.courses.rules.batches import PlannedSession


@dataclass(frozen=True)
class Finding:
    """One thing compared: as filed, as found, and whether they agree (None where it cannot be known)."""

    subject: str
    filed: str
    found: str
    agrees: bool | None


def of(face: BatchFace) -> tuple[Finding, ...]:
    """Return what was compared for one filed batch."""
    found = [_trainer(face), _hours(face), _permit(face)]
    heads = _heads(face)
    return tuple([*found, heads] if heads else found)


def _trainer(face: BatchFace) -> Finding:
    batch, subject = face.batch, str(_l("老师的时间"))
    if face.trainer is None or batch.trainer_id is None:
        return Finding(subject, str(_l("没有写老师")), "", agrees=None)
    planned = [
        PlannedSession(starts_at=each.starts_at, ends_at=each.ends_at, part=each.part)
        for each in batch.sessions
    ]
    taught = timetables.taught_by(
        batch.trainer_id,
        since=batch.sessions[0].starts_at - timedelta(days=1),
        until=max(each.ends_at for each in batch.sessions),
        besides=batch.id,
    )
    other = rules.clash(planned, taught)
    filed = str(_l("%(name)s，%(n)s次课", name=face.trainer.name, n=len(batch.sessions)))
    if other is None:
        return Finding(subject, filed, str(_l("这些时间没有排别的课")), agrees=True)
    return Finding(subject, filed, str(_l("同一时间在%(batch)s班上课", batch=other.batch)), agrees=False)


def _hours(face: BatchFace) -> Finding:
    batch = face.batch
    planned = {part: sum(each.hours for each in batch.sessions if each.part == part) for part in rules.PARTS}
    text = _l("理论%(theory)s、实操%(practice)s课时", **planned)
    wanted = {"theory": batch.course.theory_hours, "practice": batch.course.practice_hours}
    course = _l("课程要求理论%(theory)s、实操%(practice)s课时", **wanted)
    return Finding(str(_l("课时")), str(text), str(course), agrees=planned == wanted)


def _permit(face: BatchFace) -> Finding:
    subject, valid_to = str(_l("机构许可")), face.body.permit_valid_to
    filed = str(_l("上课到%(day)s", day=_written(face.batch.ends_on)))
    if valid_to is None:
        return Finding(subject, filed, str(_l("许可日期没有录入")), agrees=None)
    return Finding(
        subject,
        filed,
        str(_l("许可到%(day)s", day=_written(valid_to))),
        agrees=valid_to >= face.batch.ends_on,
    )


def _heads(face: BatchFace) -> Finding | None:
    batch = face.batch
    if batch.order is None:
        return None
    heads = orders.order_by_id(batch.order.id).heads
    return Finding(
        str(_l("订单人数")),
        str(_l("%(n)s个名额", n=batch.seats)),
        str(_l("订单要培训%(n)s人", n=heads)),
        agrees=batch.seats <= heads,
    )


def _written(day: date) -> str:
    return str(_l("%(year)s年%(month)s月%(day)s日", year=day.year, month=day.month, day=day.day))
