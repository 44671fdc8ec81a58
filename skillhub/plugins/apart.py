"""What the bus needs of whoever runs plugins in processes of their own, and how long it waits for them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from skillhub.plugins.hooks import Hook
from skillhub.plugins.settings import Value

REQUEST_SECONDS = 0.3
"""What one request waits for plugins at most, all its questions together."""


@dataclass(frozen=True)
class Said:
    """What one plugin answered, of the type that the hook promises, or the exception that came instead."""

    value: Any
    seconds: float


@dataclass(frozen=True)
class Took:
    """How long one plugin took for one question, and whether it failed."""

    plugin: str
    hook: str
    seconds: float
    failed: bool


@dataclass(frozen=True)
class Tenant:
    """A package whose code runs apart: which one, where it lies, and which hooks its code answers."""

    name: str
    module: str
    folder: Path
    hooks: tuple[str, ...]


class Apart(Protocol):
    """Runs the code of plugins in processes of their own."""

    def add(self, tenant: Tenant) -> None:
        """Take a package in; nothing is started yet."""

    def warm(self, names: Iterable[str]) -> None:
        """Start the processes of plugins that will be asked soon, without waiting for them."""

    def walls(self, name: str) -> Mapping[str, str] | None:
        """Return what is lacking of each wall around a plugin's process; None as long as it has none."""

    def asking(
        self,
        settings: Mapping[str, Mapping[str, Value]],
        hook: Hook,
        facts: Mapping[str, object],
        until: float,
    ) -> AbstractContextManager[Callable[[], Mapping[str, Said]]]:
        """Hand one question to several plugins at once; the call inside waits for their answers.

        :param settings: by the name of each who is asked, what is set for it.
        :param until: the instant of ``time.monotonic()`` after which nobody is waited for.
        """


class Allowance:
    """Seconds that somebody will still wait for plugins, and what each of them took.

    Every question of a request takes from the same seconds. Without a number, in background work, each has
    the budget of its hook, but not less than a request would wait.
    """

    def __init__(self, seconds: float | None = REQUEST_SECONDS) -> None:
        self.left = seconds
        self.took: list[Took] = []

    @contextmanager
    def deadline(self, budget_ms: int) -> Iterator[float]:
        """Give the instant until which one question may last."""
        began = time.monotonic()
        if self.left is None:
            yield began + max(budget_ms / 1000, REQUEST_SECONDS)
            return
        try:
            yield began + max(0.0, self.left)
        finally:
            self.left -= time.monotonic() - began


_allowance: ContextVar[Allowance | None] = ContextVar("allowance", default=None)


def allowance() -> Allowance:
    """Return the allowance from which questions take just now."""
    return _allowance.get() or Allowance(None)


@contextmanager
def spending(of: Allowance) -> Iterator[None]:
    """Let the questions inside the block take their time from one allowance."""
    token = _allowance.set(of)
    try:
        yield
    finally:
        _allowance.reset(token)
