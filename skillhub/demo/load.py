"""Loads the whole demonstration, part by part, and keeps how far it is where every process sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import current_app
from sqlalchemy import delete, insert, select, update

from skillhub.base import clock, outbox
from skillhub.base.db import db, unit_of_work
from skillhub.config import Config
from skillhub.demo import classes, data, feeds, hiring, history, places, staff, today, waiting
from skillhub.demo.model import DemoState

LONG_OVER = "2025-06"
"""Whose last class ended before may be put into one of today."""


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


def parts() -> tuple[Part, ...]:
    """Return the parts in the order in which they build on each other."""
    day = clock.today("Asia/Shanghai")
    taught = classes.Classes()
    workers = staff.staff()
    return (
        Part("区县", len(data.table("districts")), history.load_districts),
        Part("站点", len(data.table("sites")), history.load_sites),
        Part(
            "机构和用人单位",
            len(data.table("employers")) + 1 + len(data.table("training_bodies")),
            history.load_organisations,
        ),
        Part("求职者", len(data.table("people")), history.load_people),
        Part("教师", len(data.table("trainers")), history.load_trainers),
        Part("工作人员", len(workers), lambda: history.in_units(workers, staff.load_in)),
        Part("课程", len(history.taught_courses()), history.load_courses),
        Part("培训订单", len(data.table("orders")), history.load_orders),
        Part("班期、考勤、成绩和证书", len(taught.batches), taught.load),
        Part("用工和评星", len(data.table("placements")), hiring.load_work),
        Part("今天的班", len(today.CLASSES), lambda: today.load(day, spare_people())),
        Part("等着办的订单和补贴", waiting.count(), lambda: waiting.load(day)),
        Part("岗位", len(places.FIVE), feeds.load),
    )


def spare_people() -> dict[str, list[str]]:
    """Return for each district the numbers of the people who may be put into the classes of today.

    First those who are in no class of the tables, then those whose last class is long over.
    """
    held = {row["batch_id"]: row for row in data.table("batches")}
    last: dict[str, str] = {}
    for row in data.table("enrolments"):
        batch = held[row["batch_id"]]
        if batch["kind"] == "batch":
            last[row["person_id"]] = max(batch["ends_on"], last.get(row["person_id"], ""))
    holders = {number for place in places.FIVE for number in place.holders}
    left: dict[str, list[str]] = {place.code: [] for place in places.FIVE}
    for row in sorted(
        data.table("people"), key=lambda row: (last.get(row["person_id"], ""), row["person_id"])
    ):
        if row["person_id"] not in holders and last.get(row["person_id"], "") < LONG_OVER:
            left[row["district_code"]].append(row["person_id"])
    return left


def trainees() -> list[tuple[str, str]]:
    """Return who signs in as a trainee, district and number: holders of certificates, then one in no class.

    Classes of today are filled from the front, so the last of a district is free.
    """
    left = spare_people()
    return [
        (place.code, number) for place in places.FIVE for number in (*place.holders, left[place.code][-1])
    ]


def load(show: Callable[[Progress], object] = lambda _progress: None) -> Path:
    """Load everything and return the file with the sign-ins; `show` hears of every unit."""
    every = parts()
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
    written = staff.write(staff.open_doors(trainees()), _data_folder())
    with unit_of_work() as unit:
        unit.session.execute(update(DemoState).values(is_complete=True, done=of))
    return written


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


def _keep(step: str, done: int) -> None:
    with unit_of_work() as unit:
        unit.session.execute(update(DemoState).values(step=step, done=done))


def _data_folder() -> Path:
    config: Config = current_app.extensions["skillhub.config"]
    return config.data_folder
