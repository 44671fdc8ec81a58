"""For what two roles may both do: a token of either purpose is good."""

from __future__ import annotations

from skillhub.base.access import Actor, Scope, ScopeMissing


def require_any(actor: Actor, *scopes: Scope) -> None:
    """Let a token pass that was made for one of these.

    :raises ScopeMissing: it was made for none of them.
    """
    if actor.scopes is not None and not actor.scopes.intersection(scopes):
        raise ScopeMissing(scope=scopes[0].value)
