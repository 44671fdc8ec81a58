"""What the bus needs of whoever runs plugins in processes of their own, and how long it waits for them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from skillhub.plugins.hooks import Hook

REQUEST_SECONDS = 0.3
"""What one request waits for plugins at most, all its questions together."""

Said = Mapping[str, Any]
"""By plugin what it answered, of the type that the hook promises, or the exception that came instead."""


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

    def asking(
        self, names: Sequence[str], hook: Hook, facts: Mapping[str, object], until: float
    ) -> AbstractContextManager[Callable[[], Said]]:
        """Hand one question to several plugins at once; the call inside waits for their answers.

        :param until: the instant of ``time.monotonic()`` after which nobody is waited for.
        """


class Allowance:
    """Seconds that somebody will still wait for plugins; every question of a request takes from the same."""

    def __init__(self, seconds: float = REQUEST_SECONDS) -> None:
        self.left = seconds


_allowance: ContextVar[Allowance | None] = ContextVar("allowance", default=None)


@contextmanager
def spending(allowance: Allowance) -> Iterator[None]:
    """Let the questions inside the block take their time from one allowance."""
    token = _allowance.set(allowance)
    try:
        yield
    finally:
        _allowance.reset(token)


@contextmanager
def deadline(budget_ms: int) -> Iterator[float]:
    """Give the instant until which one question may last.

    Within a request it is what the allowance still has, and what the question takes is taken from it; in
    background work it is the budget of the hook, but not less than a request would wait.
    """
    began = time.monotonic()
    allowance = _allowance.get()
    if allowance is None:
        yield began + max(budget_ms / 1000, REQUEST_SECONDS)
        return
    try:
        yield began + max(0.0, allowance.left)
    finally:
        allowance.left -= time.monotonic() - began
