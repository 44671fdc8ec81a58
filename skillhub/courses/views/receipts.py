"""The words of a receipt: the answer under its state, and the line of what happens next."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from skillhub.courses.queries.applications import ApplicationView
from skillhub.courses.rules.applications import State
from skillhub.web import words

Stop = tuple[str, str, str]


def answer(found: ApplicationView) -> str:
    """Return the sentence under the state."""
    sentences = {
        State.ENROLLED: _("名额是您的了。请按时上课，不能来请尽早退出，让给后面的人。"),
        State.WAITLISTED: _("报名已收到，不用再点。前面有人退出，就往前移一位。"),
        State.IN_DRAW: _("报名已收到，不用再点。报名结束后抽签。"),
        State.UNDER_REVIEW: _("报名已收到，次序保留着。工作人员看过以后才能定。"),
        State.OFFERED: _(
            "请在%(until)s以前答复，过时给下一位。",
            until=words.moment(found.offer_until) if found.offer_until else "",
        ),
        State.REFUSED: _("这次没有通过，原因写在下面。"),
        State.WITHDRAWN: _("您已退出这一期。想再报，次序从最后排起。"),
        State.LAPSED: _("这份报名已经作废，原因写在下面。"),
    }
    return str(sentences[State(found.state)])


def stops(found: ApplicationView, *, cut_off: datetime, closes_at: datetime) -> list[Stop]:
    """Return the line: received, decided on, class."""
    received = (_("已收到"), words.hour(found.applied_at), "done")
    decided = words.moment(found.decided_at)
    if found.state == State.ENROLLED:
        return [received, (_("已录取"), decided, "now"), (_("去上课"), _("每次课都要签到"), "todo")]
    if found.state in (State.REFUSED, State.WITHDRAWN, State.LAPSED):
        return [received, (found.word, decided, "halt")]
    if found.state == State.UNDER_REVIEW:
        return [
            received,
            (_("待审核"), _("请带身份证件到窗口核对"), "now"),
            (_("录取，或进候补"), _("定了就发短信给您"), "todo"),
        ]
    if found.state == State.IN_DRAW:
        return [
            received,
            (_("等待抽签"), _("%(at)s以后抽", at=words.moment(closes_at)), "now"),
            (_("录取，或进候补"), _("定了就发短信给您"), "todo"),
        ]
    last = (_("录取，或转到下一期"), _("%(at)s定。转到下一期，次序不变", at=words.moment(cut_off)), "todo")
    if found.state == State.OFFERED:
        until = words.moment(found.offer_until) if found.offer_until else ""
        return [
            received,
            (_("轮到您了"), _("%(until)s以前点“要”或“不要”", until=until), "now"),
            (_("录取"), _("点了“要”，名额就是您的"), "todo"),
        ]
    return [
        received,
        (found.word, _("有变动就发短信给您"), "now"),
        (_("轮到您"), _("24小时内点“要”或“不要”，过时给下一位"), "todo"),
        last,
    ]
