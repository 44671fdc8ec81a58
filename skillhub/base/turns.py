"""Whose turn it is: threads of one process pass one at a time, in the order in which they came."""

from __future__ import annotations

import threading
from collections import deque


class Line:
    """A line that passes one thread at a time; who has gone through calls the next.

    A plain lock wakes whom it likes, and who has just let it go is often the first to have
    it again: under load somebody would wait until his patience ends while others pass twice.
    """

    def __init__(self) -> None:
        """Begin with nobody in it."""
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._is_taken = False

    def enter(self, seconds: float) -> bool:
        """Wait for one's turn, and say whether it came in so many seconds; then `leave` has to follow."""
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return True
            called = threading.Event()
            self._waiting.append(called)
        if called.wait(seconds):
            return True
        with self._guard:
            if called.is_set():  # at the last moment
                return True
            self._waiting.remove(called)
            return False

    def leave(self) -> None:
        """Call the next, if anybody waits."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_taken = False
