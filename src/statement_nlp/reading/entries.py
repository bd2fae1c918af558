"""Splits the text of a signatory list into its entries, whatever divides them.

Entries may stand one a line, behind bullets or numbers, several on a line between semicolons, bars, bullets, slashes
or dashes, in columns of blanks, in one paragraph between commas, glued together; and go on over a line end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from statement_nlp.reading.lexicon import alternatives, word_set, words
from statement_nlp.reading.lines import Line, split_lines
from statement_nlp.reading.names import is_name, is_place, is_role, is_sentence

SEPARATORS = (";", r"\|", "[•·●▪■◆]", r"(?<=[ \t])/+(?=[ \t])", r"\t", "(?<! ) {2,}")
"""What stands between names on a line, the surest first."""
_IN_NAMES = frozenset((r"\|", r"(?<=[ \t])/+(?=[ \t])"))
"""Separators that may stand inside a name too."""
LONGEST_LIST = 40_000
"""Characters above which a line is no list."""
_NUMBER = re.compile(r"(?<!\S)(?:\((\d{1,3})\)|(\d{1,3})[.)](?=\s)|(\d{1,3})[-–](?=\s)|(\d{1,3}))\s+(?=\S)")
_AND = re.compile(r"\s+(?:and|&|et|y)\s+")
_DASHES = re.compile(r"\s+[–—-]\s+")
LABELLED = re.compile(r"([^:;,|]{2,40}):[ \t]+(\S.*)")
"""A place and a colon in front of the names that are there."""
_EDGES = " \t\n;,|•·●▪■◆*"


@dataclass(frozen=True, slots=True)
class Entry:
    """The text of one entry, joined where it went over a line end, with where it starts and ends.

    `marked` tells whether a bullet or number stood in front of it, `number` is that number.
    """

    text: str
    start: int
    end: int
    marked: bool = False
    number: int | None = None
    blank_before: bool = False


def split_entries(text: str, start: int, end: int) -> list[Entry]:
    """The entries of `text[start:end]`, a list without its opening words, in the order of the list."""
    lines = split_lines(text, start, end)
    if not lines:
        return []
    numbered = _numbered(text, start, end)
    if numbered:
        return numbered
    if is_comma_list(text[start:end]):
        return _commas(text, lines)
    if columns := _columns(text, lines):
        return columns
    separators = _separators(text, lines)
    cells: list[Entry] = []
    for line in lines:
        if text[line.start : line.end].strip("|-: \t"):  # no rule of a table
            cells.extend(_cells(text, line, separators))
    return _glued(_joined(cells, text))


def _separators(text: str, lines: Sequence[Line]) -> tuple[str, ...]:
    """What divides names in these lines; a bar or stroke in few lines of many is part of a name."""
    bodies = [text[line.content : line.end] for line in lines]

    def divides(separator: str) -> bool:
        parts = [len(re.split(separator, body.strip(_EDGES))) for body in bodies]
        return max(parts) > 2 or 3 * sum(count > 1 for count in parts) >= len(parts)

    return tuple(sep for sep in SEPARATORS if sep not in _IN_NAMES or divides(sep))


def separated(line: str) -> list[str]:
    """The parts of a line between the separators of lists; one part where there is none."""
    for separator in SEPARATORS:
        parts = [part.strip(_EDGES) for part in re.split(separator, line.strip()) if part.strip(_EDGES)]
        if len(parts) > 1:
            return parts
    return [line.strip(_EDGES)]


def is_comma_list(text: str) -> bool:
    """Whether the text is one run of names between commas, or between dashes."""
    flat = " ".join(text.split())
    if any(len(re.split(separator, flat)) > 2 for separator in SEPARATORS[:4]):
        return False
    parts = run_parts(flat)
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if any(not line.endswith(",") and len(line) < 60 for line in lines[:-1]) or _each_its_own(lines):
        return False
    return len(parts) >= 3 and len(parts) >= 1.5 * len(lines) and sum(map(is_name, parts)) >= 0.9 * len(parts)


def _each_its_own(lines: Sequence[str]) -> bool:
    """Whether each line is an entry with a comma in it: a country or a post behind each name."""
    if len(lines) < 2 or any(line.endswith(",") for line in lines[:-1]):
        return False
    commas = [line.count(",") for line in lines]
    posts = sum(is_role(line.split(",")[1]) for line in lines if "," in line)
    return max(commas) == min(commas) <= 2 or posts >= 0.5 * len(lines)


def run_parts(flat: str) -> list[str]:
    """The names of a run between commas, or else between dashes."""
    parts = comma_parts(flat)
    dashes = [part for part in _DASHES.split(flat.strip(" .")) if part]
    return dashes if len(dashes) > 2 * len(parts) or len(parts) < 3 <= len(dashes) else parts


def comma_parts(flat: str) -> list[str]:
    """The names of a run between commas, with notes (countries) left with their names and brackets kept whole."""
    return [flat[a:b].strip() for a, b in _comma_spans(flat) if flat[a:b].strip(" .")]


def _comma_spans(text: str) -> list[tuple[int, int]]:
    """Spans between commas outside brackets; the last "and" divides as well."""
    depth, cuts = 0, [(0, 0)]
    for at, char in enumerate(text):
        depth = max(0, depth + (char in "([") - (char in ")]"))
        if char == "," and not depth:
            cuts.append((at, at + 1))
    cuts.append((len(text), len(text)))
    spans = [(a[1], b[0]) for a, b in pairwise(cuts)]
    start, end = spans[-1]
    if len(spans) >= 2 and (match := re.match(r"\s*(?:and|&|et|y)\s+", text[start:end])):
        spans[-1] = (start + match.end(), end)
    elif len(spans) >= 2 or text.count(" and ") == 1:
        both = [
            m for m in _AND.finditer(text[start:end]) if _is_other(m.group(), text[start + m.end() : end].strip(" ."))
        ]
        if both and (len(spans) == 1 or _whole(text[start : start + both[-1].start()])):
            spans[-1:] = [(start, start + both[-1].start()), (start + both[-1].end(), end)]
    places = sum(is_place(text[a:b]) for a, b in spans)
    return spans if places > 0.5 * len(spans) else _with_notes(text, spans)


def _is_other(joint: str, name: str) -> bool:
    """Whether what stands behind "and" is another name, not the end of this one: "Relief and Development"."""
    few = len(name.split()) == 1 and (name.casefold() in word_set("signatories", "organisation_words") or "&" in joint)
    return is_name(name) and (not few or (name.isupper() and "&" not in joint))


def _whole(name: str) -> bool:
    """Whether what stands before the last "and" of a run is a name by itself: it is where another follows it."""
    return is_name(name) and name.split()[-1].casefold() not in word_set("signatories", "open_ends")


def _with_notes(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    for start, end in spans:
        if out and (
            is_place(text[start:end]) or text[start:end].strip(" .").casefold() in ("inc", "ltd", "llc", "nfp", "e.v")
        ):
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return out


def _commas(text: str, lines: Sequence[Line]) -> list[Entry]:
    """Entries of a run between commas (or dashes), which line ends do not divide."""
    start, end = lines[0].content, lines[-1].end
    flat = text[start:end].replace("\n", " ")
    if len(run_parts(flat)) == len(comma_parts(flat)):
        spans = _comma_spans(flat)
    else:
        cuts = [(0, 0), *(m.span() for m in _DASHES.finditer(flat)), (len(flat), len(flat))]
        spans = [(a[1], b[0]) for a, b in pairwise(cuts)]
    return [entry for a, b in spans if (entry := _entry(text, start + a, start + b)).text]


def _entry(text: str, start: int, end: int, *, marked: bool = False, number: int | None = None) -> Entry:
    """The entry between two offsets, without separators and blanks at its edges and with single spaces."""
    while start < end and text[start] in _EDGES:
        start += 1
    while end > start and text[end - 1] in _EDGES:
        end -= 1
    return Entry(" ".join(text[start:end].split()), start, end, marked, number)


def _numbered(text: str, start: int, end: int) -> list[Entry]:
    """Entries of a list that numbers them 1, 2, 3, ... on lines or inside them; none where it does not."""
    marks = [
        (int(m[1] or m[2] or m[3] or m[4]), m.start(), m.end(), m[4] is None)
        for m in _NUMBER.finditer(text, start, end)
    ]
    for bare in (False, True):
        kept = [mark for mark in marks if bare or mark[3]]
        chain = _chain(kept)
        share = 0.6 if bare else 0.9
        if len(chain) >= 3 and len(chain) >= share * len(kept) and not text[start : chain[0][1]].strip(_EDGES):
            ends = [mark[1] for mark in chain[1:]] + [end]
            found = [
                _entry(text, mark[2], stop, marked=True, number=mark[0]) for mark, stop in zip(chain, ends, strict=True)
            ]
            if any(_is_heading_inside(text[entry.start : entry.end]) for entry in found):
                return []
            return sorted((entry for entry in found if entry.text), key=lambda entry: entry.number or 0)
    return []


def _is_heading_inside(entry: str) -> bool:
    """Whether a line behind the first one of a numbered entry is a country: a heading of what follows."""
    return any(is_place(line) for line in entry.split("\n")[1:])


def _chain(marks: Sequence[tuple[int, int, int, bool]]) -> list[tuple[int, int, int, bool]]:
    """The marks that count from 1 up without a gap, each number once, in the order of the text."""
    first: dict[int, tuple[int, int, int, bool]] = {}
    for mark in marks:
        first.setdefault(mark[0], mark)
    count = 0
    while count + 1 in first:
        count += 1
    chain = sorted((first[n] for n in range(1, count + 1)), key=lambda mark: mark[1])
    return chain if chain and chain[0][0] == 1 else []


def _cells(text: str, line: Line, separators: Sequence[str]) -> list[Entry]:
    """The entries of a line."""
    body = text[line.content : line.end]
    if (match := LABELLED.match(body)) is not None and is_place(match[1]):
        label = _entry(text, line.content, line.content + match.end(1))
        return [label, *_labelled(text, line.content + match.start(2), line.end)]
    for separator in separators:
        cuts = [(0, 0), *(m.span() for m in re.finditer(separator, body) if m.end() > 0), (len(body), len(body))]
        spans = [(a[1], b[0]) for a, b in pairwise(cuts) if body[a[1] : b[0]].strip(_EDGES)]
        if len(spans) > 1:
            break
    else:
        spans = [(0, len(body))]
    found = [_entry(text, line.content + a, line.content + b) for a, b in spans]
    if found:
        found[0] = replace(found[0], marked=bool(line.marker), number=line.number, blank_before=line.blank_before > 0)
    return _with_place_cells([entry for entry in found if entry.text])


def _labelled(text: str, start: int, end: int) -> list[Entry]:
    """The names behind a country and a colon, between whatever divides them."""
    if len(separated(text[start:end])) > 1:
        return split_entries(text, start, end)
    found = [_entry(text, start + a, start + b) for a, b in _comma_spans(text[start:end])]
    return [entry for entry in found if entry.text]


def _with_place_cells(cells: Sequence[Entry]) -> list[Entry]:
    """The cells of a row, where a country in a cell of its own is the note of the name before it."""
    out: list[Entry] = []
    for cell in cells:
        if out and is_place(cell.text) and not is_place(out[-1].text):
            out[-1] = replace(out[-1], text=f"{out[-1].text}, {cell.text}", end=cell.end)
        else:
            out.append(cell)
    return out


def _joined(cells: Sequence[Entry], text: str) -> list[Entry]:
    """Joins names that go on over a line end."""
    out: list[Entry] = []
    all_marked = sum(cell.marked for cell in cells) > 0.6 * len(cells)
    for cell in cells:
        if out and _goes_on(out[-1], cell, text, all_marked=all_marked):
            joint = "" if out[-1].text.endswith("-") else " "
            out[-1] = replace(out[-1], text=out[-1].text + joint + cell.text, end=max(out[-1].end, cell.end))
        else:
            out.append(cell)
    return out


def _goes_on(before: Entry, cell: Entry, text: str, *, all_marked: bool) -> bool:
    """Whether a cell is the rest of the one before it."""
    between = text[before.end : cell.start]
    if cell.marked or "\n" not in between or re.search(r"[;|]", between):
        return False
    last, first = before.text.split()[-1].casefold(), cell.text.split()[0]
    if before.text.count("(") > before.text.count(")"):
        return True
    if cell.blank_before:
        return False
    if last in word_set("signatories", "open_ends") or first.casefold() in word_set("signatories", "open_starts") - {
        "from"
    }:
        return first[0].islower() or first == "&" or last in word_set("signatories", "open_ends")
    if first[0].islower() and not any(c.isupper() for c in first):
        return True
    if cell.text in words("signatories", "last_words") and not before.blank_before:
        return True
    if cell.text.startswith("(") and cell.text.endswith(")") and not is_sentence(cell.text):
        return True
    return all_marked and before.marked and not is_place(cell.text) and len(cell.text) < 60


def _columns(text: str, lines: Sequence[Line]) -> list[Entry]:
    """Entries of a list set in columns of blanks, column by column; none where it is not."""
    rows = []
    for line in lines:
        cuts = [*re.finditer(r"\t+| {2,}", text[line.content : line.end])]
        starts = [line.content, *(line.content + cut.end() for cut in cuts)]
        ends = [*(line.content + cut.start() for cut in cuts), line.end]
        rows.append([_entry(text, a, b) for a, b in zip(starts, ends, strict=True) if text[a:b].strip(_EDGES)])
    wide = [row for row in rows if len(row) > 1]
    if (
        len(wide) < 2
        or len(wide) < 0.5 * len(rows)
        or any(re.search(r"[;|•]", text[r[0].end : r[1].start]) for r in wide)
    ):
        return []
    columns = _by_column(text, [row for row in rows if row])
    down = [entry for column in columns for entry in _glued(_joined(column, text))]
    across = [entry for row in rows for entry in row]
    return across if len(down) == len(across) and _disorder(across) <= _disorder(down) else down


def _by_column(text: str, rows: Sequence[Sequence[Entry]]) -> list[list[Entry]]:
    """The entries of each column; an entry of a row that is not full belongs to the column that begins nearest."""
    positions = [[len(text[text.rfind("\n", 0, e.start) + 1 : e.start].expandtabs(8)) for e in row] for row in rows]
    count = max(map(len, rows))
    begins = [median(p[n] for p in positions if len(p) == count) for n in range(count)]
    columns: list[list[Entry]] = [[] for _ in range(count)]
    for row, places in zip(rows, positions, strict=True):
        for n, (entry, place) in enumerate(zip(row, places, strict=True)):
            column = n if len(row) == count else _nearest(begins, place)
            columns[column].append(entry)
    return columns


def _nearest(begins: Sequence[float], place: int) -> int:
    return min(range(len(begins)), key=lambda n: abs(begins[n] - place))


def _disorder(entries: Sequence[Entry]) -> int:
    """How often an entry stands before one that precedes it in the alphabet."""
    names = [re.sub(r"^the ", "", entry.text.casefold()) for entry in entries]
    return sum(a > b for a, b in pairwise(names))


def _glued(entries: Sequence[Entry]) -> list[Entry]:
    """Parts names that ran together without a blank: "...CouncilOxfam", "...(NRC)Save the Children"."""
    last = alternatives(tuple(word.capitalize() for word in words("signatories", "last_words")))
    seam = re.compile(rf"\b{last}(?=[A-Z][a-z]{{2}})|\([A-Z][\w-]+\)(?=[A-Z])")
    out: list[Entry] = []
    for entry in entries:
        cuts = [0, *(match.end() for match in seam.finditer(entry.text)), len(entry.text)]
        exact = len(entry.text) == entry.end - entry.start
        for a, b in pairwise(cuts):
            span = (entry.start + a, entry.start + b) if exact else (entry.start, entry.end)
            out.append(replace(entry, text=entry.text[a:b], start=span[0], end=span[1]))
    return out
