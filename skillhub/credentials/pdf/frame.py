"""The guilloche frame and the QR code: everything on the sheet that is drawn and not written.

Measures are millimetres from the top left corner, as in the style sheet of the design.
"""

from __future__ import annotations

import colorsys
import math
from itertools import pairwise
from typing import Any

from reportlab.lib.units import mm

from skillhub.base import qr

WIDTH, HEIGHT = 210.0, 297.0
OUTER, INNER = 9.6, 17.6
CORNER = INNER - OUTER
AMPLITUDE = 2.5
TILES_ACROSS, TILES_DOWN = 32, 48  # whole waves on each side, so that the lattice ends where it began
STEPS = 8
TILES_IN_ROW = 16  # goes into both
TILE, ROW = "wave", "waves"
TILE_LENGTH = 2 * math.pi * mm
RED = (0.64, 0.13, 0.11)


def hsl(hue: int, saturation: float, lightness: float) -> tuple[float, float, float]:
    """Return red, green and blue of a district's colour."""
    return colorsys.hls_to_rgb(hue % 360 / 360, lightness, saturation)


def frame(canvas: Any, hue: int) -> None:
    """Draw waves, rules and corners in the district's colour."""
    _define_wave(canvas, hue)
    _define_row(canvas)
    middle = (OUTER + INNER) / 2
    across, down = WIDTH - 2 * INNER, HEIGHT - 2 * INNER
    for edge in (middle, HEIGHT - middle):
        _waves(canvas, (INNER, edge), across, TILES_ACROSS // TILES_IN_ROW, is_upright=False)
    for edge in (middle, WIDTH - middle):
        _waves(canvas, (edge, INNER), down, TILES_DOWN // TILES_IN_ROW, is_upright=True)
    dark = hsl(hue, 0.64, 0.27)
    canvas.setStrokeColorRGB(*dark)
    _box(canvas, OUTER, OUTER, WIDTH - 2 * OUTER, HEIGHT - 2 * OUTER, rule=0.9)
    _box(canvas, INNER, INNER, across, down, rule=0.3)
    for x in (OUTER, WIDTH - INNER):
        for y in (OUTER, HEIGHT - INNER):
            _corner(canvas, x, y, dark)


def _define_wave(canvas: Any, hue: int) -> None:
    """Keep one wave of the lattice as a form, so that the others cost next to nothing."""
    canvas.beginForm(TILE, -1, -4 * mm, TILE_LENGTH, 4 * mm)
    canvas.setStrokeColorRGB(*hsl(hue, 0.45, 0.6))
    canvas.setLineWidth(0.14 * mm)
    path = canvas.beginPath()
    step = 2 * math.pi / STEPS
    for phase in (0.0, 0.5, 1.0, 1.5):
        points = [(k * step, phase * math.pi + k * step) for k in range(STEPS + 1)]
        path.moveTo(points[0][0] * mm, AMPLITUDE * math.sin(points[0][1]) * mm)
        for (x, angle), (end, last) in pairwise(points):
            third = step / 3
            path.curveTo(
                (x + third) * mm,
                AMPLITUDE * (math.sin(angle) + third * math.cos(angle)) * mm,
                (end - third) * mm,
                AMPLITUDE * (math.sin(last) - third * math.cos(last)) * mm,
                end * mm,
                AMPLITUDE * math.sin(last) * mm,
            )
    canvas.drawPath(path)
    canvas.endForm()


def _define_row(canvas: Any) -> None:
    """Keep a row of waves as a form of its own: a side is a few of them."""
    canvas.beginForm(ROW, -1, -4 * mm, TILES_IN_ROW * TILE_LENGTH, 4 * mm)
    for _ in range(TILES_IN_ROW):
        canvas.doForm(TILE)
        canvas.translate(TILE_LENGTH, 0)
    canvas.endForm()


def _waves(canvas: Any, start: tuple[float, float], length: float, rows: int, *, is_upright: bool) -> None:
    canvas.saveState()
    canvas.translate(start[0] * mm, (HEIGHT - start[1]) * mm)
    if is_upright:
        canvas.rotate(-90)
    row = TILES_IN_ROW * TILE_LENGTH
    canvas.scale(length * mm / (rows * row), 1)
    for _ in range(rows):
        canvas.doForm(ROW)
        canvas.translate(row, 0)
    canvas.restoreState()


def _box(canvas: Any, x: float, y: float, width: float, height: float, *, rule: float) -> None:
    canvas.setLineWidth(rule * mm)
    canvas.rect(x * mm, (HEIGHT - y - height) * mm, width * mm, height * mm)


def _corner(canvas: Any, x: float, y: float, dark: tuple[float, float, float]) -> None:
    canvas.setLineWidth(0.5 * mm)
    canvas.setFillColorRGB(1, 1, 1)
    canvas.rect(x * mm, (HEIGHT - y - CORNER) * mm, CORNER * mm, CORNER * mm, fill=1)
    canvas.setFillColorRGB(*dark)
    inset, side = CORNER / 2 - 1.6, 3.2
    canvas.rect((x + inset) * mm, (HEIGHT - y - inset - side) * mm, side * mm, side * mm, stroke=0, fill=1)


def ring(canvas: Any, x: float, y: float, radius: float) -> None:
    """Draw the dashed ring in which the body sets its seal; `x` and `y` are its centre."""
    canvas.saveState()
    canvas.setStrokeColorRGB(*RED)
    canvas.setLineWidth(0.25 * mm)
    canvas.setDash(1.1 * mm, 0.9 * mm)
    canvas.circle(x * mm, (HEIGHT - y) * mm, radius * mm)
    canvas.restoreState()


def code(canvas: Any, text: str, x: float, y: float, side: float) -> None:
    """Draw a QR code, `side` wide with its white border.

    As a picture of one bit a module, which no reader smoothes: its rectangles one by one
    would take longer to write than all the rest of the page.
    """
    picture = qr.picture(text)
    modules = picture.width
    module = side / (modules + 2 * qr.QUIET)
    canvas.saveState()
    canvas.translate((x + qr.QUIET * module) * mm, (HEIGHT - y - side + qr.QUIET * module) * mm)
    canvas.scale(modules * module * mm, modules * module * mm)
    head = f"BI /W {modules} /H {modules} /CS /G /BPC 1 /F /AHx ID"
    canvas.addLiteral(f"{head} {picture.tobytes().hex()}> EI")
    canvas.restoreState()
