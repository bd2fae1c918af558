"""Small charts as inline SVG, drawn on the server: no script, no network, and a title for each mark."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

WIDTH, HEIGHT = 640, 190
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 12, 30
MOST_CHARTS = 4
MOST_BARS = 40


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart and what it shows, in words."""

    title: str
    svg: Markup


def as_day(text: str | None) -> date | None:
    """The first day of an ISO date of any precision; None for what is none."""
    parts = [int(p) for p in (text or "").split("-") if p.isdigit()]
    return date(parts[0], *([*parts[1:], 1, 1])[:2]) if parts else None


def shortened(value: float) -> str:
    """A number for an axis: 12k, 3.4m."""
    for limit, unit in ((1e9, "bn"), (1e6, "m"), (1e3, "k")):
        if abs(value) >= limit:
            return f"{value / limit:.3g}{unit}"
    return f"{value:g}"


def by_condition(figures: Sequence[Mapping[str, Any]]) -> list[Chart]:
    """Figures of one place over time, a chart for each condition that has at least two days; logarithmic scale.

    Shares and money are left out: they do not stand on one scale with counts.
    """
    groups: dict[str, list[tuple[date, float, Mapping[str, Any]]]] = defaultdict(list)
    for figure in figures:
        value = figure["low"] if figure["low"] is not None else figure["high"]
        day = as_day(figure["day"])
        if day and value and value >= 1 and figure["condition"] not in ("other", "funding"):
            groups[figure["condition"]].append((day, value, figure))
    shown = [(c, points) for c, points in groups.items() if len({day for day, _, _ in points}) > 1]
    shown.sort(key=lambda group: -len(group[1]))
    return [_dots(condition, points) for condition, points in shown[:MOST_CHARTS]]


def _dots(condition: str, points: list[tuple[date, float, Mapping[str, Any]]]) -> Chart:
    first, last = min(p[0] for p in points), max(p[0] for p in points)
    low = math.floor(math.log10(min(p[1] for p in points)))
    high = max(math.ceil(math.log10(max(p[1] for p in points))), low + 1)
    width, height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(day: date) -> float:
        return LEFT + width * (day - first).days / max((last - first).days, 1)

    def y(value: float) -> float:
        return TOP + height * (1 - (math.log10(value) - low) / (high - low))

    marks = [
        Markup(
            '<line class="grid" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>'
            '<text x="{}" y="{:.1f}" class="axis end">{}</text>'
        ).format(LEFT, WIDTH - RIGHT, y(10**p), y(10**p), LEFT - 8, y(10**p) + 4, shortened(10**p))
        for p in range(low, high + 1)
    ]
    marks += [
        Markup('<text x="{:.1f}" y="{}" class="axis {}">{}</text>').format(
            x(day), HEIGHT - 8, side, day.isoformat()[:7]
        )
        for day, side in ((first, "start"), (last, "end"))
    ]
    marks += [
        Markup(
            '<a href="#r-{}"><circle class="dot {}" cx="{:.1f}" cy="{:.1f}" r="5">'
            "<title>{}: {} ({}), {} statement</title></circle></a>"
        ).format(f["id"], f["kind"], x(day), y(value), f["date"] or day.isoformat(), f["quote"], f["place"], f["kind"])
        for day, value, f in sorted(points, key=lambda p: p[0])
    ]
    title = f"People and things {condition.replace('_', ' ')}, by date ({len(points)} figures)"
    svg = Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        WIDTH, HEIGHT, title, Markup("").join(marks)
    )
    return Chart(title, svg)


def by_year(published: Sequence[str | None]) -> Chart | None:
    """How many a year, as bars; None where there are fewer than two years."""
    years = Counter(int(p[:4]) for p in published if p and p[:4].isdigit())
    if len(years) < 2 or max(years) - min(years) >= MOST_BARS:
        return None
    span = range(min(years), max(years) + 1)
    step = (WIDTH - LEFT - RIGHT) / len(span)
    tallest = max(years.values())
    bars = []
    for n, year in enumerate(span):
        height = (HEIGHT - TOP - BOTTOM - 14) * years[year] / tallest
        x = LEFT + n * step
        bars.append(
            Markup(
                '<rect class="bar" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"><title>{}: {}</title></rect>'
                '<text class="axis middle" x="{:.1f}" y="{}">{}</text>'
                '<text class="axis middle" x="{:.1f}" y="{:.1f}">{}</text>'
            ).format(
                *(x + 2, HEIGHT - BOTTOM - height, step - 4, height, year, years[year]),
                *(x + step / 2, HEIGHT - 8, year),
                *(x + step / 2, HEIGHT - BOTTOM - height - 4, years[year] or ""),
            )
        )
    title = "Demands a year: " + ", ".join(f"{year} {years[year]}" for year in span if years[year])
    svg = Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        WIDTH, HEIGHT, title, Markup("").join(bars)
    )
    return Chart(title, svg)
