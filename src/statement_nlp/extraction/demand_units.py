"""Candidate units of demands: the sentences and list items of a statement, each with the introduction it stands under.

A demand in a list often says only what is to be done; who asks, and who is asked, stands above it, sometimes two
levels up ("We demand" / "from the Council:" / "- an inquiry"). `units` walks the blocks once and hands each unit the
chain of introductions that are in force where it stands.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Doc, Span

from statement_nlp.extraction.demand_lexicon import lexicon
from statement_nlp.reading.layout import Block, blocks, find_zones, sentence_spans

READ_ZONES = frozenset({"heading", "body"})
_LABEL = re.compile(r"(?P<label>[^:.!?;\n]{2,110}):\s+(?=\S)")
_ORDINAL = re.compile(
    r"(?:and\s+)?(?:first|second|third|fourth|fifth|finally|lastly|secondly|thirdly|firstly)(?:ly)?\W*$", re.I
)
_LABEL_START = re.compile(r"(?:and\s+)?(?:to|from|for|that|by|on)\s+|(?:the|all|both|every|any|each)\s+|[A-Z]", re.I)
_LEAD = re.compile(r"[\s\"'“‘«(\[–—•*>»-]*")
_CLAUSE = re.compile(
    r"(?!what|who|whom|how|why|where|when|which)\w[^:\n]*\s(?:must|should|cannot|(?:needs?|has|have) to)\s\w+[^:\n]*$",
    re.I,
)
"""A heading that is a demand by itself: "The bombing must stop"."""


@dataclass(frozen=True, slots=True)
class Introduction:
    """A line above a list: a whole call ("We urge the Council to:"), or only the label of who is asked."""

    start: int
    end: int
    is_call: bool
    is_label: bool
    is_promise: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence or list item: text[start:end] without bullet, quotation marks and blanks around it.

    `introductions` are in force, the outermost first. `label` is the span of the words before a colon that name who
    is asked. `item` tells whether it stands in a list (a bullet, or a line under an introduction).
    """

    start: int
    end: int
    span: Span
    block: int
    zone: str
    item: bool
    first: bool
    introduces: bool = False
    introductions: tuple[Introduction, ...] = ()
    label: tuple[int, int] | None = None


def units(doc: Doc, starts: list[int] | None = None, text: str | None = None) -> Iterator[Unit]:
    """Yield the candidate units of a Doc in the order of the text; `starts` and `text` are its own, if at hand."""
    text = doc.text if text is None else text
    found: tuple[Block, ...] = doc._.blocks or blocks(text, doc._.zones or find_zones(text))
    starts = starts or [token.idx for token in doc]
    lines = sentence_spans(text)
    keys = [start for start, _ in lines]
    chain: list[tuple[int, Introduction]] = []
    for number, block in enumerate(found):
        if block.kind not in READ_ZONES and not (block.kind == "dateline" and block.is_bullet):
            chain = []
            continue
        following = found[number + 1] if number + 1 < len(found) else None
        rank = _rank(text, block, following)
        item = _is_item(text, block, rank, chain)
        if rank is not None:
            chain = _push(chain, text, block, rank)
            context: tuple[Introduction, ...] = ()
        elif item:
            context = tuple(i for _, i in chain)
        else:
            chain, context = [], ()
        inside = list(_sentences(text, block, lines, keys))
        for at, (start, end) in enumerate(inside):
            span = _tokens(doc, starts, start, end)
            if span is not None:
                label = _label(text, start, end)
                introduces = rank is not None and at == len(inside) - 1
                introduces = introduces and not (block.kind == "heading" and _CLAUSE.match(text, start, end))
                yield Unit(start, end, span, number, block.kind, item, at == 0, introduces, context, label)


def _sentences(text: str, block: Block, lines: list[tuple[int, int]], keys: list[int]) -> Iterator[tuple[int, int]]:
    at = max(bisect_right(keys, block.start) - 1, 0)
    while at < len(lines) and lines[at][0] < block.end:
        start, end = max(lines[at][0], block.start, block.content), min(lines[at][1], block.end)
        lead = _LEAD.match(text, start, end)
        start = lead.end() if lead else start
        end = start + len(text[start:end].rstrip())
        if end - start > 2:
            yield start, end
        at += 1


def _tokens(doc: Doc, starts: list[int], start: int, end: int) -> Span | None:
    first = max(bisect_right(starts, start) - 1, 0)
    last = bisect_right(starts, end - 1)
    if first < last and starts[first] + len(doc[first]) <= start:
        first += 1
    return doc[first:last] if first < last else None


def _label(text: str, start: int, end: int) -> tuple[int, int] | None:
    match = _LABEL.match(text, start, end)
    if not match or _ORDINAL.match(match["label"]):
        return None
    return match.start(), match.end("label")


def _rank(text: str, block: Block, following: Block | None) -> int | None:
    """How deep an introduction is: 0 for a line of text, 1 for a label, 2 for a bullet; None where it is none."""
    if following is None or following.kind not in READ_ZONES:
        return None
    line = text[block.start : block.end]
    if line.endswith(":"):
        return 2 if block.is_bullet else (0 if _is_call(line) else 1)
    if block.is_bullet or line.endswith((".", "!", "?", ";", "”", '"')):
        return None
    if following.is_bullet or _is_lower(text, following) or text[following.start : following.end].endswith(":"):
        return 0 if _is_call(line) else 1
    return None if len(line) > 90 or not _is_call(line) else 0


def _is_lower(text: str, block: Block) -> bool:
    return text[block.content or block.start].islower()


def _is_item(text: str, block: Block, rank: int | None, chain: list[tuple[int, Introduction]]) -> bool:
    if block.is_bullet:
        return True
    if rank is not None or not chain:
        return False
    return _is_lower(text, block) or _first_word(text, block) in lexicon()["action_verbs"]


def _first_word(text: str, block: Block) -> str:
    match = re.compile(r"[\w-]+").search(text, block.content or block.start, block.end)
    return match.group().lower() if match else ""


def _is_call(line: str) -> bool:
    words = re.findall(r"[a-z-]+", line.lower())
    verbs = lexicon().call_verbs
    asks = any(
        w in verbs or (w.endswith("s") and w[:-1] in verbs) or (w.endswith("d") and w.rstrip("d").rstrip("e") in verbs)
        for w in words
    )
    return asks or any(
        w in lexicon()["demand_headings"] or w.rstrip("s") in lexicon()["demand_headings"] for w in words
    )


def _push(chain: list[tuple[int, Introduction]], text: str, block: Block, rank: int) -> list[tuple[int, Introduction]]:
    start = block.content or block.start
    last = max((m.end() for m in re.finditer(r"[.!?]\s+(?=[A-Z])", text[start : block.end])), default=0)
    label = rank > 0 and bool(_LABEL_START.match(text, start, block.end))
    words = set(re.findall(r"[a-z]+", text[start + last : block.end].lower()))
    promise = bool(words & lexicon()["promise_words"]) and not words & {"you", "must", "should"}
    call = _is_call(text[start + last : block.end])
    introduction = Introduction(start + last, block.end, call, label, promise and not call)
    return [*(entry for entry in chain if entry[0] < rank), (rank, introduction)]
