"""What can go wrong with an event and its door, in words that say what to do."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from skillhub.base.errors import Conflict, TooMany


class DoorsClosed(Conflict):
    """Nobody can have come to an event that has not begun."""

    code = "doors_closed"
    message = _l("活动还没有到签到的时间。请在活动当天来签到。")


class SignInOver(Conflict):
    """The event lies too far back to sign in to."""

    code = "sign_in_over"
    message = _l("这场活动的签到已经结束。要补记，请找本区工作人员。")


class ActivityCancelled(Conflict):
    """The event does not take place."""

    code = "activity_cancelled"
    message = _l("这场活动已经取消，不能再签到或改动。")


class ActivityHeld(Conflict):
    """The event has begun, so that what people were told, and who came, stays."""

    code = "activity_held"
    message = _l("这场活动已经开始，不能再改或取消。")


class TooManyWrongCodes(TooMany):
    """One person tried more codes than anybody mistypes."""

    code = "too_many_wrong_codes"
    retry_after = 600
    message = _l("试错的次数太多了。请过十分钟再试，或请门口的工作人员帮您签到。")
