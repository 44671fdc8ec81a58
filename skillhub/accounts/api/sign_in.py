"""JSON addresses of signing in: a code by SMS, then a bearer token; neither needs an Idempotency-Key."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from flask import Blueprint, request
from pydantic import Field

from skillhub.accounts.errors import SignInFailed, field_error
from skillhub.accounts.queries import organisations, sign_ins
from skillhub.accounts.rules.limits import LIMITS
from skillhub.accounts.service import sign_in
from skillhub.accounts.service.sign_in import NotRegistered, SignedInAs
from skillhub.base.errors import Invalid
from skillhub.web import api

bp = Blueprint("sign_in_api", __name__, url_prefix="/api/v1")

Typed = Annotated[str, Field(min_length=1, max_length=40)]


class CodePost(api.Shape):
    """The phone to which a code is sent."""

    phone: Typed


class CodeSentShape(api.Shape):
    """How long a code lasts; the same answer whether anybody has this phone or not."""

    valid_minutes: int


class SignInPost(api.Shape):
    """A phone with a code or a password; `person` where several share the phone."""

    phone: Typed
    code: Typed | None = None
    password: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    person: Typed | None = None


class RoleShape(api.Shape):
    """A role that the token carries."""

    role: str
    district: str | None
    organisation: str | None


class SignInShape(api.Shape):
    """A sign-in: the bearer token, until when, and for whom."""

    token: str
    expires_at: datetime
    person: str
    roles: list[RoleShape]


@bp.post("/sign-in/codes")
@api.operation(
    "Send a one-time code", scope=None, body=CodePost, answer=CodeSentShape, status=202, public=True
)
def send_code() -> CodeSentShape:
    """Send a code to a phone; the answer does not say whether anybody has it."""
    sign_in.send_code(phone=api.read(CodePost).phone)
    return CodeSentShape(valid_minutes=LIMITS.code_minutes)


@bp.post("/sign-in")
@api.operation("Sign in", scope=None, body=SignInPost, answer=SignInShape, status=201, public=True)
def enter() -> SignInShape:
    """Return a bearer token for a phone and its code or password; 409 `choose_person` says who it may be."""
    typed = api.read(SignInPost)
    if (typed.code is None) == (typed.password is None):
        raise Invalid(field_error("code", "code_or_password"))
    found = sign_in.sign_in(
        phone=typed.phone,
        address=request.remote_addr or "",
        kind=sign_ins.PROGRAM,
        code=typed.code,
        password=typed.password,
        person=typed.person,
    )
    if isinstance(found, NotRegistered):
        raise SignInFailed
    return _shape(found)


def _shape(found: SignedInAs) -> SignInShape:
    codes = organisations.many([grant.organisation for grant in found.actor.grants if grant.organisation])
    return SignInShape(
        token=found.token,
        expires_at=found.expires_at,
        person=found.handle,
        roles=[
            RoleShape(
                role=grant.role.value,
                district=grant.district,
                organisation=codes[grant.organisation].code if grant.organisation else None,
            )
            for grant in found.actor.grants
        ],
    )
