"""What stands in the way of a process of ours, as opposed to what a person did wrong at a page."""

from __future__ import annotations


class Problem(Exception):
    """A process cannot do its work; the message is one line in Chinese that says what to do."""
