"""The only place that knows PDFium: turns the paper into a picture that a phone can keep."""

from __future__ import annotations

import io
import threading

import pypdfium2
from PIL import Image

SCALE = 1.8  # of 72 to the inch: 1071 pixels wide, a phone's screen at three pixels to the point
COLOURS = 32
_one_at_a_time = threading.Lock()  # PDFium keeps its state for the whole process


def drawn(paper: bytes) -> bytes:
    """Return the first page of a PDF as a PNG; the same paper gives the same picture."""
    with _one_at_a_time:
        document = pypdfium2.PdfDocument(paper)
        try:
            image = document[0].render(scale=SCALE).to_pil()
        finally:
            document.close()
    target = io.BytesIO()
    few = image.convert("RGB").quantize(COLOURS, method=Image.Quantize.FASTOCTREE)
    few.save(target, "PNG", compress_level=6)
    return target.getvalue()
