"""What the floors above are told about certificates, after the commit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class CertificateIssued:
    """A certificate is in force."""

    certificate: str
    person_id: int
    application_id: int
    batch_id: int
    district: str


@dataclass(frozen=True, kw_only=True)
class CertificateSuperseded:
    """A certificate was corrected: another version, named by `newer`, is in force in its place."""

    certificate: str
    newer: str
    person_id: int
    application_id: int
    batch_id: int
    district: str


@dataclass(frozen=True, kw_only=True)
class CertificateRevoked:
    """A certificate was taken back."""

    certificate: str
    person_id: int
    application_id: int
    batch_id: int
    district: str
