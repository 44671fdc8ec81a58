"""Tables for training certificates, their signatures, and certificates that others issued."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from skillhub.base.db import Model


class Certificate(Model):
    """A training certificate; its facts were frozen when it was issued and are never written again.

    A correction is a row of its own: the same number and training, the next version. Of the one
    that it stands in for, `revoked_at` and what follows say when, by whom and why that was.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        UniqueConstraint("number", "version"),
        UniqueConstraint("application_id", "version"),
        Index(
            "ix_certificate_unprepared",
            "id",
            sqlite_where=text("prepared_at IS NULL"),
            postgresql_where=text("prepared_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    number: Mapped[str]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), index=True)
    district_code: Mapped[str] = mapped_column(index=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    facts: Mapped[dict[str, Any]]
    facts_sha256: Mapped[str]
    issued_on: Mapped[date]
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[int | None]
    status: Mapped[str]
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None]
    revocation_reason: Mapped[str | None]
    superseded_by: Mapped[str | None]
    prepared_at: Mapped[datetime | None]


class IssuerKey(Model):
    """A public key of the issuer; the private one lies in a file that the worker alone opens."""

    __tablename__ = "issuer_key"

    id: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    host: Mapped[str]
    public_key: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class StatusListRow(Model):
    """A status list; `changes` counts what happened to its bits, `signed_changes` what is signed of it."""

    __tablename__ = "status_list"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    used: Mapped[int]
    changes: Mapped[int]
    signed_changes: Mapped[int]
    document: Mapped[str | None] = mapped_column(Text)
    signed_at: Mapped[datetime | None]


class Credential(Model):
    """What is signed for a certificate: first frozen (`payload`), then signed, then published."""

    __tablename__ = "credential"
    __table_args__ = (
        UniqueConstraint("list_number", "list_index"),
        Index(
            "ix_credential_unpublished",
            "id",
            sqlite_where=text("published_at IS NULL"),
            postgresql_where=text("published_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), unique=True)
    list_number: Mapped[int] = mapped_column(ForeignKey("status_list.number"))
    list_index: Mapped[int]
    key_id: Mapped[str] = mapped_column(ForeignKey("issuer_key.id"), index=True)
    payload: Mapped[str] = mapped_column(Text)
    document: Mapped[str | None] = mapped_column(Text)
    compact: Mapped[str | None] = mapped_column(Text)
    frozen_at: Mapped[datetime]
    signed_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]


class Recall(Model):
    """Certificates to be taken back together; `border` is where a range ends or begins."""

    __tablename__ = "recall"

    id: Mapped[int] = mapped_column(primary_key=True)
    handle: Mapped[str] = mapped_column(unique=True)
    district_code: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    what: Mapped[str]
    border: Mapped[str]
    reason: Mapped[str]
    affected: Mapped[int]
    asked_by_id: Mapped[int | None]
    asked_at: Mapped[datetime]
    decision: Mapped[str | None]
    decided_by_id: Mapped[int | None]
    decided_at: Mapped[datetime | None]


class ExternalCertificate(Model):
    """A skill-level certificate that others issued: believed once staff have looked it up."""

    __tablename__ = "external_certificate"
    __table_args__ = (
        Index(
            "uq_external_certificate_person_id_number",
            "person_id",
            "number",
            unique=True,
            sqlite_where=text("state <> 'refuted'"),
            postgresql_where=text("state <> 'refuted'"),
        ),
        Index(
            "uq_external_certificate_number_confirmed",
            "number",
            unique=True,
            sqlite_where=text("state = 'confirmed'"),
            postgresql_where=text("state = 'confirmed'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    handle: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    district_code: Mapped[str] = mapped_column(index=True)
    number: Mapped[str]
    issuer: Mapped[str]
    trade: Mapped[str]
    level: Mapped[str | None]
    issued_on: Mapped[date]
    recorded_by_id: Mapped[int | None]
    recorded_at: Mapped[datetime]
    state: Mapped[str]
    looked_up: Mapped[str | None]
    decided_by_id: Mapped[int | None]
    decided_at: Mapped[datetime | None]


class DistrictFont(Model):
    """A font of a district for characters that ours lacks; none is replaced, so papers stay the same."""

    __tablename__ = "district_font"
    __table_args__ = (UniqueConstraint("district_code", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    handle: Mapped[str] = mapped_column(unique=True)
    district_code: Mapped[str] = mapped_column(index=True)
    sha256: Mapped[str]
    name: Mapped[str]
    characters: Mapped[list[Any]] = mapped_column(JSON)
    uploaded_by_id: Mapped[int | None]
    uploaded_at: Mapped[datetime]
