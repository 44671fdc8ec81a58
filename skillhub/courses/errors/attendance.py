"""What can go wrong when attendance is recorded."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from skillhub.base.errors import Conflict


class SessionNotStarted(Conflict):
    """Nobody can have been at a session that has not begun."""

    code = "session_not_started"
    message = _l("这次课还没有开始，不能点名。上课后再来登记。")


class BatchNotRunning(Conflict):
    """The batch is a draft, closed or cancelled: its record is not written any more."""

    code = "batch_not_running"
    message = _l("这个班期没有发布，或者已经结束、取消，不能再登记。要更正请找本区管理人员。")


class AttendanceKept(Conflict):
    """A certificate rests on this attendance."""

    code = "attendance_kept"
    message = _l("已经发了证书，考勤不能再改。确实有误，请先作废证书。")
