"""What goes with a later version of the interface: a class of warning for each, so each can be caught."""

from __future__ import annotations

from dataclasses import dataclass


class RemovedInApi2(DeprecationWarning):
    """The hook is not asked any more by releases that speak version 2 of the interface."""


WARNINGS: dict[int, type[DeprecationWarning]] = {2: RemovedInApi2}
"""The class of warning by the version with which something goes."""


@dataclass(frozen=True)
class Removal:
    """With which version of the interface a hook goes, and what to do instead."""

    api: int
    instead: str

    @property
    def warning(self) -> type[DeprecationWarning]:
        """The class by which a test may catch or refuse it."""
        return WARNINGS[self.api]

    def told(self) -> str:
        """Say it in one line."""
        return f"goes with API {self.api}; {self.instead}"
