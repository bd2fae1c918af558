"""A figure through time as inline SVG, drawn on the server: a mark for each figure, a bar where its bounds differ."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from statement_nlp.publish.charts import Chart, as_day, shortened

WIDTH, HEIGHT = 640, 260
LEFT, RIGHT, TOP, BOTTOM = 60, 22, 18, 34
WIDE = 30
"""How many times the smallest value the largest is from which the scale is logarithmic."""
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Scale:
    """From days and values to places on the drawing."""

    first: date
    last: date
    low: float
    high: float
    logarithmic: bool

    def x(self, day: date) -> float:
        """Points from the left."""
        if self.first == self.last:
            return LEFT + (WIDTH - LEFT - RIGHT) / 2
        return LEFT + (WIDTH - LEFT - RIGHT) * (day - self.first).days / (self.last - self.first).days

    def y(self, value: float) -> float:
        """Points from the top."""
        if self.logarithmic:
            value, low, high = math.log10(max(value, self.low)), math.log10(self.low), math.log10(self.high)
        else:
            low, high = self.low, self.high
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value - low) / (high - low))

    def ticks(self) -> list[float]:
        """Values to write at the side."""
        if self.logarithmic:
            return [10.0**p for p in range(round(math.log10(self.low)), round(math.log10(self.high)) + 1)]
        return [self.high * n / 4 for n in range(5)]


def draw(rows: Sequence[Row], title: str) -> Chart | None:
    """A chart of figures by day.

    Args:
        rows: figures with `id`, `day`, `low`, `high`, `figure` (the words), `statement_kind` and `conflicts`, the words
            that they conflict with, or None.
        title: what the chart shows, for who cannot see it.

    Returns:
        None where fewer than two figures have a day and a value.
    """
    points = [(day, row) for row in rows if (day := as_day(row["day"])) and _ends(row)]
    if len(points) < 2:
        return None
    scale = _scale(points)
    marks = [
        *_grid(scale, all(top <= 1 for _, row in points for top in _ends(row))),
        *(_mark(scale, *p) for p in points),
    ]
    svg = Markup('<svg class="chart track" viewBox="0 0 {} {}" role="group" aria-label="{}">{}</svg>').format(
        WIDTH, HEIGHT, f"{title}: {len(points)} figures by date; the table below says the same", Markup("").join(marks)
    )
    return Chart(title, svg)


def _ends(row: Row) -> list[float]:
    return [value for value in (row["low"], row["high"]) if value is not None]


def _scale(points: Sequence[tuple[date, Row]]) -> Scale:
    days = [day for day, _ in points]
    values = [value for _, row in points for value in _ends(row)]
    positive = [value for value in values if value > 0]
    top = max(values)
    if positive and min(positive) == min(values) and top / min(positive) > WIDE:
        low = 10.0 ** math.floor(math.log10(min(positive)))
        return Scale(min(days), max(days), low, max(10.0 ** math.ceil(math.log10(top)), low * 10), True)
    return Scale(min(days), max(days), 0.0, _round_up(top), False)


def _round_up(value: float) -> float:
    """The next number that divides well into four."""
    if value <= 0:
        return 1.0
    step = 10.0 ** math.floor(math.log10(value))
    return next(step * n for n in (1, 2, 4, 6, 8, 10, 12) if step * n >= value)


def _grid(scale: Scale, shares: bool) -> list[Markup]:
    lines = [
        Markup(
            '<line class="grid" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>'
            '<text x="{}" y="{:.1f}" class="axis end">{}</text>'
        ).format(
            *(LEFT, WIDTH - RIGHT, scale.y(v), scale.y(v), LEFT - 8, scale.y(v) + 4),
            f"{100 * v:.0f}%" if shares else shortened(v),
        )
        for v in scale.ticks()
    ]
    ends = [(scale.first, "start"), (scale.last, "end")] if scale.first != scale.last else [(scale.first, "middle")]
    return lines + [
        Markup('<text x="{:.1f}" y="{}" class="axis {}">{}</text>').format(
            scale.x(day), HEIGHT - 10, side, day.isoformat()
        )
        for day, side in ends
    ]


def _mark(scale: Scale, day: date, row: Row) -> Markup:
    """A circle, a square where it conflicts; a line between bounds; an arrow where one bound is open."""
    x, ends = scale.x(day), _ends(row)
    top, bottom = scale.y(max(ends)), scale.y(min(ends))
    parts = []
    if top != bottom:
        parts.append(
            Markup('<line class="span" x1="{0:.1f}" x2="{0:.1f}" y1="{1:.1f}" y2="{2:.1f}"/>').format(x, top, bottom)
        )
    if row["high"] is None or row["low"] is None:
        away = -16 if row["high"] is None else 16
        parts.append(
            Markup('<path class="open" d="M{0:.1f} {1:.1f} v{2} m-4 {3} l4 {4} l4 {3}"/>').format(
                x, top, away, 5 if away < 0 else -5, -5 if away < 0 else 5
            )
        )
    middle = (top + bottom) / 2
    shape = (
        Markup('<rect class="dot conflict {0}" x="{1:.1f}" y="{2:.1f}" width="11" height="11"').format(
            row["statement_kind"], x - 5.5, middle - 5.5
        )
        if row["conflicts"]
        else Markup('<circle class="dot {0}" cx="{1:.1f}" cy="{2:.1f}" r="5.5"').format(
            row["statement_kind"], x, middle
        )
    )
    conflict = f"; conflicts with {row['conflicts']}" if row["conflicts"] else ""
    told = f"{row['day']}: {row['figure']}{conflict} ({row['statement']}, {row['statement_kind']} statement)"
    return Markup('<a href="#r-{}">{}{}><title>{}</title>{}</a>').format(
        row["id"], Markup("").join(parts), shape, told, Markup("</rect>" if row["conflicts"] else "</circle>")
    )
