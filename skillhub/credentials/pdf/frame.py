"""The guilloche frame and the QR code: everything on the sheet that is drawn and not written.

Measures are millimetres from the top left corner, as in the style sheet of the design.
"""

from __future__ import annotations

import colorsys
import math
from itertools import pairwise
from typing import Any

import segno
from reportlab.lib.units import mm

WIDTH, HEIGHT = 210.0, 297.0
OUTER, INNER = 9.6, 17.6
CORNER = INNER - OUTER
AMPLITUDE = 2.5
TILES_ACROSS, TILES_DOWN = 32, 48  # whole waves on each side, so that the lattice ends where it began
STEPS = 8
TILE = "wave"
RED = (0.64, 0.13, 0.11)


def hsl(hue: int, saturation: float, lightness: float) -> tuple[float, float, float]:
    """Return red, green and blue of a district's colour."""
    return colorsys.hls_to_rgb(hue % 360 / 360, lightness, saturation)


def frame(canvas: Any, hue: int) -> None:
    """Draw waves, rules and corners in the district's colour."""
    _define_wave(canvas, hue)
    middle = (OUTER + INNER) / 2
    across, down = WIDTH - 2 * INNER, HEIGHT - 2 * INNER
    for edge in (middle, HEIGHT - middle):
        _waves(canvas, (INNER, edge), across / TILES_ACROSS, TILES_ACROSS, is_upright=False)
    for edge in (middle, WIDTH - middle):
        _waves(canvas, (edge, INNER), down / TILES_DOWN, TILES_DOWN, is_upright=True)
    dark = hsl(hue, 0.64, 0.27)
    canvas.setStrokeColorRGB(*dark)
    _box(canvas, OUTER, OUTER, WIDTH - 2 * OUTER, HEIGHT - 2 * OUTER, rule=0.9)
    _box(canvas, INNER, INNER, across, down, rule=0.3)
    for x in (OUTER, WIDTH - INNER):
        for y in (OUTER, HEIGHT - INNER):
            _corner(canvas, x, y, dark)


def _define_wave(canvas: Any, hue: int) -> None:
    """Keep one wave of the lattice as a form, so that two hundred of them cost next to nothing."""
    canvas.beginForm(TILE, -1, -4 * mm, 2 * math.pi * mm, 4 * mm)
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


def _waves(canvas: Any, start: tuple[float, float], length: float, number: int, *, is_upright: bool) -> None:
    canvas.saveState()
    canvas.translate(start[0] * mm, (HEIGHT - start[1]) * mm)
    if is_upright:
        canvas.rotate(-90)
    canvas.scale(length / (2 * math.pi), 1)
    for _ in range(number):
        canvas.doForm(TILE)
        canvas.translate(2 * math.pi * mm, 0)
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


def code(canvas: Any, text: str, x: float, y: float, side: float, *, mask: int | None = None) -> None:
    """Draw a QR code as black rectangles, `side` wide with its quiet zone of two modules."""
    matrix = [bytes(row) for row in segno.make(text, error="m", micro=False, mask=mask).matrix]
    module = side / (len(matrix) + 4)
    rectangles = [
        f"{start + 2} {len(matrix) + 1 - down} {length} 1 re"
        for down, row in enumerate(matrix)
        for start, length in _dark_runs(row)
    ]
    canvas.saveState()
    canvas.setFillColorRGB(0, 0, 0)
    canvas.translate(x * mm, (HEIGHT - y - side) * mm)
    canvas.scale(module * mm, module * mm)  # whole numbers: quick to write, and a third of the size
    canvas.addLiteral("\n".join([*rectangles, "f"]))
    canvas.restoreState()


def _dark_runs(row: bytes) -> list[tuple[int, int]]:
    """Return the dark modules of a row as runs of first place and length."""
    runs: list[tuple[int, int]] = []
    for place, is_dark in enumerate(row):
        if not is_dark:
            continue
        if runs and sum(runs[-1]) == place:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((place, 1))
    return runs
