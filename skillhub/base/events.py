"""How a lower floor tells upper floors what has happened, without knowing them.

An event is a frozen dataclass of ids. `publish` delivers it once the unit has
been committed; `app.py` alone connects listeners. What must not be lost is
enqueued as background work inside the unit instead.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from skillhub.base.db import Unit

Event = TypeVar("Event")
_listeners: dict[type[Any], list[Callable[[Any], object]]] = defaultdict(list)


def connect(kind: type[Event], listener: Callable[[Event], object]) -> None:
    """Call `listener` with every event of this kind; connecting twice is once."""
    if listener not in _listeners[kind]:
        _listeners[kind].append(listener)


def publish(unit: Unit, event: object) -> None:
    """Deliver the event to its listeners after the unit has been committed."""
    for listener in _listeners[type(event)]:
        unit.after_commit(lambda listener=listener: listener(event))  # type: ignore[misc]  # mypy cannot type a defaulted lambda
