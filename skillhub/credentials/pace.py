"""How often one address may ask us to check a file, or name a certificate that there is not.

Counted in each web process for itself: the limit keeps a machine from being worn out,
and guessing an id of 128 bits is hopeless with or without it.
"""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from datetime import datetime, timedelta

from skillhub.base import clock
from skillhub.base.errors import TooMany

MOST = 60
WITHIN = timedelta(minutes=1)
MOST_ADDRESSES = 10_000


class Pace:
    """At most so many times within a while, for each address."""

    def __init__(self, most: int = MOST) -> None:
        """Begin with nobody."""
        self.most = most
        self._lock = threading.Lock()
        self._times: dict[str, deque[datetime]] = defaultdict(deque)

    def count(self, address: str) -> None:
        """Note that an address asks once more.

        :raises TooMany: it has asked too often.
        """
        now = clock.real_now()
        with self._lock:
            if len(self._times) > MOST_ADDRESSES:
                self._times.clear()
            times = self._times[address]
            while times and now - times[0] > WITHIN:
                times.popleft()
            if len(times) >= self.most:
                raise TooMany
            times.append(now)

    def forget(self) -> None:
        """Begin anew (tests)."""
        with self._lock:
            self._times.clear()


PACE = Pace()
