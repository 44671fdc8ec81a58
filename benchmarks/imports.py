"""What a file of bad rows costs: the whole decision about every line, against reading and checksums alone.

    python benchmarks/imports.py [--rows 100000] [--rounds 3]

Both run over the same file in the same run, each in a process of its own that reports its
own memory. The floor is `csv.reader` and the check character of every number. Prints JSON:
`figure` and `floor` in seconds (medians of the rounds), their `ratio`, and `megabytes` above
what the imported program takes by itself.
"""

from __future__ import annotations

import argparse
import csv
import json
import multiprocessing
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from skillhub.accounts.rules.identity import check_character
from skillhub.base.sheets import header, opened
from skillhub.imports.rules import headings, judging, people
from skillhub.imports.rules.judging import Judge, Register
from skillhub.imports.rules.lines import Decision

KIND = "people"
FRAME = people.Frame(date(2025, 11, 10), {"130202": "路南区"}, "130202")
NUMBER_COLUMN = 3
HEAD = "序号,姓名,性别,公民身份号码,联系电话,求职意向,登记日期\n"


@dataclass(frozen=True)
class Cost:
    """What one run took, and what it found."""

    seconds: float
    megabytes: float
    found: int


def write(path: Path, rows: int) -> None:
    """Write a file in which every row is wrong: a masked name, a wrong check digit, no mobile number."""
    with path.open("w", encoding="utf-8") as file:
        file.write(HEAD)
        file.writelines(
            f"{n},王*{n % 10},女,13020219780311{n % 10_000:04d},2{n:010d},保洁,2025.3.5\n"
            for n in range(rows)
        )


def decide(path: Path) -> int:
    """Decide about every line, and return how many are refused with a reason."""
    table = header.found(opened(path.name, path.read_bytes()), headings.names(KIND), people.NEEDED, "")
    read = [people.read(row.number, table.values(row), FRAME) for row in table.rows]
    lines = Judge(Register()).lines(read)
    return sum(line.decision is Decision.REFUSE and bool(line.reasons) for line in lines)


def floor(path: Path) -> int:
    """Read the rows and check every number, and return how many are wrong."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        return sum(check_character(row[NUMBER_COLUMN][:17]) != row[NUMBER_COLUMN][17] for row in rows)


def measured(act: Callable[[Path], int], path: Path) -> Cost:
    """Run in a process of its own, so that memory is this run's alone."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measure, (act, path))


def _measure(act: Callable[[Path], int], path: Path) -> Cost:
    judging.Judge(Register()).lines([])
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    found = act(path)
    seconds = time.perf_counter() - began
    return Cost(seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - base) / 1024, found)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bad.csv"
        write(path, options.rows)
        whole = [measured(decide, path) for _ in range(options.rounds)]
        least = [measured(floor, path) for _ in range(options.rounds)]
    figure = statistics.median(each.seconds for each in whole)
    bottom = statistics.median(each.seconds for each in least)
    print(
        json.dumps(
            {
                "rows": options.rows,
                "refused": whole[0].found,
                "figure": round(figure, 3),
                "floor": round(bottom, 3),
                "ratio": round(figure / bottom, 1),
                "megabytes": round(max(each.megabytes for each in whole)),
            }
        )
    )


if __name__ == "__main__":
    main()
