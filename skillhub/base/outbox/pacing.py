"""The only place that says how long to wait before the next try; pure, the dice are handed in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

Dice = Callable[[], float]
FIRST = timedelta(seconds=5)
LONGEST = timedelta(minutes=15)
GATEWAY_LONGEST = timedelta(minutes=5)
DOUBTED_AFTER = 3
"""So many messages in a row that a gateway could not take: it is the gateway and not the messages."""


def pause(tries: int, dice: Dice, *, longest: timedelta = LONGEST) -> timedelta:
    """Return the wait after so many tries: twice as long each time, the last half of it by dice.

    The dice keep many that failed at one moment from coming back at one moment.
    """
    whole = min(FIRST * (1 << min(max(tries, 1) - 1, 20)), longest)
    return whole / 2 + whole / 2 * min(max(dice(), 0.0), 1.0)
