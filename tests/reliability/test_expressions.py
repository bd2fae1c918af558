"""No regular expression takes more than about the square of its text's length: found by growing texts made for each.

Times decide here, but only as ratios: four times the text may take sixteen times as long (a square), never sixty-four
(a cube), in the best of several runs, three times over; what grows exponentially never comes back and is stopped.
"""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.reliability.expressions import PACKAGE, attacks, compiled_while, literals

SHORT, LONG = 200, 800
"""Characters of the two texts that are compared."""
MOST = 40.0
"""How much longer the long one may take: between a square's 16 and a cube's 64."""
QUICK = 0.004
"""Seconds below which the long text's time says nothing."""
BOUNDED = {
    "reading/zones.py:27": 100, "reading/zones.py:39": 120, "extraction/figure_filter.py:81": 40,
}  # fmt: skip
"""Expressions that are only ever given so many characters: of these it is asked that they come back on as many."""
PATIENCE = 2.0
"""Seconds of the process, whatever else the machine does, after which a search is stopped."""


class _TooLongError(Exception):
    pass


def _stop(*_):
    raise _TooLongError


def _took(pattern: re.Pattern[str], text: str, runs: int = 1) -> float:
    """Seconds of the processor for the best run; infinity for what does not come back.

    Python's `re` heeds signals while it searches.
    """
    before = signal.signal(signal.SIGVTALRM, _stop)
    best = float("inf")
    try:
        for _ in range(runs):
            signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE)
            started = time.thread_time()
            pattern.search(text)
            best = min(best, time.thread_time() - started)
    except _TooLongError:
        return float("inf")
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    return best


def grows_badly(pattern: re.Pattern[str], attack: tuple[str, str, str]) -> bool:
    """Whether the time for an attack grows with more than the square of its length."""
    before, again, behind = attack

    def text(length: int) -> str:
        return before + again * (length // len(again) + 1) + behind

    for _ in range(3):
        short = _took(pattern, text(SHORT))
        if short == float("inf"):
            return True
        if short < QUICK / 64 or (long := _took(pattern, text(LONG))) < QUICK or long < MOST * short:
            return False
        if long / min(short, _took(pattern, text(SHORT), 5)) < MOST:
            return False
    return True


def worst_attack(source: str, flags: int, most: int) -> tuple[str, str, str] | None:
    pattern = re.compile(source, flags)
    return next((attack for attack in attacks(source, flags, most) if grows_badly(pattern, attack)), None)


@pytest.fixture(scope="module")
def expressions() -> dict[tuple[str, int], str]:
    """Every expression of the package: as written, and as built from lexicons in a process that uses everything."""
    program = Path(__file__).with_name("expressions.py")
    run = subprocess.run([sys.executable, program], capture_output=True, text=True, check=True, timeout=600)
    found = {(source, flags): where for source, flags, where in map(json.loads, run.stdout.splitlines())}
    for source, flags, where in literals():
        found.setdefault((source, int(re.compile(source, flags).flags)), where)
    return found


def test_expressions_of_every_room_are_found(expressions):
    rooms = {where.split("/")[0] for where in expressions.values()}
    assert rooms >= {"reading", "extraction", "knowledge", "store", "tracking", "publish"}
    assert len(expressions) > 500
    assert any(len(source) > 1000 for source, _ in expressions), "those built from lexicons"


def test_none_takes_more_than_the_square_of_the_length(expressions):
    bad = {
        f"{where}: {source[:120]!r}": attack
        for (source, flags), where in expressions.items()
        if where not in BOUNDED and (attack := worst_attack(source, flags, most=8))
    }
    assert not bad, "\n".join(f"{name} on {attack}" for name, attack in bad.items())


def test_those_on_short_stretches_come_back(expressions):
    seen = set()
    for (source, flags), where in expressions.items():
        for before, again, behind in attacks(source, flags, 60) if where in BOUNDED else ():
            text = (before + again * BOUNDED[where] + behind)[: BOUNDED[where] - 1] + "\x00"
            assert _took(re.compile(source, flags), text) < 1, f"{where} on {text!r}"
            seen.add(where)
    assert seen == set(BOUNDED)


@pytest.mark.parametrize(
    ("source", "bad", "why"),
    [
        (r"(a+)+$", True, "exponential: rounds within rounds"),
        (r"(?:a|a)*b", True, "exponential: two ways for each letter"),
        (r"a*a*a*b", True, "a fourth power: three ways to part a run, from every start"),
        (r"\s+$", False, "a square: from every start to the end"),
        (r"[a-z]+", False, "once through"),
    ],
)
def test_the_test_tells_bad_from_good(source, bad, why):
    assert (worst_attack(source, 0, 60) is not None) is bad, why


def test_what_is_compiled_is_recorded():
    assert compiled_while(lambda: re.compile("not the package's own")) == {}
    assert (PACKAGE / "reading" / "text.py").is_file()
