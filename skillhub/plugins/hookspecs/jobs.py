"""The question what a district's job feed says."""

from __future__ import annotations

from skillhub.plugins.markers import hookspec
from skillhub.plugins.types import FeedDrop, FeedResult


@hookspec
def read_job_feed(drop: FeedDrop) -> FeedResult | None:
    """Translate one dropped file from the district's own field names.

    Asked by background work when a new file lies in the district's drop folder, never inside a request.
    Core has read the file; the plugin touches no disk and no network. Answer ``None`` when the file is
    not this plugin's. What is wrong in a row is flagged or rejected with its line, never repaired.

    :param drop: the file's name, its whole text, and the civil date it is read on.
    :raises Exception: a file that cannot be read at all; core keeps the last good data and shows its age.

    Policy: collect. Since: API 1. Budget: 5000 ms.
    """
