"""What is alive around the demonstration day, as a table: classes, orders and walk-ins of each district.

The articles' classes all lie in the past. Days count from the day itself, a Monday.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from skillhub.courses.rules.places import Place, Position
from skillhub.demo.classes import school_address
from skillhub.subsidy.rules.steps import Step

OPEN_BATCH = "LN-37"
TO_CERTIFY = "LN-39"
LATER = (28, 29, 30, 31, 32, 35)
BEGINS_AGAIN = (14, 15, 16, 17, 18)
LAST_WEEKS = (-14, -13, -12, -11, -10)
BEFORE_NOW = (*LAST_WEEKS, -7)
LAST_WEEK = (-7, -6, -5, -4, -3)
NOW = (-4, -3, 0, 1, 2)


class Stage(StrEnum):
    """How far a class has come."""

    FILED = "filed"
    RUNNING = "running"
    EXAMINED = "examined"
    CERTIFIED = "certified"


@dataclass(frozen=True)
class Alive:
    """A class around the day; `seated` people have applied, its lessons of the past have been taught."""

    code: str
    course: str
    body: str
    trainer: str
    seats: int
    opens: timedelta
    days: tuple[int, ...]
    hour: int
    seated: int
    stage: Stage = Stage.RUNNING
    order: str | None = None


@dataclass(frozen=True)
class Asked:
    """An order of the last weeks; what has been approved has been visited."""

    code: str
    employer: str
    course: str
    heads: int
    wage_yuan: int
    days_ago: int
    is_approved: bool = False


@dataclass(frozen=True)
class Claimed:
    """A claim that was made some days ago, with the steps that were taken, one a day."""

    batch: str
    days_ago: int
    steps: tuple[Step, ...]


def _days(count: int) -> timedelta:
    return timedelta(days=count)


CLASSES = (
    Alive(OPEN_BATCH, "C-LN-TIDY", "B-LN-1", "T11", 20, _days(-2), BEGINS_AGAIN, 9, 13),
    Alive("LN-38", "C-LN-CLEAN", "B-LN-1", "T09", 16, _days(-20), NOW, 9, 12),
    Alive(TO_CERTIFY, "C-LN-BABY", "B-LN-1", "T11", 10, _days(-25), LAST_WEEK, 14, 8, Stage.EXAMINED),
    Alive("LN-40", "C-LN-COOK", "B-LN-2", "T12", 12, timedelta(minutes=10), (21, 22, 23, 24, 25), 9, 0),
    Alive("LN-41", "C-LN-CLEAN", "B-LN-2", "T10", 8, _days(-3), (10, 11, 12, 15, 16), 14, 11),
    Alive(
        "LN-42", "C-LN-CLEAN", "B-LN-1", "T09", 8, _days(-30), LAST_WEEKS, 14, 6, Stage.CERTIFIED, "O-LN-12"
    ),
    Alive("LN-43", "C-LN-STAR", "B-LN-2", "T10", 16, _days(7), (28, 29, 30, 31, 32), 9, 0, Stage.FILED),
    Alive("DDK-TAG-02", "C-DDK-TAG", "B-DDK-1", "T01", 20, _days(-3), (*BEGINS_AGAIN, 21), 9, 9),
    Alive("DDK-SHOP-02", "C-DDK-SHOP", "B-DDK-1", "T01", 16, _days(-18), (-3, 0), 9, 10),
    Alive(
        "DDK-TAG-03", "C-DDK-TAG", "B-DDK-1", "T01", 10, _days(-35), BEFORE_NOW, 14, 7,
        Stage.CERTIFIED, "O-DDK-01",
    ),
    Alive("DDK-SHOP-03", "C-DDK-SHOP", "B-DDK-1", "T01", 20, _days(9), (30, 31), 14, 0, Stage.FILED),
    Alive("LW-UAV-16", "C-LW-UAV", "B-LW-2", "T02", 20, _days(-2), (*BEGINS_AGAIN, 21), 9, 24),
    Alive("LW-VID-16", "C-LW-VID", "B-LW-1", "T03", 12, _days(-20), (*NOW, 3), 9, 10),
    Alive("LW-UAV-17", "C-LW-UAV", "B-LW-2", "T02", 10, _days(-30), BEFORE_NOW, 9, 8, Stage.EXAMINED),
    Alive(
        "LW-LIV-16", "C-LW-LIV", "B-LW-1", "T04", 10, _days(-35), BEFORE_NOW, 14, 8,
        Stage.CERTIFIED, "O-LW-01",
    ),
    Alive("LW-LIV-17", "C-LW-LIV", "B-LW-1", "T04", 20, _days(8), LATER, 9, 0, Stage.FILED),
    Alive("SC-COF-02", "C-SC-COF", "B-SC-1", "T05", 12, _days(-2), (14, 15, 16, 17), 9, 8),
    Alive("SC-BAK-02", "C-SC-BAK", "B-SC-1", "T05", 12, _days(-16), (-3, 0, 1, 2), 9, 9),
    Alive(
        "SC-LIV-02", "C-SC-LIV", "B-SC-1", "T06", 12, _days(-32), (-14, -13, -12, -11), 14, 8,
        Stage.CERTIFIED, "O-SC-02",
    ),
    Alive("SC-LIV-03", "C-SC-LIV", "B-SC-1", "T06", 20, _days(9), (28, 29, 30, 31), 9, 0, Stage.FILED),
    Alive("LZ-DJ-02", "C-LZ-DJ", "B-LZ-2", "T08", 20, _days(-2), (14, 15, 16, 17), 14, 11),
    Alive("LZ-DJ-03", "C-LZ-DJ", "B-LZ-1", "T07", 16, _days(-18), (-3, 0, 1, 2), 9, 12),
    Alive(
        "LZ-DJ-04", "C-LZ-DJ", "B-LZ-2", "T08", 12, _days(-32), (-14, -13, -12, -11), 14, 9,
        Stage.CERTIFIED, "O-LZ-01",
    ),
    Alive("LZ-DJ-05", "C-LZ-DJ", "B-LZ-1", "T07", 20, _days(9), (28, 29, 30, 31), 14, 0, Stage.FILED),
)  # fmt: skip

ORDERS = (
    Asked("O-LN-12", "E-LN-0001", "C-LN-CLEAN", 8, 180, 45, is_approved=True),
    Asked("O-LN-13", "E-LN-0001", "C-LN-TIDY", 6, 220, 3),
    Asked("O-DDK-01", "E-DDK-0001", "C-DDK-TAG", 10, 160, 48, is_approved=True),
    Asked("O-DDK-02", "E-DDK-0001", "C-DDK-TAG", 12, 170, 4),
    Asked("O-LW-01", "E-LW-0001", "C-LW-LIV", 10, 200, 48, is_approved=True),
    Asked("O-LW-02", "E-LW-0001", "C-LW-VID", 8, 210, 2),
    Asked("O-SC-02", "E-SC-0017", "C-SC-LIV", 10, 240, 45, is_approved=True),
    Asked("O-SC-03", "E-SC-0017", "C-SC-COF", 6, 190, 5),
    Asked("O-LZ-01", "E-LZ-0001", "C-LZ-DJ", 10, 120, 45, is_approved=True),
    Asked("O-LZ-02", "E-LZ-0001", "C-LZ-DJ", 8, 130, 3),
)

CLAIMS = (
    Claimed("LN-35", 3, (Step.SUBMISSION,)),
    Claimed("DDK-TAG-03", 3, (Step.SUBMISSION, Step.RETURN)),
    Claimed("LW-LIV-16", 4, (Step.SUBMISSION, Step.APPROVAL)),
    Claimed("SC-LIV-02", 1, ()),
    Claimed("LZ-DJ-04", 4, (Step.SUBMISSION, Step.APPROVAL, Step.OBJECTIONS)),
)
REASONS = {
    Step.RETURN: "花名册缺一个人的签名，请补齐后再交。",
    Step.OBJECTIONS: "公示期间有人反映名单里有一人没有到课，请核对考勤。",
}

PLACES = {
    "130202": Place("家政实训室", school_address("130202"), Position(lon=118.1620, lat=39.6230)),
    "500104": Place("教室1", school_address("500104"), Position(lon=106.4820, lat=29.4840)),
    "440103": Place("直播间", school_address("440103"), Position(lon=113.2440, lat=23.1260)),
    "330102": Place("水吧操作间", school_address("330102"), Position(lon=120.1700, lat=30.2430)),
    "140403": Place("民情茶座", school_address("140403"), Position(lon=113.1230, lat=36.1950)),
}
"""The room in which the classes of a district are taught, where its batches do not say another."""

WALK_INS = {
    "130202": ("示例来访者一（虚构）", "19900009081", OPEN_BATCH),
    "500104": ("示例来访者二（虚构）", "19900009082", "DDK-TAG-02"),
    "440103": ("示例来访者三（虚构）", "19900009083", "LW-UAV-16"),
    "330102": ("示例来访者四（虚构）", "19900009084", "SC-COF-02"),
    "140403": ("示例来访者五（虚构）", "19900009085", "LZ-DJ-02"),
}
"""Somebody who came to the desk without a document: registered, applied, waits for a decision."""
