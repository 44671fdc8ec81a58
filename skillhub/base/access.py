"""Who may do what: pure decisions over an actor's roles; services and queries ask here.

The order of answers is fixed: nobody signed in is 401, no such role anywhere is
403, the right role for another district, organisation or person is 404, so that
nobody learns what exists elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from skillhub.base.errors import Forbidden, NotFound, Unauthenticated


class Role(StrEnum):
    """What a person may be; each is bound to a district or an organisation."""

    TRAINEE = "trainee"
    TRAINER = "trainer"
    SCHOOL = "school"
    EMPLOYER = "employer"
    DESK = "desk"
    OFFICER = "officer"
    AUDITOR = "auditor"
    OPERATOR = "operator"


class Scope(StrEnum):
    """What an API token may be used for, within its person's roles."""

    READ = "read"
    APPLY = "apply"
    TEACH = "teach"
    ORDER = "order"
    DECIDE = "decide"
    CLAIM = "claim"
    FEED = "feed"


class ScopeMissing(Forbidden):
    """The token is good, but was not made for this."""

    code = "scope_missing"
    message = _l("这个令牌没有这项权限。请换一个带“%(scope)s”权限的令牌。")


@dataclass(frozen=True)
class Grant:
    """One role of one person: in a district (code6), or in an organisation (id) of a district."""

    role: Role
    district: str | None = None
    organisation: int | None = None


@dataclass(frozen=True)
class Actor:
    """Who asks. `scopes` is None for a person at the pages; `system` names a job of our own."""

    person_id: int | None = None
    grants: tuple[Grant, ...] = ()
    scopes: frozenset[Scope] | None = None
    system: str | None = None

    @property
    def is_anonymous(self) -> bool:
        """Tell whether nobody is signed in."""
        return self.person_id is None and self.system is None

    def has(self, *roles: Role) -> bool:
        """Tell whether the actor holds one of these roles anywhere."""
        return self.system is not None or any(grant.role in roles for grant in self.grants)

    def districts(self, *roles: Role) -> frozenset[str]:
        """Return the districts in which the actor holds one of these roles."""
        return frozenset(grant.district for grant in self.grants if grant.role in roles and grant.district)

    def organisations(self, *roles: Role) -> frozenset[int]:
        """Return the organisations for which the actor holds one of these roles."""
        return frozenset(
            grant.organisation
            for grant in self.grants
            if grant.role in roles and grant.organisation is not None
        )


ANONYMOUS = Actor()


def system(name: str) -> Actor:
    """Return the actor of a job of our own (the demonstration's loader, background work)."""
    return Actor(system=name)


@dataclass(frozen=True)
class Right:
    """One way of being allowed: a role, and what it must be bound to."""

    role: Role
    district: str | None = None
    organisation: int | None = None
    person: int | None = None

    def held_by(self, actor: Actor) -> bool:
        """Tell whether the actor holds this right."""
        if self.person is not None:
            return actor.person_id == self.person and actor.has(self.role)
        return any(
            grant.role == self.role
            and (self.district is None or grant.district == self.district)
            and (self.organisation is None or grant.organisation == self.organisation)
            for grant in actor.grants
        )


def may(actor: Actor, *rights: Right) -> bool:
    """Tell whether the actor holds one of these rights."""
    return actor.system is not None or any(right.held_by(actor) for right in rights)


def require(actor: Actor, *rights: Right) -> None:
    """Let the actor pass who holds one of these rights.

    :raises Unauthenticated: nobody is signed in.
    :raises Forbidden: the actor holds none of these roles anywhere.
    :raises NotFound: the actor holds such a role, but for others.
    """
    if may(actor, *rights):
        return
    if actor.is_anonymous:
        raise Unauthenticated
    if not actor.has(*(right.role for right in rights)):
        raise Forbidden
    raise NotFound


def require_role(actor: Actor, *roles: Role) -> None:
    """Let the actor pass who holds one of these roles anywhere (the object is checked later).

    :raises Unauthenticated: nobody is signed in.
    :raises Forbidden: the actor holds none of them.
    """
    if actor.is_anonymous:
        raise Unauthenticated
    if not actor.has(*roles):
        raise Forbidden


def require_scope(actor: Actor, scope: Scope) -> None:
    """Let a token pass that was made for this; people at the pages always pass.

    :raises ScopeMissing: the token lacks the scope.
    """
    if actor.scopes is not None and scope not in actor.scopes:
        raise ScopeMissing(scope=scope.value)
