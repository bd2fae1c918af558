"""What kind of link two figures on the same thing make, told by their values and times, with the reason in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from statement_nlp.tracking.link_features import overlap, same_value
from statement_nlp.tracking.link_records import FigureEnd

SHORT = 62
"""Days that a dated event lasts at most, or is dated to: a month and what is left of the next."""
NEWS = 31
"""Days after a statement within which something still counts as what the statement spoke of."""
LOOKING_BACK = ("when ", "at the time", "in the winter", "in the spring", "in the summer", "in the autumn")
TOLERANCE = 0.03
"""Relative difference between rounded numbers that both can hold."""

Kind = Literal["repeats", "updates", "conflicts"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The kind of a link between two figures and why."""

    kind: Kind
    why: str


def figure_kind(a: FigureEnd, b: FigureEnd) -> Verdict:
    """The kind of the link between two figures on the same thing.

    Equal values repeat. Different values of the same time conflict where both cannot hold; of a later time they update.

    Args:
        a: the figure of the earlier statement.
        b: that of the later one.
    """
    if same_value(a, b):
        return Verdict("repeats", "the same value")
    moment = same_moment(a, b)
    if moment is None:
        return Verdict("updates", f"a new value {_later(a, b)}")
    if compatible(a, b):
        return Verdict("repeats", f"{moment}, and both values can hold")
    return Verdict("conflicts", f"{moment}, but the values cannot both hold")


def compatible(a: FigureEnd, b: FigureEnd) -> bool:
    """Whether both values can be true of one moment: their bounds meet, give or take 3%."""

    def bounds(figure: FigureEnd) -> tuple[float, float]:
        low = figure.low if figure.low is not None else 0.0
        high = figure.high if figure.high is not None else float("inf")
        return low * (1 - TOLERANCE / 2), high * (1 + TOLERANCE / 2)

    (a_low, a_high), (b_low, b_high) = bounds(a), bounds(b)
    return a_low <= b_high and b_low <= a_high


def same_moment(a: FigureEnd, b: FigureEnd) -> str | None:
    """Why two figures are of the same time, in words; None where the second is of a later time, or nobody knows."""
    if _short(a) and _short(b) and overlap(a, b):
        return f"both of {b.date or b.since}"
    if _words_before(a) and _words_before(b):
        return f"both of the time {b.date}"
    if not a.since and _season(b):
        return f"the later statement looks back at {b.date}"
    if _dated_back(b, a) and overlap(a, b) is not False:
        return f"the later statement looks back at {b.date or b.since}"
    if _same_start(a, b) and b.value < a.value and a.published != b.published:
        return f"both count {b.date or 'from the same day'}, and a count does not fall"
    if a.published and a.published == b.published and overlap(a, b) is None:
        return "both published on one day"
    return None


def _days(figure: FigureEnd) -> int | None:
    if not figure.since or not figure.until:
        return None
    return (date.fromisoformat(figure.until) - date.fromisoformat(figure.since)).days


def counts_on(written: str | None) -> bool:
    """Whether a date as written makes a count from then to now: "since April"."""
    return (written or "").casefold().startswith(("since", "from", "in the past", "over the past", "so far"))


def _short(figure: FigureEnd) -> bool:
    days = _days(figure)
    return days is not None and (days <= SHORT or _whole_year(figure)) and not counts_on(figure.date)


def _whole_year(figure: FigureEnd) -> bool:
    """A past year as a whole: "in 2023", "last year"."""
    ended = bool(figure.published and figure.until and figure.until <= figure.published)
    return ended and (_days(figure) or 0) in (365, 366)


def _words_before(figure: FigureEnd) -> bool:
    return (figure.date or "").casefold().startswith("before")


def _season(figure: FigureEnd) -> bool:
    """A past time that only words tell: "in the winter before last", "when the battle began"."""
    return not figure.since and (figure.date or "").casefold().startswith(LOOKING_BACK)


def _dated_back(later: FigureEnd, earlier: FigureEnd) -> bool:
    """Whether the later statement dates its figure to a time that had passed when the earlier one spoke."""
    if not later.until or not earlier.published or not later.published or counts_on(later.date):
        return False
    limit = date.fromisoformat(earlier.published) + timedelta(days=NEWS)
    return later.until <= limit.isoformat() and later.until < later.published


def _same_start(a: FigureEnd, b: FigureEnd) -> bool:
    if not a.since or not b.since or not counts_on(a.date) or not counts_on(b.date):
        return False
    return abs((date.fromisoformat(a.since) - date.fromisoformat(b.since)).days) <= NEWS


def _later(a: FigureEnd, b: FigureEnd) -> str:
    if not a.published or not b.published:
        return "at another time"
    days = (date.fromisoformat(b.published) - date.fromisoformat(a.published)).days
    if days < 1:
        return "for another time"
    if days < 60:
        return f"{days} day{'s' * (days > 1)} later"
    return f"{round(days / 30.4)} months later" if days < 700 else f"{days / 365.25:.0f} years later"
