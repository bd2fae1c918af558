"""The scores of docs/annotation.md, layer by layer, over all statements of a set: micro precision, recall and F1.

Predictions and gold are rows of the guide's format: plain dicts, spans as `start`/`end` (code points) or as `quote` and
`occurrence`.
"""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from statement_nlp.errors import GoldError
from statement_nlp.reading.layout import sentence_spans
from statement_nlp.records import distance

Row = Mapping[str, Any]
Span = tuple[int, int]
LAYERS = ("places", "parties", "figures", "demands", "claims")
LINK_KINDS = ("repeats", "updates", "conflicts", "same_demand")
RESOLVED_WITHIN_KM = 161
_GOVERNMENT = re.compile(
    r"^(?:the )?(?:transitional |federal |military )?governments? of (?:the )?(?!national)(.+)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one layer and what follows from them."""

    correct: int
    gold: int
    predicted: int

    @property
    def precision(self) -> float:
        """Share of the predictions that are right, 0 where there are none."""
        return self.correct / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """Share of the gold that is found, 0 where there is none."""
        return self.correct / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, 0 where there is neither gold nor prediction."""
        return 2 * self.correct / (self.gold + self.predicted) if self.gold + self.predicted else 0.0


@dataclass
class Tally:
    """Adds up the counts of each layer."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, layer: str, correct: int, gold: int, predicted: int) -> None:
        """Add one statement's counts to a layer."""
        self.counts.setdefault(layer, Counter()).update(correct=correct, gold=gold, predicted=predicted)

    def scores(self) -> dict[str, Score]:
        """The score of each layer, in the order in which the layers came."""
        return {layer: Score(c["correct"], c["gold"], c["predicted"]) for layer, c in self.counts.items()}


@dataclass(frozen=True)
class Names:
    """Spellings that count as one name (names.json): folded variant -> canonical name, for parties and for places."""

    parties: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Names:
        """Read names.json."""
        data = json.loads(path.read_text(encoding="utf8"))
        return cls(*({k.casefold(): v for k, v in data[kind].items()} for kind in ("parties", "places")))

    def party(self, name: str) -> str:
        """Canonical name of a party: a state and its government are one."""
        matched = _GOVERNMENT.match(name)
        name = matched.group(1) if matched else name
        return self.parties.get(name.casefold(), name)

    def party_set(self, names: Iterable[str] | None) -> list[str]:
        """Folded names of parties, each once."""
        return sorted({re.sub(r"^(?:the|all|all the|other) ", "", plain(self.party(n))) for n in names or ()})

    def place_set(self, names: Iterable[str] | None) -> set[str]:
        """Folded names of places."""
        return {plain(self.places.get(n.casefold(), n)) for n in names or ()}


@dataclass(frozen=True, slots=True)
class Point:
    """Where a place of the gold lies, in degrees."""

    kind: str
    latitude: float
    longitude: float


Points = Mapping[tuple[str, str], Point]


def read_points(path: Path) -> dict[tuple[str, str], Point]:
    """(name, country code or "") -> point, of the rows of places.csv that have one."""
    with path.open(encoding="utf8", newline="") as file:
        return {
            (row["name"], row["country"]): Point(row["kind"], float(row["latitude"]), float(row["longitude"]))
            for row in csv.DictReader(file)
            if row["latitude"]
        }


def plain(name: str) -> str:
    """Lower case, no diacritics or apostrophes, one space for anything else that is no letter or digit."""
    name = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return re.sub(r"\W+", " ", re.sub(r"['’‘ʿʾ`]", "", name.casefold())).strip()


def span_of(item: Row, text: str) -> Span:
    """Start and end of an item, from its offsets or from its quote and occurrence.

    Raises:
        GoldError: the quote does not stand in the text.
    """
    if item.get("start") is not None and item.get("end") is not None:
        return int(item["start"]), int(item["end"])
    quote = item["quote"]
    if quote not in text:  # lines that were broken for width are joined in one of the two
        quote, text = quote.replace("\n", " "), text.replace("\n", " ")
    at = -1
    for _ in range(item.get("occurrence") or 1):
        at = text.find(quote, at + 1)
        if at < 0:
            raise GoldError(f"the quote {quote[:60]!r} does not stand in the text as often as it is said to")
    return at, at + len(quote)


def overlap(a: Span, b: Span) -> int:
    """Characters that two spans share."""
    return max(0, min(a[1], b[1]) - max(a[0], b[0]))


def iou(a: Span, b: Span) -> float:
    """Intersection over union of two spans, 0 to 1."""
    shared = overlap(a, b)
    return shared / (a[1] - a[0] + b[1] - b[0] - shared) if shared else 0.0


def match(gold: Sequence[Any], predicted: Sequence[Any], worth: Callable[[Any, Any], float]) -> list[tuple[int, int]]:
    """One-to-one pairs (index in gold, index in predicted), best worth first, none without a positive worth."""
    pairs = sorted(((worth(g, p), i, j) for i, g in enumerate(gold) for j, p in enumerate(predicted)), reverse=True)
    used_gold: set[int] = set()
    used_predicted: set[int] = set()
    matched = []
    for value, i, j in pairs:
        if value > 0 and i not in used_gold and j not in used_predicted:
            used_gold.add(i)
            used_predicted.add(j)
            matched.append((i, j))
    return matched


def same_values(gold: Row, predicted: Row) -> bool:
    """Both bounds are equal, to within one percent."""
    return all(
        (gold[bound] is None) == (predicted[bound] is None)
        and (gold[bound] is None or abs(gold[bound] - predicted[bound]) <= 0.01 * abs(gold[bound]))
        for bound in ("low", "high")
    )


def is_right_place(gold: Row, predicted: Row, point: Point) -> bool:
    """A country by its code; anything else within 161 km of the gold point."""
    if gold.get("country") and predicted.get("country") and gold["country"] != predicted["country"]:
        return False
    if point.kind == "country":
        return bool(gold["country"] == predicted.get("country"))
    if predicted.get("latitude") is None:
        return False
    where = (predicted["latitude"], predicted["longitude"])
    far = distance((point.latitude, point.longitude), where)
    return far is not None and far <= RESOLVED_WITHIN_KM


def _alike(a: str, b: str) -> float:
    """Jaccard index of the words, where it is more than a half."""
    words_a, words_b = set(a.split()), set(b.split())
    shared = len(words_a & words_b) / len(words_a | words_b) if words_a | words_b else 0.0
    return shared if shared > 0.5 else 0.0


class Scorer:
    """Scores predictions against gold with one set of names and points."""

    def __init__(self, names: Names, points: Points) -> None:
        self.names = names
        self.points = points

    def score(
        self, texts: Mapping[str, str], gold: Mapping[str, Row], predicted: Mapping[str, Row]
    ) -> dict[str, Score]:
        """All layers but signatories and links, over the statements of `gold`."""
        tally = Tally()
        for statement_id, row in gold.items():
            text = texts[statement_id]
            answer = predicted.get(statement_id, {})
            want = {layer: [dict(x, span=span_of(x, text)) for x in row.get(layer, [])] for layer in LAYERS}
            have = {layer: [dict(x, span=span_of(x, text)) for x in answer.get(layer, [])] for layer in LAYERS}
            self._names(tally, want, have)
            self._places(tally, want["places"], have["places"])
            self._figures(tally, want["figures"], have["figures"])
            sentences = sentence_spans(text)
            for layer in ("demands", "claims"):
                matched = self._passages(tally, layer, sentences, want[layer], have[layer])
                fields = self._demand_fields if layer == "demands" else self._claim_fields
                fields(tally, want[layer], have[layer], matched)
        return tally.scores()

    @staticmethod
    def _names(tally: Tally, want: Mapping[str, list[Any]], have: Mapping[str, list[Any]]) -> None:
        for layer in ("places", "parties"):
            golds, answers = {x["span"] for x in want[layer]}, {x["span"] for x in have[layer]}
            tally.add(f"{layer} exact", len(golds & answers), len(golds), len(answers))
            matched = match(sorted(golds), sorted(answers), overlap)
            tally.add(f"{layer} overlap", len(matched), len(golds), len(answers))

    def _places(self, tally: Tally, want: list[Any], have: list[Any]) -> None:
        matched = match(want, have, lambda g, p: overlap(g["span"], p["span"]))
        answer = dict(matched)
        known = {
            i: self.points[x["name"], x.get("country") or ""]
            for i, x in enumerate(want)
            if (x["name"], x.get("country") or "") in self.points
        }
        if known:
            right = sum(i in answer and is_right_place(want[i], have[answer[i]], point) for i, point in known.items())
            resolved = sum(bool(x.get("country")) or x.get("latitude") is not None for x in have)
            tally.add("places resolved", right, len(known), resolved)
        same_country = sum(want[i].get("country") == have[j].get("country") for i, j in matched)
        tally.add("places in the right country", same_country, len(want), len(have))

    def _figures(self, tally: Tally, want: list[Any], have: list[Any]) -> None:
        matched = match(want, have, lambda g, p: iou(g["span"], p["span"]) if same_values(g, p) else 0)
        tally.add("figures value", len(matched), len(want), len(have))
        full = sum(
            want[i]["condition"] == have[j]["condition"]
            and self.names.place_set(want[i]["places"]) == self.names.place_set(have[j]["places"])
            for i, j in matched
        )
        tally.add("figures full", full, len(want), len(have))

    @staticmethod
    def _passages(
        tally: Tally, layer: str, sentences: Sequence[Span], want: list[Any], have: list[Any]
    ) -> list[tuple[int, int]]:
        def holding(items: list[Any]) -> set[int]:
            return {
                n
                for n, s in enumerate(sentences)
                for x in items
                if overlap(s, x["span"]) > 0.3 * min(s[1] - s[0], x["span"][1] - x["span"][0])
            }

        golds, answers = holding(want), holding(have)
        tally.add(f"{layer} sentences", len(golds & answers), len(golds), len(answers))

        def worth(g: Row, p: Row) -> float:
            value = iou(g["span"], p["span"])
            return value if value >= 0.5 else 0.0

        matched = match(want, have, worth)
        tally.add(layer, len(matched), len(want), len(have))
        return matched

    def _demand_fields(self, tally: Tally, want: list[Any], have: list[Any], matched: list[tuple[int, int]]) -> None:
        def parties(x: Row) -> list[str]:
            return self.names.party_set(x.get("addressees"))

        right = sum(len(match(parties(want[i]), parties(have[j]), _alike)) for i, j in matched)
        tally.add("demand addressees", right, sum(len(parties(x)) for x in want), sum(len(parties(x)) for x in have))

        for name, fold in (("themes", set), ("places", self.names.place_set)):

            def values(x: Row, name: str = name, fold: Callable[[Any], set[str]] = fold) -> set[str]:
                return fold(x.get(name) or ())

            right = sum(len(values(want[i]) & values(have[j])) for i, j in matched)
            tally.add(f"demand {name}", right, sum(len(values(x)) for x in want), sum(len(values(x)) for x in have))

    def _claim_fields(self, tally: Tally, want: list[Any], have: list[Any], matched: list[tuple[int, int]]) -> None:
        same_status = [(i, j) for i, j in matched if want[i]["status"] == have[j]["status"]]
        full = sum(
            self.names.place_set(want[i]["places"]) == self.names.place_set(have[j]["places"]) for i, j in same_status
        )
        tally.add("claims full", full, len(want), len(have))
        tally.add("claims status", len(same_status), len(want), len(have))


def score_signatories(gold: Mapping[str, Row], predicted: Mapping[str, Row]) -> dict[str, Score]:
    """Signatories by printed name, with or without the note, and the number that the text states."""
    tally = Tally()
    for statement_id, row in gold.items():
        answer = predicted.get(statement_id, {})
        full, bare = (
            [
                {plain(" ".join(part for part in (x["name"], note and x.get("note")) if part)) for x in r}
                for r in (row.get("signatories", []), answer.get("signatories", []))
            ]
            for note in (True, False)
        )
        right = max(len(full[0] & full[1]), len(bare[0] & bare[1]))
        tally.add("signatories", right, len(full[0]), len(full[1]))
        want, have = row.get("stated"), answer.get("stated")
        tally.add("stated counts", int(want is not None and want == have), int(want is not None), int(have is not None))
    return tally.scores()


def score_links(gold: Sequence[Row], predicted: Sequence[Row]) -> dict[str, Score]:
    """Links by kind: same two statements, and at both ends quotes of which one contains the other."""

    def ends(link: Row) -> list[tuple[str, str]]:
        return sorted(((link["a"][0], link["a"][1]), (link["b"][0], link["b"][1])))

    def same(a: Row, b: Row) -> int:
        return int(all(x[0] == y[0] and (x[1] in y[1] or y[1] in x[1]) for x, y in zip(ends(a), ends(b), strict=True)))

    tally = Tally()
    for kind in LINK_KINDS:
        golds, answers = ([x for x in links if x["kind"] == kind] for links in (gold, predicted))
        tally.add(f"links {kind}", len(match(golds, answers, same)), len(golds), len(answers))
    return tally.scores()
