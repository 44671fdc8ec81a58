"""Who is asking, in which language and for which district: the only place that reads it from a request.

The floors above know people and districts, so they register how to find them
(`use`, `use_districts`); here it is asked at most once a request. The path decides:
under ``/api/`` only a bearer token counts, everywhere else only the session cookie.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, cast

from flask import has_request_context, request

from skillhub.base import i18n
from skillhub.base.access import ANONYMOUS, Actor
from skillhub.base.errors import SkillHubError, Unauthenticated

JSON_PREFIX = "/api/"
ZONE = "Asia/Shanghai"
_HERE = "skillhub.here"


@dataclass(frozen=True)
class SignedIn:
    """The person at the pages, as far as the head of a page shows them."""

    handle: str
    name: str
    district: str | None


class Plate(Protocol):
    """What a page shows of its district."""

    @property
    def code(self) -> str:
        """Six digits; they choose the colour."""

    @property
    def short_name(self) -> str:
        """The name on the plate."""

    @property
    def name_en(self) -> str:
        """The name on the plate for readers of English."""

    @property
    def zone(self) -> str:
        """The time zone in which its people live."""

    @property
    def phone(self) -> str | None:
        """The window to call."""


@dataclass(frozen=True)
class _Resolvers:
    page: Callable[[], tuple[Actor, SignedIn | None]]
    bearer: Callable[[str], Actor]
    district: Callable[[str], Plate]


def _nobody() -> tuple[Actor, SignedIn | None]:
    return ANONYMOUS, None


def _no_token(_token: str) -> Actor:
    raise Unauthenticated


def _no_district(code: str) -> Plate:
    raise LookupError(code)


_resolvers = [_Resolvers(_nobody, _no_token, _no_district)]


@dataclass
class _Here:
    """What is known of this request so far."""

    request_id: str
    actor: Actor | None = None
    person: SignedIn | None = None
    district: str | None = None
    plate: Plate | None = None
    is_bare: bool = False
    has_form_errors: bool = False


def use(
    *,
    page: Callable[[], tuple[Actor, SignedIn | None]],
    bearer: Callable[[str], Actor],
) -> None:
    """Name how the session cookie and a bearer token are resolved (the accounts floor does).

    `bearer` gets the token and raises `Unauthenticated` when it is not good.
    """
    _resolvers[0] = _Resolvers(page, bearer, _resolvers[0].district)


def use_districts(find: Callable[[str], Plate]) -> None:
    """Name how a district is found by its code; an expected error means that there is none."""
    _resolvers[0] = _Resolvers(_resolvers[0].page, _resolvers[0].bearer, find)


def here() -> _Here:
    """Return what is known of this request.

    It hangs on the request and not on ``flask.g``, which several requests share
    when they run inside one application context.
    """
    environ = request.environ
    if _HERE not in environ:
        environ[_HERE] = _Here(request_id=secrets.token_hex(8))
    return cast("_Here", environ[_HERE])


def is_json() -> bool:
    """Tell whether this address answers programs."""
    return has_request_context() and request.path.startswith(JSON_PREFIX)


def request_id() -> str:
    """Return the random number by which this request is found in the log."""
    return here().request_id


def actor() -> Actor:
    """Return who asks: by bearer token under ``/api/``, by session cookie elsewhere.

    :raises Unauthenticated: a token was sent and is not good.
    """
    known = here()
    if known.is_bare:
        return ANONYMOUS
    if known.actor is None:
        if is_json():
            token = bearer_token()
            known.actor = ANONYMOUS if token is None else _resolvers[0].bearer(token)
        else:
            known.actor, known.person = _resolvers[0].page()
    return known.actor


def person() -> SignedIn | None:
    """Return who is signed in at the pages, None for nobody and at the JSON addresses."""
    if is_json():
        return None
    actor()
    return here().person


def forget() -> None:
    """Ask again who it is (after signing in or out within this request)."""
    known = here()
    known.actor, known.person = None, None


def is_known() -> bool:
    """Tell whether this request has been found to be somebody's, without asking."""
    known = here().actor
    return known is not None and not known.is_anonymous


def bearer_token() -> str | None:
    """Return the token of the Authorization header, None when there is no such header.

    :raises Unauthenticated: the header is of another kind, or empty.
    """
    header = request.headers.get("Authorization")
    if header is None:
        return None
    kind, _, token = header.strip().partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise Unauthenticated
    return token.strip()


def version(text: str | None) -> int:
    """Read the version that a form was drawn with; what was never one of ours is out of date."""
    is_one = text is not None and text.isascii() and text.isdigit() and len(text) < 10  # noqa: PLR2004 (a column's integer)
    return int(text) if text and is_one else 0


def show_district(code: str) -> None:
    """Let this page wear the district's colour and plate."""
    known = here()
    known.district, known.plate = code, None


def district() -> str | None:
    """Return the district whose colour this page wears: the one shown, else the person's own."""
    known = here()
    if known.district is None and not known.is_bare and not is_json():
        found = person()
        known.district = found.district if found else None
    return known.district


def plate() -> Plate | None:
    """Return the district whose colour this page wears, None when there is none to show."""
    known = here()
    code = district()
    if known.plate is None and code is not None and not known.is_bare:
        try:
            known.plate = _resolvers[0].district(code)
        except (SkillHubError, LookupError):
            known.district = None
    return known.plate


def zone() -> str:
    """Return the time zone in which times are shown: the district's."""
    found = plate() if has_request_context() else None
    return found.zone if found else ZONE


def is_bare() -> bool:
    """Tell whether nothing more may be asked about this request."""
    return here().is_bare


def keep_bare() -> None:
    """Ask nothing more about this request (the database may be what is broken)."""
    known = here()
    known.is_bare, known.person, known.plate = True, None, None


def locale() -> str:
    """Return the reader's language: chosen or asked for at the pages, asked for at the JSON addresses."""
    return i18n.in_api_language() if is_json() else i18n.reader_language()
