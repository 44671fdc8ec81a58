"""Loads the whole demonstration, part by part, and keeps how far it is where every process sees it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import current_app
from sqlalchemy import delete, insert, select, update

from skillhub.base import clock, outbox
from skillhub.base.db import db, unit_of_work
from skillhub.config import Config
from skillhub.demo import activities, feeds, history, offers, places, registers, staff
from skillhub.demo import data as tables
from skillhub.demo.classes import Classes
from skillhub.demo.model import DemoState
from skillhub.demo.places import DISTRICTS
from skillhub.demo.today import Today
from skillhub.demo.work import Work

KEPT_EVERY_SECONDS = 0.25
CERTIFIED = (("130202", "P01330"), ("130202", "P01331"))
"""Two trainees who sign in: both were certified in the class of O-LN-01 and hired."""
IN_CLASS = {
    "130202": "LN-38",
    "500104": "DDK-SHOP-02",
    "440103": "LW-VID-16",
    "330102": "SC-BAK-02",
    "140403": "LZ-DJ-03",
}
"""The class of each district whose first trainee signs in; another one is free."""


@dataclass(frozen=True)
class Part:
    """One part of the demonstration, how many items it has, and what loads it."""

    title: str
    of: int
    load: Callable[[], Iterator[int]]


@dataclass(frozen=True)
class Progress:
    """How far the loading is: the part's title, and items done of all."""

    title: str
    done: int
    of: int


def parts(today: Today) -> tuple[Part, ...]:
    """Return the parts in the order in which they build on each other."""
    taught = Classes()
    work = Work(today.day)
    everybody = staff.everybody()
    organisations = len(tables.table("employers")) + len(tables.table("training_bodies")) + 1
    return (
        Part("区县", len(tables.table("districts")), places.load_districts),
        Part("站点", len(tables.table("sites")), places.load_sites),
        Part("机构和用人单位", organisations, registers.load_organisations),
        Part(
            "求职者和意向",
            len(tables.table("people")) + len(tables.table("wishes")),
            registers.load_people,
        ),
        Part("教师", len(tables.table("trainers")), registers.load_trainers),
        Part("工作人员", len(everybody), lambda: history.in_units(everybody, staff.load_in)),
        Part("课程", len(offers.taught()), offers.load_courses),
        Part("培训订单", len(tables.table("orders")), offers.load_orders),
        Part("班期、考勤、成绩和证书", len(taught.batches), taught.load),
        Part("活动", activities.rows_to_load(), activities.load_activities),
        Part("用工和评星", work.of, work.load),
        Part("今天的班和补贴申请", today.of, today.load),
        Part("岗位", len(DISTRICTS), feeds.load),
    )


def spare_people() -> dict[str, list[str]]:
    """Return who can be seated today, by district: first those who are in no class of the tables."""
    taught = {row["person_id"] for row in tables.of_batches("enrolments")}
    people = sorted(tables.table("people"), key=lambda row: (row["person_id"] in taught, row["person_id"]))
    return {
        district: [row["person_id"] for row in rows]
        for district, rows in tables.grouped(people, "district_code").items()
    }


def load(show: Callable[[Progress], object] = lambda _progress: None) -> Path:
    """Load everything and return the file with the sign-ins; `show` hears of every unit."""
    today = Today(clock.today("Asia/Shanghai"), spare_people())
    every = parts(today)
    of = sum(part.of for part in every)
    done = 0
    _begin(of)
    with outbox.held_back():  # nobody is told today of what was years ago, whatever gateway is connected
        for part in every:
            _keep(part.title, done)
            show(Progress(part.title, done, of))
            for count in part.load():
                done += count
                _keep(part.title, done)
                show(Progress(part.title, done, of))
    written = staff.write(staff.open_doors(_trainees(today)), _data_folder())
    with unit_of_work() as unit:
        unit.session.execute(update(DemoState).values(is_complete=True, done=of))
    return written


def _trainees(today: Today) -> list[tuple[str, str]]:
    """Return who signs in, district and number: two with a story, then one in class and one free of each."""
    found = list(CERTIFIED)
    for district in DISTRICTS:
        found += [(district, today.seated[IN_CLASS[district]][0]), (district, today.free[district])]
    return found


def is_complete() -> bool:
    """Tell whether the demonstration has been loaded to its end."""
    return bool(db.session.scalar(select(DemoState.is_complete)))


def progress() -> Progress | None:
    """Return how far the loading is, None when nothing is being loaded."""
    row = db.session.execute(
        select(DemoState.step, DemoState.done, DemoState.of, DemoState.is_complete)
    ).one_or_none()
    if row is None or row.is_complete:
        return None
    return Progress(row.step, row.done, row.of)


def _begin(of: int) -> None:
    with unit_of_work() as unit:
        unit.session.execute(delete(DemoState))
        unit.session.execute(
            insert(DemoState).values(
                id=1, step="", done=0, of=of, is_complete=False, began_at=clock.real_now()
            )
        )


class _Keeper:
    """Keeps how far the loading is, of one part at most four times a second: nobody reads it faster."""

    def __init__(self) -> None:
        self._step = ""
        self._at = float("-inf")

    def __call__(self, step: str, done: int) -> None:
        if step == self._step and time.monotonic() - self._at < KEPT_EVERY_SECONDS:
            return
        with unit_of_work() as unit:
            unit.session.execute(update(DemoState).values(step=step, done=done))
        self._step, self._at = step, time.monotonic()


_keep = _Keeper()


def _data_folder() -> Path:
    config: Config = current_app.extensions["skillhub.config"]
    return config.data_folder
