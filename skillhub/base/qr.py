"""The only place that makes QR codes."""

from __future__ import annotations

from typing import Any

import zxingcpp
from PIL import Image

QUIET = 2
"""The least width of the white border around a code, in modules: half of what the standard
wants, since the paper around our codes is white as well."""


def picture(text: str) -> Image.Image:
    """Return a code as a black-and-white picture, one module a pixel, without the white border.

    A sixth of the code may be lost (level M), the same text gives the same picture.
    """
    made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    drawn: Any = zxingcpp.write_barcode_to_image(made, add_quiet_zones=False)  # speaks the buffer protocol
    pixels = memoryview(drawn)
    down, across = drawn.shape
    return Image.frombytes("L", (across, down), pixels.tobytes()).convert("1", dither=Image.Dither.NONE)
