"""Number expressions of English statements: digits in all styles, words, bounds, ranges, shares and money.

`find_values` knows nothing of what a number counts; `figures.py` decides which numbers are figures. The grammar's words
are in `data/figures_numbers.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from statement_nlp.extraction.value_grammar import AFTER_DIGITS, AFTER_YEAR, Reader, grammar, numbers_data
from statement_nlp.records import Qualifier

ValueKind = Literal["count", "vague", "share", "ratio", "money"]


@dataclass(frozen=True, slots=True)
class Value:
    """A number expression: `text[start:end]`, without the words that bound it `text[number_start:number_end]`.

    `low` and `high` are plain numbers, None where unbounded; a share or ratio is 0 to 1. `unit` is the currency of an
    amount. `noun` is the span of a noun inside a ratio ("one person in four"), `words` whether letters write it.
    """

    start: int
    end: int
    number_start: int
    number_end: int
    low: float | None
    high: float | None
    qualifier: Qualifier
    kind: ValueKind
    unit: str | None = None
    noun: tuple[int, int] | None = None
    words: bool = False


@dataclass(frozen=True, slots=True)
class _Atom:
    start: int
    end: int
    value: float
    kind: ValueKind
    words: bool
    qualifier: Qualifier = "exact"
    high: float | None = None
    unit: str | None = None
    noun: tuple[int, int] | None = None
    scaled: bool = False

    def __post_init__(self) -> None:
        """One value bounds itself."""
        if self.high is None:
            object.__setattr__(self, "high", self.value)


def find_values(text: str) -> list[Value]:
    """All number expressions of a text, in order, not overlapping; years, dates and list numbers among them.

    Args:
        text: any text.

    Returns:
        Values with the words that bound them: "at least 12", "between 1,000 and 1,500", "US$2.3 billion",
        "one person in four", "half a million or so".
    """
    atoms = _join_ranges(text, _with_ratios(text, _with_units(text, _atoms(text))))
    found: list[Value] = []
    for at, atom in enumerate(atoms):
        floor = found[-1].end if found else 0
        ceiling = atoms[at + 1].start if at + 1 < len(atoms) else len(text)
        found.append(_bounded(text, atom, floor, ceiling))
    return found


def parse_number(text: str) -> float | None:
    """The value of a text that is one number and nothing else ("1.2m", "two hundred and fifty"), else None."""
    stripped = text.strip()
    atoms = _with_units(stripped, _atoms(stripped))
    if len(atoms) == 1 and atoms[0].start == 0 and atoms[0].end == len(stripped) and atoms[0].high == atoms[0].value:
        return atoms[0].value
    return None


def _atoms(text: str) -> list[_Atom]:
    """Numbers alone, longest first where they overlap."""
    read = Reader(text)
    found = sorted(
        (*_phrases(read), *_vague(read), *_digits(read), *_of_whole(read), *_words(read), *_fractions(read)),
        key=lambda a: (a.start, a.start - a.end),
    )
    kept: list[_Atom] = []
    for atom in found:
        if kept and atom.start < kept[-1].end:
            if atom.end - atom.start > kept[-1].end - kept[-1].start:
                kept[-1] = atom
            continue
        kept.append(atom)
    return kept


def _digits(read: Reader) -> Iterator[_Atom]:
    data, text = numbers_data(), read.text
    for found in read.matches("digits"):
        prior = text[max(0, found.start() - 6) : found.start()]
        if AFTER_DIGITS.search(prior) and not AFTER_YEAR.search(prior):
            continue
        value = _plain_number(
            found["number"],
            scaled=bool(found["scale"] or found["attached"]),
            after=text[found.end() : found.end() + 20],
        )
        if found["scale"]:
            value *= ({**data["scales"], **data["abbreviated_scales"]})[found["scale"]]
        elif found["attached"]:
            value *= data["attached_scales"][found["attached"]]
        scaled = bool(found["scale"] or found["attached"])
        yield _Atom(found.start(), found.end(), _tidy(value), "count", words=False, scaled=scaled)


def _of_whole(read: Reader) -> Iterator[_Atom]:
    """The part in "12/15 districts"; a date or a score has no plural behind it."""
    for found in read.matches("of_whole"):
        part, whole = int(found["part"]), int(found["whole"])
        if 0 < part <= whole and whole > 1:
            yield _Atom(found.start(), found.end(), float(part), "count", words=False)


def _plain_number(written: str, *, scaled: bool, after: str) -> float:
    """Digits with any thousands separator; "275.000" counts thousands unless a scale or a share says otherwise."""
    bare = re.sub(r"[\s'’]", "", written)
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", bare):
        return float(bare.replace(",", ""))
    if re.fullmatch(r"\d{1,3}(?:\.\d{3}){2,}", bare):
        return float(bare.replace(".", ""))
    if re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", bare) and not scaled and not grammar().percent.match(after):
        return float(bare.replace(".", ""))
    return float(bare.replace(",", "."))


def _tidy(value: float) -> float:
    return float(round(value)) if abs(value - round(value)) < 1e-6 * max(1.0, abs(value)) else round(value, 6)


def _words(read: Reader) -> Iterator[_Atom]:
    scales: Mapping[str, int] = numbers_data()["scales"]
    for found in read.matches("words"):
        yield from _word_atoms(read.text, found.start("number"), found.end("number"), scales)


def _word_atoms(text: str, start: int, end: int, scales: Mapping[str, int]) -> Iterator[_Atom]:
    """The longest numbers that a run of number words makes: "twenty three" is one, "two three" two."""
    words = list(re.finditer(r"[A-Za-z]+", text[start:end]))
    at = 0
    while at < len(words):
        for stop in range(len(words), at, -1):
            value = _evaluate([w.group().casefold() for w in words[at:stop]], scales)
            if value is not None:
                first, last = words[at], words[stop - 1]
                scaled = last.group().casefold() in scales
                yield _Atom(start + first.start(), start + last.end(), value, "count", words=True, scaled=scaled)
                at = stop
                break
        else:
            at += 1


def _evaluate(words: Sequence[str], scales: Mapping[str, int]) -> float | None:
    """Value of number words in their usual order; None where they make no number."""
    data = numbers_data()
    total, current, last = 0.0, 0.0, ""
    largest = float("inf")
    for n, word in enumerate(words):
        if word in ("a", "an"):
            if n or len(words) == 1:
                return None
            current = 1.0
        elif word == "and":
            if last not in scales or n == len(words) - 1:
                return None
        elif word in data["tens"] or word in data["cardinals"]:
            value = data["tens"].get(word, data["cardinals"].get(word, 0))
            room = 10 if last in data["tens"] else 100 if last == "hundred" or (last == "and" and current >= 100) else 0
            if scales.get(last, 0) >= 10**6 and not any(w in scales for w in words[n:]):
                return None  # "six million one step from famine"
            if (current and value >= room) or (last in data["tens"] and value == 0):
                return None
            current += value
        else:
            scale = scales[word]
            if scale == 100 and not current:
                current = 1.0
            if scale >= largest or not current:
                return None
            if scale == 100:
                current *= 100
            else:
                total, current, largest = total + current * scale, 0.0, scale
        last = word
    return total + current if last != "and" else None


def _phrases(read: Reader) -> Iterator[_Atom]:
    """Such as "half a million", "a quarter of a million", "two and a half million", "a million and a half"."""
    scales, parts = numbers_data()["scales"], numbers_data()["fractions"]
    for found in read.matches("fraction_of_scale"):
        count = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3}.get((found["count"] or "").casefold(), 1)
        value = count / parts[(found["part"] or "half").casefold()] * scales[found["scale"].casefold()]
        yield _Atom(found.start(), found.end(), _tidy(value), "count", words=True, scaled=True)
    for found in read.matches("half_more"):
        part = 0.5 if (found["part"] or found["rest"]).casefold() == "half" else 0.25
        scale = scales[(found["scale"] or found["first"]).casefold()]
        written = (found["count"] or "one").casefold()
        count = int(written) if written.isdigit() else numbers_data()["cardinals"][written]
        yield _Atom(found.start(), found.end(), _tidy((count + part) * scale), "count", words=True, scaled=True)


def _vague(read: Reader) -> Iterator[_Atom]:
    data = numbers_data()
    for found in read.matches("vague"):
        if found["vague"]:
            value = data["vague"][found["vague"].casefold()]
            many = (found["many"] or "").casefold()
            link = read.text[found.end("many") : found.start("vague")].strip() if many else ""
            if many and link == "of":
                value *= data["vague"][many]
            elif many:
                value = data["vague"][many]
        else:
            value = 24 if found["some"].casefold() == "dozen" else data["scales"][found["some"].casefold()]
            if found["scale"]:
                value *= data["scales"][found["scale"].strip().casefold()]
        yield _Atom(found.start(), found.end(), float(value), "vague", words=True, qualifier="at_least", scaled=True)


def _fractions(read: Reader) -> Iterator[_Atom]:
    data = numbers_data()
    for found in read.matches("fraction"):
        part, count = found["part"].casefold(), (found["count"] or "").casefold()
        plural = part.endswith(("s", "halves"))
        number = 1 if count in ("", "a", "an") else int(count) if count.isdigit() else data["cardinals"][count]
        if (not count and part != "half") or plural != (number > 1) or number > data["fractions"][part]:
            continue
        yield _Atom(found.start(), found.end(), round(number / data["fractions"][part], 4), "share", words=True)
    for found in read.matches("every"):
        share = round(1 / data["ordinals"][found["nth"].casefold()], 4)
        yield _Atom(found.start(), found.end(), share, "ratio", words=True, noun=found.span("noun"))
    for found in read.matches("majority"):
        yield _Atom(found.start(), found.end(), 0.5, "share", words=True, qualifier="at_least")


def _with_units(text: str, atoms: list[_Atom]) -> list[_Atom]:
    """Numbers with the percent sign or currency at them; the amount takes a scale that stands after the currency."""
    out: list[_Atom] = []
    for atom in atoms:
        if not out or atom.start >= out[-1].end:
            out.append(_with_unit(text, atom, out[-1].end if out else 0))
    return out


def _written(currency: str) -> str:
    """A currency as the lexicon writes it."""
    return re.sub(r"\s", " ", currency).strip(" -").casefold()


def _with_unit(text: str, atom: _Atom, floor: int) -> _Atom:
    known = grammar()
    if atom.kind not in ("count", "vague"):
        return atom
    if atom.kind == "count" and (percent := known.percent.match(text, atom.end)):
        return replace(
            atom, end=percent.end(), value=_tidy(atom.value / 100), high=_tidy(atom.value / 100), kind="share"
        )
    if before := _search_before(known.money_before, known.money_ends, text, max(floor, atom.start - 12), atom.start):
        unit = known.units[_written(before.group())]
        after = known.money_after.match(text, atom.end)
        end = after.end() if after and known.units[_written(after.group())] == unit else atom.end
        return replace(atom, start=before.start(), end=end, kind="money", unit=unit)
    of = re.compile(r"\sof").match(text, atom.end) if atom.kind == "vague" else None
    if after := known.money_after.match(text, of.end() if of else atom.end):
        return replace(atom, end=after.end(), kind="money", unit=known.units[_written(after.group())])
    return atom


def _with_ratios(text: str, atoms: list[_Atom]) -> list[_Atom]:
    """Make one ratio of "one in three", "nine out of ten", "3 tents in 5"; "3 of 7 hospitals" stays two counts."""
    out: list[_Atom] = []
    skip = False
    for n, atom in enumerate(atoms):
        if skip:
            skip = False
            continue
        joined = _ratio(text, atom, atoms[n + 1]) if n + 1 < len(atoms) else None
        skip = joined is not None
        out.append(joined or atom)
    return out


def _ratio(text: str, first: _Atom, second: _Atom) -> _Atom | None:
    """The ratio that two numbers make, None where they make none."""
    if first.kind != "count" or second.kind != "count" or not 0 < first.value < second.value:
        return None
    between = text[first.end : second.start]
    found = grammar().ratio_link.fullmatch(between) if len(between) < 40 else None
    if found is None or first.value > 10 or second.value > 1000 or first.scaled:
        return None
    link, noun = re.sub(r"\s", " ", found["link"].casefold()), found["noun"]
    bare = link in ("in", "of")
    if bare and second.value > 100 and (first.value > 1 or second.value % 10 != 0):
        return None
    if link == "of" and (noun or first.value != 1 or "the" in between.split()):
        return None
    if (noun and bare and (second.value > 20 or not grammar().goes_on.match(text, second.end))) or _is_of_time(
        text, second
    ):
        return None
    span = (first.end + found.start("noun"), first.end + found.end("noun") - 1) if noun else None
    return _Atom(first.start, second.end, round(first.value / second.value, 4), "ratio", words=first.words, noun=span)


def _is_of_time(text: str, atom: _Atom) -> bool:
    return bool(
        re.compile(r"[\s-](?:seconds?|minutes?|hours?|days?|nights?|weeks?|months?|years?|decades?)\b").match(
            text, atom.end
        )
    )


def _join_ranges(text: str, atoms: list[_Atom]) -> list[_Atom]:
    """Make one value of "between A and B", "A to B", "A-B", unless the one changes into the other."""
    out: list[_Atom] = []
    for atom in atoms:
        joined = _range(text, out[-1], atom) if out else None
        if joined is None:
            out.append(atom)
        else:
            out[-1] = joined
    return out


def _range(text: str, first: _Atom, second: _Atom) -> _Atom | None:
    between = text[first.end : second.start]
    if len(between) > 20 or not grammar().link.fullmatch(between) or first.high != first.value:
        return None
    link = between.strip(" ,").casefold()
    if first.kind == second.kind == "vague":
        return (
            replace(first, end=second.end, value=min(first.value, second.value), high=min(first.value, second.value))
            if link not in ("and", "to", "-")
            else None
        )
    prior = text[max(0, first.start - 80) : first.start]
    between_and = re.search(r"\bbetween\s$", prior, re.IGNORECASE)
    if (link == "and" and not between_and) or (
        link == "or" and not (first.words and second.words and second.value - first.value < 3)
    ):
        return None
    if link in ("to", "-", "–", "—") and (
        grammar().change.search(prior) or ((link == "—" or " " in between) and link != "to")
    ):
        return None
    low = _shared(first, second)
    if low is None or not low < second.value or {first.kind, second.kind} & {"ratio", "vague"}:
        return None
    kind = "money" if "money" in (first.kind, second.kind) else second.kind
    start = first.start - len(between_and.group()) if between_and else first.start
    if not between_and and link == "to" and (before := re.search(r"\bfrom\s$", prior, re.IGNORECASE)):
        start = first.start - len(before.group())
    return _Atom(start, second.end, low, kind, second.words, "range", second.value, second.unit or first.unit)


def _shared(first: _Atom, second: _Atom) -> float | None:
    """The first value of a range with the scale, percent sign or currency of the second; None where they do not fit."""
    if second.kind == "share":
        return first.value if first.kind == "share" else _tidy(first.value / 100) if 1 <= first.value < 100 else None
    if first.kind == "share":
        return None
    if second.scaled and not first.scaled and first.value < 1000:
        scale = max(s for s in (1, 100, 1000, 10**6, 10**9, 10**12) if s <= second.value)
        return first.value * scale if first.value * scale < second.value else first.value
    return first.value


def _bounded(text: str, atom: _Atom, floor: int, ceiling: int) -> Value:
    """The value with the words between `floor` and `ceiling` that bound it."""
    known = grammar()
    start, end = atom.start, atom.end
    bounds: list[Qualifier] = [] if atom.qualifier == "exact" else [atom.qualifier]
    while before := _search_before(known.before, known.before_ends, text, max(floor, start - 30), start):
        bounds.append(known.bounds_before[re.sub(r"\s", " ", before.group().strip().casefold())])
        start = before.start()
    if after := known.after.match(text, end, ceiling):
        bounds.append(known.bounds_after[re.sub(r"\s", " ", after.group().strip().casefold())])
        end = after.end()
    if outside := _search_before(known.verbs, known.verb_ends, text, max(floor, start - 30), start):
        bounds.append(known.bounds_verbs[re.sub(r"\s", " ", outside.group().strip().casefold())])
    qualifier = _strongest(bounds)
    low, high = _low_high(atom, qualifier)
    return Value(start, end, atom.start, atom.end, low, high, qualifier, atom.kind, atom.unit, atom.noun, atom.words)


def _search_before(
    pattern: re.Pattern[str], ends: tuple[str, ...], text: str, start: int, end: int
) -> re.Match[str] | None:
    """A search between two characters for words that end there; `ends` are the last words of all that there are."""
    if not text[start:end].rstrip().casefold().endswith(ends):
        return None
    return pattern.search(text, start, end)


def _strongest(bounds: Sequence[Qualifier]) -> Qualifier:
    """A range outdoes all; of "at least about" and "only about" the first that bounds counts."""
    if "range" in bounds:
        return "range"
    told = [b for b in bounds if b != "exact"]
    for wanted in ("at_least", "at_most"):
        if wanted in told:
            return wanted
    return told[0] if told else "exact"


def _low_high(atom: _Atom, qualifier: Qualifier) -> tuple[float | None, float | None]:
    if qualifier == "range":
        return atom.value, atom.high
    if qualifier == "at_least":
        return atom.value, None
    if qualifier == "at_most":
        return None, atom.high
    return atom.value, atom.high
