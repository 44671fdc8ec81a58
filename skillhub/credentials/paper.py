"""The only place that turns a certificate into a file for somebody: its address, its colour, its name."""

from __future__ import annotations

import io

from flask import Response, send_file

from skillhub.credentials import colours, pdf
from skillhub.credentials.queries import CertificateView, credentials, issuer
from skillhub.credentials.rules import wording


def verify_address(public_id: str) -> str:
    """Return the address that the QR code leads to."""
    return f"{issuer.config().public_url.rstrip('/')}/verify/{public_id}"


def drawn(found: CertificateView) -> bytes:
    """Return the paper of a certificate; `printable` has checked its facts and the reader's rights."""
    return pdf.draw(found.facts, address=verify_address(found.public_id), hue=colours.hue(found.district))


def download(found: CertificateView) -> Response:
    """Return the paper as a download with a Chinese file name."""
    return send_file(
        io.BytesIO(drawn(found)),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=wording.file_name(found.facts),
        etag=False,
    )


def credential(found: CertificateView) -> Response:
    """Return the signed credential as a download, byte for byte as it was signed."""
    return send_file(
        io.BytesIO(credentials.published(found.id).document),
        mimetype="application/vc+json",
        as_attachment=True,
        download_name=wording.credential_name(found.facts),
        etag=False,
    )
