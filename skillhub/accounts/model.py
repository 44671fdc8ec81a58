"""Tables for people, organisations, roles, consent and signing in."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from skillhub.base.db import Model

IS_CONFIRMED = "confirmed_at IS NOT NULL AND withdrawn_at IS NULL"


class Person(Model):
    """One person, one row: found by the keyed hash of document type and number; a phone is no key."""

    __tablename__ = "person"
    __table_args__ = (
        Index("ix_person_district_code_name", "district_code", "name"),
        Index("ix_person_birth_on_id_last4", "birth_on", "id_last4"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    handle: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    id_type: Mapped[str | None]
    id_number_hash: Mapped[str | None] = mapped_column(unique=True)
    id_number_sealed: Mapped[bytes | None]
    id_last4: Mapped[str | None]
    birth_on: Mapped[date | None]
    sex: Mapped[str | None]
    phone_hash: Mapped[str | None] = mapped_column(index=True)
    phone_sealed: Mapped[bytes | None]
    district_code: Mapped[str] = mapped_column(index=True)
    street: Mapped[str | None]
    education: Mapped[str | None]
    groups: Mapped[list[str]]
    channel: Mapped[str | None]
    registered_at: Mapped[datetime]
    registered_by_id: Mapped[int | None]
    registered_by: Mapped[str | None]
    password_hash: Mapped[str | None]
    is_fictitious: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)


class Consent(Model):
    """A person's consent to one purpose, with the version of the text that was shown."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_person_id_purpose", "person_id", "purpose"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    purpose: Mapped[str]
    text_version: Mapped[str]
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    recorded_by_id: Mapped[int | None]


class Wish(Model):
    """What a person is looking for: work or training in a trade."""

    __tablename__ = "wish"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    district_code: Mapped[str]
    kind: Mapped[str]
    trade: Mapped[str]
    time_slot: Mapped[str | None]
    within_km: Mapped[int | None]
    channel: Mapped[str | None]
    registered_by: Mapped[str | None]
    registered_at: Mapped[datetime]


class Organisation(Model):
    """An employer (firm, household or team) or a training body."""

    __tablename__ = "organisation"
    __table_args__ = (CheckConstraint("kind IN ('employer', 'team', 'training_body')", name="kind_known"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    district_code: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    uscc: Mapped[str | None]
    contact_name: Mapped[str | None]
    contact_phone_sealed: Mapped[bytes | None]
    licence_checked_on: Mapped[date | None]
    visited_on: Mapped[date | None]
    visited_by: Mapped[str | None]
    visit_result: Mapped[str | None]
    permit_valid_to: Mapped[date | None]
    is_fictitious: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class RoleGrant(Model):
    """A role that a person holds, bound to a district and, where it has one, an organisation.

    It counts from `confirmed_at` until `ended_at`; a role that needs two people waits for the second.
    """

    __tablename__ = "role_grant"
    __table_args__ = (Index("ix_role_grant_person_id_ended_at", "person_id", "ended_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str]
    district_code: Mapped[str | None]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    granted_by_id: Mapped[int | None]
    granted_at: Mapped[datetime]
    confirmed_by_id: Mapped[int | None]
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class SignInSession(Model):
    """A sign-in that has not ended: at the pages (cookie) or of a program (bearer token)."""

    __tablename__ = "sign_in_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class AccessToken(Model):
    """A token for a program, made at the command line: one role, some scopes, shown once."""

    __tablename__ = "access_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    handle: Mapped[str] = mapped_column(unique=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str]
    district_code: Mapped[str | None]
    organisation_id: Mapped[int | None]
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Invitation(Model):
    """A one-time link by which somebody with a role sets the first password; the link is kept as a hash.

    It counts in real time, once, and no longer after too many wrong phone numbers.
    """

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    handle: Mapped[str] = mapped_column(unique=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str]
    district_code: Mapped[str | None] = mapped_column(index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    invited_by_id: Mapped[int | None]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    wrong_tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SignInCode(Model):
    """A one-time code that was sent to a phone; used once, within minutes.

    Whoever used it without being known yet holds a ticket for registering with that phone.
    """

    __tablename__ = "sign_in_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    phone_hash: Mapped[str] = mapped_column(index=True)
    code_hash: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    phone_sealed: Mapped[bytes]
    ticket_hash: Mapped[str | None] = mapped_column(unique=True)
    ticket_expires_at: Mapped[datetime | None]


class SignInFailure(Model):
    """A wrong try, counted by account (phone hash) and by address (hash of it)."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (
        Index("ix_sign_in_failure_account_at", "account", "at"),
        Index("ix_sign_in_failure_address_at", "address", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str]
    address: Mapped[str]
    at: Mapped[datetime]


class MailAddress(Model):
    """A mail address that a person has named; it counts from `confirmed_at` until `withdrawn_at`."""

    __tablename__ = "mail_address"
    __table_args__ = (
        Index(
            "uq_mail_address_confirmed",
            "person_id",
            unique=True,
            sqlite_where=text(IS_CONFIRMED),
            postgresql_where=text(IS_CONFIRMED),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    handle: Mapped[str] = mapped_column(unique=True)
    address_sealed: Mapped[bytes]
    code_hash: Mapped[str | None]
    code_until: Mapped[datetime | None]
    wrong_tries: Mapped[int]
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class MessageChoice(Model):
    """How a person wants to be told of decisions and of news: by SMS, by mail, or on the page alone."""

    __tablename__ = "message_choice"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    decisions: Mapped[str]
    news: Mapped[str]
    chosen_at: Mapped[datetime]


class PersonAlias(Model):
    """Under which number another register knows a person (import files), so that a second import finds it."""

    __tablename__ = "person_alias"
    __table_args__ = (UniqueConstraint("register", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    register: Mapped[str]
    number: Mapped[str]
