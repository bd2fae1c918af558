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
    """A chart and what it shows, in words; `rows`, what its marks stand for, where nobody else keeps them."""

    title: str
    svg: Markup
    rows: Sequence[Any] = ()


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
    rows = tuple(figure for _, _, figure in sorted(points, key=lambda p: p[0]))
    return Chart(title, _drawn(HEIGHT, title, marks, role="group"), rows)


def by_year(counted: Mapping[int, int]) -> Chart | None:
    """How many a year, as bars; None where there are fewer than two years."""
    years = Counter(counted)
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
    return Chart(title, svg, tuple((year, years[year]) for year in span))


def by_month(months: Sequence[Mapping[str, Any]], what: str = "Statements") -> Chart | None:
    """Statements (or what else is counted) a month, as bars; pale where they are illustrative.

    Args:
        months: each with `month` (2016-09; a bare year is left out), `n` and `illustrative`, how many of these.
        what: is counted.

    Returns:
        None where there are fewer than two months. Beyond `MOST_MONTHS` the first ones are left out, and the title
        says since when.
    """
    known = {_months(row["month"]): row for row in months if _months(row["month"]) is not None}
    if len(known) < 2:
        return None
    last = max(n for n in known if n is not None)
    first = max(min(n for n in known if n is not None), last - MOST_MONTHS + 1)
    shown = {n: row for n, row in known.items() if n is not None and n >= first}
    tallest = max(row["n"] for row in shown.values())
    step = (WIDTH - LEFT - RIGHT) / (last - first + 1)
    high = HEIGHT - TOP - BOTTOM
    marks = _levels(tallest, high) + [_year(LEFT + (n - first) * step, n // 12) for n in _year_marks(first, last)]
    for n, row in sorted(shown.items()):
        x, tall = LEFT + (n - first) * step, high * row["n"] / tallest
        pale = high * row["illustrative"] / tallest
        marks.append(
            Markup(
                '<g><title>{}: {}{}</title><rect class="bar illustrative" x="{:.1f}" y="{:.1f}" width="{:.1f}" '
                'height="{:.1f}"/><rect class="bar" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/></g>'
            ).format(
                *(row["month"], row["n"], f", {row['illustrative']} illustrative" if row["illustrative"] else ""),
                *(x, HEIGHT - BOTTOM - tall, max(step - 0.6, 0.8), pale),
                *(x, HEIGHT - BOTTOM - tall + pale, max(step - 0.6, 0.8), tall - pale),
            )
        )
    title = f"{what} a month, {_named(first)} to {_named(last)}"
    return Chart(title, _drawn(HEIGHT, title, marks))


MOST_MONTHS = 300


def _months(text: str) -> int | None:
    """Months since the year 0, of 2016-09."""
    parts = text.split("-")
    return 12 * int(parts[0]) + int(parts[1]) - 1 if len(parts) == 2 and all(p.isdigit() for p in parts) else None


def _named(months: int) -> str:
    return f"{months // 12}-{months % 12 + 1:02}"


def _year_marks(first: int, last: int) -> list[int]:
    """The Januaries to name, at most eight."""
    years = [n for n in range(first, last + 1) if n % 12 == 0]
    return years[:: max(1, math.ceil(len(years) / 8))]


def _year(x: float, year: int) -> Markup:
    return Markup('<text class="axis start" x="{:.1f}" y="{}">{}</text>').format(x, HEIGHT - 8, year)


def _levels(tallest: int, high: int) -> list[Markup]:
    """Lines at the bottom, in the middle and at the top, with their numbers."""
    return [
        Markup(
            '<line class="grid" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>'
            '<text x="{}" y="{:.1f}" class="axis end">{}</text>'
        ).format(LEFT, WIDTH - RIGHT, y, y, LEFT - 8, y + 4, shortened(n))
        for n in sorted({0, tallest // 2, tallest})
        for y in [HEIGHT - BOTTOM - high * n / tallest]
    ]


def _drawn(height: int, title: str, marks: Sequence[Markup], role: str = "img") -> Markup:
    """The whole drawing; the role is group where its marks are links."""
    return Markup('<svg class="chart" viewBox="0 0 {} {}" role="{}" aria-label="{}">{}</svg>').format(
        WIDTH, height, role, f"{title}; the table below says the same", Markup("").join(marks)
    )


LABELS, LINE = 250, 28
"""Points for the names beside bars, and from one bar to the next."""
LONGEST_LABEL = 24


def ranked(rows: Sequence[tuple[str, str, int]], title: str) -> Chart | None:
    """Names with lying bars, in the order given; None where there are fewer than two.

    Args:
        rows: name, address of its page (with the server's prefix), and how many.
        title: what the chart shows.
    """
    if len(rows) < 2:
        return None
    most = max(n for _, _, n in rows) or 1
    marks = []
    for at, (name, href, n) in enumerate(rows):
        y, long = at * LINE + 6, (WIDTH - LABELS - 80) * n / most
        short = name if len(name) <= LONGEST_LABEL else name[: LONGEST_LABEL - 1] + "…"
        marks.append(
            Markup(
                '<a class="bar-link" href="{}" aria-label="{}: {}"><title>{}: {}</title>'
                '<text class="axis end name" x="{}" y="{}">{}</text>'
                '<rect class="bar" x="{}" y="{}" width="{:.1f}" height="{}"/>'
                '<text class="axis start" x="{:.1f}" y="{}">{:,}</text></a>'
            ).format(
                *(href, name, n, name, n, LABELS - 8, y + 15, short),
                *(LABELS, y, long, LINE - 8, LABELS + long + 6, y + 15, n),
            )
        )
    return Chart(title, _drawn(len(rows) * LINE + 12, title, marks, role="group"))
