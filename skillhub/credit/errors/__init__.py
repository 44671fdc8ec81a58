"""What can go wrong with engagements and ratings."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from skillhub.base.errors import Conflict


class AlreadyRated(Conflict):
    """The engagement has its stars; they are given once."""

    code = "already_rated"
    message = _l("这次用工已经评过分了，每次用工只评一次。")


class NotFinished(Conflict):
    """Stars come after the work."""

    code = "not_finished"
    message = _l("这次用工还没有结束。结束之后才能评分。")


class NoWork(Conflict):
    """An intent is no work, so there is nothing to rate."""

    code = "no_work"
    message = _l("这只是就业意向，没有实际用工，不能评分。")


class AlreadyRemoved(Conflict):
    """The engagement was taken back before."""

    code = "already_removed"
    message = _l("这条用工记录已经作废了。")


class AlreadyReversed(Conflict):
    """The rating was taken back before."""

    code = "already_reversed"
    message = _l("这次评分已经冲回了，不用再冲一次。")
