"""Where people may register: the districts floor, which stands above, says which districts there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol


class Place(Protocol):
    """A district, as far as a form offers it."""

    @property
    def code(self) -> str:
        """Six digits."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def city(self) -> str:
        """The city to which it belongs."""


def _none() -> Sequence[Place]:
    return ()


_source: list[Callable[[], Sequence[Place]]] = [_none]


def use(source: Callable[[], Sequence[Place]]) -> None:
    """Name where the districts are read."""
    _source[0] = source


def places() -> Sequence[Place]:
    """Return the districts in which people may register."""
    return _source[0]()
