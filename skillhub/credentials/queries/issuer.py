"""The only place that reads what the public may know of the issuer: its keys, and its status lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import NullPool, create_engine, select

from skillhub.base.db import db
from skillhub.base.errors import NotFound
from skillhub.config import Config
from skillhub.credentials.keys import Purpose
from skillhub.credentials.model import IssuerKey, StatusListRow
from skillhub.credentials.vc import badge, did
from skillhub.credentials.vc.verify import Trust


@dataclass(frozen=True)
class KeyView:
    """A public key, and whether it still signs."""

    id: str
    purpose: Purpose
    host: str
    public_key: str
    made_at: datetime
    retired_at: datetime | None


def config() -> Config:
    """Return the settings of the running application."""
    found = current_app.extensions["skillhub.config"]
    if not isinstance(found, Config):
        raise TypeError("the application has no settings")
    return found


def host() -> str:
    """Return the host that the issuer is."""
    return config().issuer_host


def hosts(database: str) -> frozenset[str]:
    """Return in whose name anything was signed, before there is an application (normally one host)."""
    engine = create_engine(database, poolclass=NullPool)
    with engine.connect() as connection:
        return frozenset(connection.scalars(select(IssuerKey.host).distinct()))


def known_keys() -> tuple[KeyView, ...]:
    """Return all keys, the oldest first."""
    rows = db.session.scalars(select(IssuerKey).order_by(IssuerKey.made_at, IssuerKey.id))
    return tuple(
        KeyView(row.id, Purpose(row.purpose), row.host, row.public_key, row.made_at, row.retired_at)
        for row in rows
    )


def did_document() -> dict[str, Any]:
    """Return the document that names the issuer's keys.

    :raises NotFound: nothing was ever signed.
    """
    known = known_keys()
    if not known:
        raise NotFound
    by_purpose = {
        purpose: {each.id: each.public_key for each in known if each.purpose is purpose}
        for purpose in Purpose
    }
    return did.document(did.of_host(host()), by_purpose[Purpose.CREDENTIAL], by_purpose[Purpose.OFFLINE])


def status_list(number: int) -> str:
    """Return a signed status list.

    :raises NotFound: there is none.
    """
    found = db.session.scalar(select(StatusListRow.document).where(StatusListRow.number == number))
    if found is None:
        raise NotFound
    return found


def status_lists() -> dict[int, str]:
    """Return all signed status lists by number."""
    rows = db.session.execute(select(StatusListRow.number, StatusListRow.document))
    return {number: document for number, document in rows if document is not None}


def trust(*, with_lists: bool = True) -> Trust:
    """Return what we ourselves believe: our own keys and lists, and nobody else's."""
    try:
        document = did_document()
    except NotFound:
        return Trust(issuers={}, lists={})
    wanted = status_lists() if with_lists else {}
    return Trust(
        issuers={document["id"]: document},
        lists={badge.list_address(host(), number): text.encode() for number, text in wanted.items()},
    )
