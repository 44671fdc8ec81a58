"""The main entries of each role, registered by the views that serve them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from flask import request, url_for
from flask_babel import LazyString
from werkzeug.routing import BuildError

from skillhub.base.access import Actor, Role

ROLES = (
    Role.OFFICER,
    Role.DESK,
    Role.SCHOOL,
    Role.TRAINER,
    Role.EMPLOYER,
    Role.AUDITOR,
    Role.OPERATOR,
    Role.TRAINEE,
)


@dataclass(frozen=True)
class Entry:
    """A link to a main page; `is_here` when it is the page shown."""

    endpoint: str
    label: str | LazyString
    order: int
    href: str = ""
    is_here: bool = False


_entries: dict[Role, dict[str, Entry]] = defaultdict(dict)


def add(role: Role, endpoint: str, label: str | LazyString, order: int) -> None:
    """Add a main entry for a role; the lowest order is its home. Keep it to five a role."""
    _entries[role][endpoint] = Entry(endpoint, label, order)


def of(role: Role) -> tuple[Entry, ...]:
    """Return the entries of a role that lead somewhere in this application, home first."""
    found = (_linked(entry) for entry in sorted(_entries[role].values(), key=lambda entry: entry.order))
    return tuple(entry for entry in found if entry is not None)


def worn(actor: Actor) -> Role | None:
    """Return the role whose menu this page shows: the one that the page belongs to, else the first held."""
    held = [role for role in ROLES if any(grant.role == role for grant in actor.grants)]
    fitting = (role for role in held if request.endpoint in _entries[role])
    return next(fitting, held[0] if held else None)


def shown(actor: Actor) -> tuple[Entry, ...]:
    """Return the menu of this page."""
    role = worn(actor)
    return of(role) if role else ()


def others(actor: Actor) -> tuple[tuple[Role, Entry], ...]:
    """Return the homes of the other roles that the person holds."""
    now = worn(actor)
    homes = (
        (role, of(role))
        for role in ROLES
        if role != now and any(grant.role == role for grant in actor.grants)
    )
    return tuple((role, entries[0]) for role, entries in homes if entries)


def _linked(entry: Entry) -> Entry | None:
    try:
        href = url_for(entry.endpoint)
    except BuildError:
        return None
    return Entry(entry.endpoint, entry.label, entry.order, href, is_here=request.endpoint == entry.endpoint)
