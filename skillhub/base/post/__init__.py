"""The way out for messages: the gateways of an installation, and what became of handing one over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from flask import Flask, current_app

EXTENSION = "skillhub.post"


class Channel(StrEnum):
    """By which way a message reaches a person; `PAGE` is the person's own page alone."""

    SMS = "sms"
    MAIL = "mail"
    PAGE = "page"


@dataclass(frozen=True)
class Parcel:
    """What is handed to a gateway. The id is the same however often it is tried."""

    id: str
    to: str
    kind: str
    text: str


@dataclass(frozen=True)
class Taken:
    """The gateway has it; `gateway_id` is its own name for it."""

    code: str
    gateway_id: str | None = None


@dataclass(frozen=True)
class Later:
    """One message cannot go now; others may. It is tried again."""

    code: str


@dataclass(frozen=True)
class Never:
    """One message will never go: the gateway refuses it for good."""

    code: str


@dataclass(frozen=True)
class Down:
    """The gateway is away, or turns us away: nothing goes, and no message is to blame."""

    code: str
    rest_seconds: float | None = None


Outcome = Taken | Later | Never | Down


class Gateway(Protocol):
    """Hands messages over to somebody who brings them to people."""

    def send(self, parcel: Parcel) -> Outcome:
        """Hand one message over; never raises for what the other side does."""


@dataclass(frozen=True)
class Gateways:
    """The gateways by channel.

    `is_for_real`: messages without a gateway wait for one (production); else they
    are kept to be read by the command `outbox` (demo and test).
    """

    by_channel: Mapping[Channel, Gateway] = field(default_factory=dict)
    is_for_real: bool = False

    @property
    def is_sending(self) -> bool:
        """Tell whether a new message is to be sent, now or once there is a gateway."""
        return self.is_for_real or bool(self.by_channel)


def use(app: Flask, gateways: Gateways) -> None:
    """Name the gateways of an application."""
    app.extensions[EXTENSION] = gateways


def in_use() -> Gateways:
    """Return the gateways of the current application."""
    found = current_app.extensions.get(EXTENSION)
    return found if isinstance(found, Gateways) else Gateways()
