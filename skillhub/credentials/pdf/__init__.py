"""The printed certificate: the only room that imports ReportLab."""

from __future__ import annotations

from skillhub.credentials.pdf.faces import can_draw, spare
from skillhub.credentials.pdf.sheet import draw

__all__ = ["can_draw", "draw", "spare"]
