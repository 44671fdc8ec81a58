"""What can go wrong with a plugin that runs apart; each says whether the plugin is to blame."""

from __future__ import annotations


class Fault(Exception):
    """The plugin gave no answer that could be used; the message is for people who run the place."""

    is_its_own = True
    """Whether it counts against the plugin."""


class Raised(Fault):
    """The plugin's own code raised; the text is what it said, with the type of the exception before it."""


class Late(Fault):
    """The plugin had not answered when the time was over; its process is ended."""


class Ended(Fault):
    """The plugin's process is gone."""


class Garbled(Fault):
    """What came back is no answer: too long, not JSON, or to a question that was not asked."""


class Starting(Fault):
    """The plugin's process is still starting; the next question may find it ready."""

    is_its_own = False


class Busy(Fault):
    """The plugin was answering somebody else for the whole time."""

    is_its_own = False
