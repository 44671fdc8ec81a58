"""The only place that says how old somebody is: by birthday, never by subtracting years."""

from __future__ import annotations

from datetime import date

LEAST_TO_REGISTER = 16


def age(birth_on: date, on: date) -> int:
    """Return the full years lived on a day; who was born on 29 February is a year older on 1 March."""
    return on.year - birth_on.year - ((on.month, on.day) < (birth_on.month, birth_on.day))
