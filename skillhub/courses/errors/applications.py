"""What can go wrong with an application, and the words of the reasons that core itself gives."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from skillhub.base.errors import Conflict, TooMany

REASON_TEXTS: dict[str, LazyString] = {
    "below_16": _l("未满16周岁，不能报名。满16周岁后可以再报。"),
    "identity_unverified": _l("身份证件还没有核对。请带证件到窗口核对，核对后由工作人员接着办。"),
    "moved_up": _l("前面有人退出，空出的名额给了您。"),
    "class_clash": _l("上课时间和您已录取的另一个班冲突。退出那个班后可以再报。"),
    "course_passed": _l("您已经取得过同一工种、同一等级的合格结果，不能再享受补贴。可以选不享受补贴报名。"),
    "rule_broken": _l("本区的报名规则没有算出结果，要由工作人员来定。次序给您保留着。"),
    "facts_changed": _l("报名时您的资料正在变动，要由工作人员来定。次序给您保留着。"),
    "offered": _l("前面空出了名额，轮到您了。"),
    "offer_lapsed": _l("轮到您时没有在期限内答复，名额给了后面的人。"),
    "declined": _l("您没有要这个名额。"),
    "from_earlier_batch": _l("上一期没有轮到您，您按原来的次序排在这一期最前面。"),
    "to_next_batch": _l("这一期没有轮到您，您已按原来的次序转到下一期的最前面。"),
    "placed_elsewhere": _l("您在这门课的另一期已有名额，这里不再占位。"),
    "no_show": _l("开课后没有到，名额作废。"),
    "batch_cancelled": _l("这一期取消了，报名作废。"),
    "batch_closed": _l("这一期已经结束，没有轮到您。"),
    "carried_over": _l("这一期没有轮到您，已经替您报了下一期。"),
    "withdrawn_by_staff": _l("由工作人员代为退出。"),
}
"""A clerk's or a plugin's reason brings its own words."""


class NotOpen(Conflict):
    """Enrolment has not begun."""

    code = "not_open"
    message = _l("报名还没有开始。开始的时间写在班期页面上，到时再点“报名”。")


class Closed(Conflict):
    """Enrolment is over, or the batch has been cancelled."""

    code = "closed"
    message = _l("这一期的报名已经结束。请看看别的班期，或请窗口帮您留意下一期。")


class AlreadyApplied(Conflict):
    """A register brings somebody into a batch twice, or somebody who stands in it already."""

    code = "already_applied"
    message = _l("名单里有人在这一期已经有报名，或者写了两次。请每人只留一条。")


class ClassOver(Conflict):
    """The class has ended: nobody leaves it any more."""

    code = "class_over"
    message = _l("这个班已经结课，不能再退出。如有疑问，请问窗口。")


class NotUnderReview(Conflict):
    """Only an application that waits for a decision can be decided."""

    code = "not_under_review"
    message = _l("这份报名现在不是“待审核”，不用再决定。请刷新页面看最新情况。")


class NoOffer(Conflict):
    """There is no offer that could be answered."""

    code = "no_offer"
    message = _l("这份报名现在没有等您答复的名额。请看回执上写的最新情况。")


class OfferOver(Conflict):
    """The time for an answer is over."""

    code = "offer_over"
    message = _l("答复的期限已经过了，名额给了后面的人。可以再报名，从最后排起。")


class NotBegun(Conflict):
    """Nobody can have missed a class that has not begun."""

    code = "class_not_begun"
    message = _l("还没有开课，不能登记没到。开课以后再登记；要退出请用“退出”。")


class TooManyApplications(TooMany):
    """One account applied more often than a person can."""

    code = "too_many_applications"
    message = _l("一分钟内报名的次数太多了。请过一分钟再报。")
