"""What can go wrong with a batch."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from skillhub.base.errors import Conflict


class BatchState(Conflict):
    """The batch is in a state in which this step cannot be taken."""

    code = "batch_state"
    message = _l("这个班现在是“%(state)s”，这一步办不了。请刷新页面看最新情况。")


class BatchTooLate(Conflict):
    """Applications would be over before the batch is published."""

    code = "batch_too_late"
    message = _l("这个班的报名时间已经过去，不能公布。请让机构改好报名时间再来核准。")


class BatchRunning(Conflict):
    """The last session has not ended."""

    code = "batch_running"
    message = _l("最后一次课还没有上完，不能结束这个班。要提前停办，请用“取消”并写明原因。")


class BatchOpened(Conflict):
    """People apply already, so what they were told must stay."""

    code = "batch_opened"
    message = _l("已经开始报名，报名时间、地点和老师不能再改。只能改名额；要改别的，请取消后重新申请。")


class DrawTooShort(Conflict):
    """The promise of a draw has to be public for a day before nobody can apply any more."""

    code = "draw_too_short"
    message = _l("抽签班要在公布满24小时以后才能结束报名。请让机构把报名结束时间改晚。")


class PlanUndecided(Conflict):
    """The district's rules do not say how the seats are given out."""

    code = "plan_undecided"
    message = _l("本区的名额分配规则没有给出能用的结果，不能公布。请运营人员检查插件，或先停用它再核准。")


class SessionsBegun(Conflict):
    """A class that has begun is not moved as a whole."""

    code = "sessions_begun"
    message = _l("已经开课，不能整体改期。个别课次有变动请直接通知学员。")


class SeatsTaken(Conflict):
    """More people hold a seat than there would be seats."""

    code = "seats_taken"
    message = _l("已有%(taken)s个名额占着或留着，名额不能少于%(taken)s。")
