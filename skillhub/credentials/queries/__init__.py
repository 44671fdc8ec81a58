"""What is known of certificates, as frozen views; each reader says what it checks."""

from __future__ import annotations

from skillhub.credentials.queries.candidates import Candidate, ClassPage, class_page
from skillhub.credentials.queries.certificates import (
    CertificateView,
    by_number,
    certificate,
    certificates_of,
    count_of_batch,
    is_readable,
    listed,
    of_application,
    of_batch,
    page_of_batch,
    page_of_person,
    printable,
    readable,
    resting_on,
    revocable,
    verified,
)
from skillhub.credentials.queries.jobs import readable_job

__all__ = [
    "Candidate",
    "CertificateView",
    "ClassPage",
    "by_number",
    "certificate",
    "certificates_of",
    "class_page",
    "count_of_batch",
    "is_readable",
    "listed",
    "of_application",
    "of_batch",
    "page_of_batch",
    "page_of_person",
    "printable",
    "readable",
    "readable_job",
    "resting_on",
    "revocable",
    "verified",
]
