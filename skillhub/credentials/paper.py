"""The only place that turns a certificate into a file for somebody: its address, its colour, its name."""

from __future__ import annotations

import io

from flask import Response, send_file

from skillhub.credentials import attachment, colours, pdf
from skillhub.credentials import picture as images
from skillhub.credentials.queries import CertificateView, credentials, district_fonts, issuer
from skillhub.credentials.rules import wording


def verify_address(public_id: str) -> str:
    """Return the address that the QR code leads to."""
    return f"{issuer.config().public_url.rstrip('/')}/verify/{public_id}"


def drawn(found: CertificateView) -> bytes:
    """Return the paper of a certificate with its signed credential attached.

    `printable` has checked its facts and the reader's rights.

    :raises skillhub.credentials.errors.CredentialPending: the worker has not signed it yet.
    """
    signed = credentials.published(found.id)
    paper = pdf.draw(
        found.facts,
        address=verify_address(found.public_id),
        code=signed.compact,
        hue=colours.hue(found.district),
        spares=[pdf.spare(each.sha256, each.path, each.has) for each in district_fonts.needed(found.facts)],
    )
    return attachment.attached(paper, signed.document)


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


def picture(found: CertificateView) -> Response:
    """Return the paper as a picture to be looked at, not saved unasked."""
    return send_file(
        io.BytesIO(images.drawn(drawn(found))),
        mimetype="image/png",
        download_name=wording.picture_name(found.facts),
        etag=False,
    )
