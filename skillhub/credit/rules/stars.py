"""What stars mean: how an entry is booked, and what is shown of a sum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

RULE = "stars-1"  # named in every entry; a new way of counting gets a new name
LEAST, MOST = 1, 5
ENOUGH_RATINGS = 5


class Sample(StrEnum):
    """Whether there are enough ratings for the mean to say something."""

    OK = "ok"
    SMALL = "small"


@dataclass(frozen=True)
class Leg:
    """One side of an entry: an amount of a unit (`star`, `rating`) to (+) or from (−) an account."""

    account: str
    unit: str
    amount: int


@dataclass(frozen=True)
class Stars:
    """Mean with one decimal (None without ratings), how many ratings, and whether they are enough."""

    mean: float | None
    count: int
    sample: Sample


def legs(worker: str, employer: str, stars: int) -> tuple[Leg, ...]:
    """Return what one rating books: stars and one rating, from the employer to the worker."""
    return (
        Leg(worker, "star", stars),
        Leg(employer, "star", -stars),
        Leg(worker, "rating", 1),
        Leg(employer, "rating", -1),
    )


def reversed_legs(booked: Iterable[Leg]) -> tuple[Leg, ...]:
    """Return what takes an entry back."""
    return tuple(Leg(leg.account, leg.unit, -leg.amount) for leg in booked)


def is_balanced(booked: Iterable[Leg]) -> bool:
    """Tell whether the legs sum to zero in each unit."""
    sums: Counter[str] = Counter()
    for leg in booked:
        sums[leg.unit] += leg.amount
    return not any(sums.values())


def shown(star_sum: int, count: int) -> Stars:
    """Return what people see of the sums of one account."""
    mean = round(star_sum / count, 1) if count else None
    return Stars(mean, count, Sample.OK if count >= ENOUGH_RATINGS else Sample.SMALL)
