"""How people want to be told: kinds of messages in groups, and the choice that a person has made.

Whose choice it is, and where a person's mail goes, is known on the floor above,
which registers how to find it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from flask import Flask, current_app

from skillhub.base.post import Channel

EXTENSION = "skillhub.message_choices"


class Group(StrEnum):
    """What messages are about, as far as people may choose how to be told."""

    CODES = "codes"
    DECISIONS = "decisions"
    NEWS = "news"


ABOUT = {
    "sign_in": Group.CODES,
    "email": Group.CODES,
    "application": Group.DECISIONS,
    "certificate": Group.DECISIONS,
    "claim": Group.DECISIONS,
}
"""The group of a kind, by what stands before its dot; what is not listed is news."""


@dataclass(frozen=True)
class Choice:
    """By which way a person is told of what, and where mail goes (None: no confirmed address)."""

    decisions: Channel = Channel.SMS
    news: Channel = Channel.SMS
    mail: str | None = None

    def channel(self, group: Group) -> Channel:
        """Return the way for a group; who chose mail and has no address any more is told by SMS."""
        chosen = self.news if group is Group.NEWS else self.decisions
        return Channel.SMS if chosen is Channel.MAIL and self.mail is None else chosen


Choices = Callable[[Collection[int]], Mapping[int, Choice]]
USUAL = Choice()


def group_of(kind: str) -> Group:
    """Return the group of a kind."""
    return ABOUT.get(kind.partition(".")[0], Group.NEWS)


def use(app: Flask, choices: Choices) -> None:
    """Name how the choices of people are found, by their ids; who is missing has made none."""
    app.extensions[EXTENSION] = choices


def of(person_ids: Collection[int]) -> Mapping[int, Choice]:
    """Return the choices of people; who is missing has made none."""
    find: Choices | None = current_app.extensions.get(EXTENSION)
    return find(person_ids) if find is not None and person_ids else {}


def channel_of(*, kind: str, has_phone: bool, has_mail: bool, choice: Choice) -> Channel:
    """Return the way of one message: codes go where they were asked for, the rest as the person wants.

    :param has_mail: it was written to a mail address and to nothing else.
    """
    if has_mail:
        return Channel.MAIL
    group = group_of(kind)
    chosen = Channel.SMS if group is Group.CODES else choice.channel(group)
    return Channel.PAGE if chosen is Channel.SMS and not has_phone else chosen
