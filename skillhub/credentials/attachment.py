"""The only place that knows pikepdf: puts the signed credential into the paper, and takes it out again."""

from __future__ import annotations

import io

import pikepdf

NAME = "credential.json"
MEDIA_TYPE = "application/vc+json"
MOST_ATTACHMENTS = 20


class NotOnePdf(ValueError):
    """The file is no PDF that can be read, or none of ours."""


def attached(paper: bytes, credential: bytes) -> bytes:
    """Return the paper with the credential attached, byte for byte; the same input gives the same bytes."""
    with pikepdf.open(io.BytesIO(paper)) as pdf:
        file = pikepdf.AttachedFileSpec(
            pdf,
            credential,
            filename=NAME,
            description="Open Badges 3.0",
            mime_type=MEDIA_TYPE,
            creation_date="",
            mod_date="",
        )
        file.relationship = pikepdf.Name.Data
        pdf.attachments[NAME] = file
        pdf.Root.AF = pikepdf.Array([file.obj])
        target = io.BytesIO()
        pdf.save(target, deterministic_id=True, compress_streams=False)  # the paper's own are compressed
    return target.getvalue()


def taken_out(data: bytes) -> bytes | None:
    """Return the credential in a PDF, None if there is none.

    :raises NotOnePdf: it cannot be read, or has more attachments than our papers.
    """
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            if len(pdf.attachments) > MOST_ATTACHMENTS:
                raise NotOnePdf("too many attachments")
            found = [spec.get_file().read_bytes() for name, spec in pdf.attachments.items() if name == NAME]
    except (pikepdf.PdfError, ValueError, RuntimeError) as error:
        raise NotOnePdf(str(error)) from error
    return found[0] if found else None
