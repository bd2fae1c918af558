"""Gives each place name of a statement its entry in the gazetteer, or honestly none.

All names of a statement are resolved together: countries that the statement speaks of, its title and its source are
the context; what the text says itself ("Zamzam camp in North Darfur", "Karrada, Baghdad") counts most. A name has one
sense in a statement. A logistic regression over named features says how sure an entry is; below a threshold there is
none.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from statement_nlp.extraction.classifier import load
from statement_nlp.extraction.entities_ner import folder
from statement_nlp.extraction.entities_parties import register
from statement_nlp.extraction.entities_words import words
from statement_nlp.knowledge.gazetteer import Gazetteer, distance_km, fold
from statement_nlp.records import Place

MOST_CANDIDATES = 15
NEAR_KM = (60.0, 250.0)
THRESHOLD = 0.35
"""Least chance of the best entry for a name to be resolved."""
UNLIKELY = 0.15
"""Below this chance an entry is no rival to the statement's country for a name that stays unresolved."""
CURATED_SIZE = 50_000
UNKNOWN_SIZE = 1_000
SURE_COUNTRY = 0.75
"""Least share of the evidence at which an unresolved name is placed in the statement's country, and no further."""
FEATURES = (
    "share", "top_country", "foreign", "no_context", "population", "rank", "ratio", "country", "supranational", "seat",
    "contained", "container_country", "container_elsewhere", "very_near", "near", "only_country", "own_name",
    "type_fits", "type_differs", "share_small", "foreign_large", "foreign_small", "title",
)  # fmt: skip
_REGION = frozenset(
    (
        "province", "provinces", "governorate", "governorates", "region", "regions", "state", "states", "county",
        "counties", "oblast", "district", "districts", "prefecture", "territory",
    )
)  # fmt: skip
_TOWN = frozenset({"city", "town", "village", "cities", "towns", "villages"})
_CAMP = frozenset({"camp", "camps"})


@dataclass(frozen=True, slots=True)
class Name:
    """A place name in the text.

    `container` is the name behind it that the text says it lies in ("Y" of "X in Y"), `noun` the word behind it that
    says of which sort it is ("province").
    """

    quote: str
    container: str | None = None
    noun: str | None = None

    @property
    def key(self) -> str:
        """The form under which a statement's mentions of one name are one."""
        return fold(self.quote)


@dataclass(frozen=True, slots=True)
class Sense:
    """What a name means in a statement; `place` is None where that cannot be told."""

    place: Place | None
    country: str | None
    confidence: float
    cues: tuple[str, ...] = ()


@dataclass(slots=True)
class Context:
    """Evidence for countries, by ISO code, in all and from each name."""

    total: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    own: dict[str, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, country: str, weight: float, name: str | None = None) -> None:
        """Note evidence for a country; what a name says itself does not count for that name."""
        if name is not None:
            weight_before = self.own[name].get(country, 0.0)
            self.own[name][country] = max(weight, weight_before)
            weight -= min(weight, weight_before)
        self.total[country] += weight

    def main(self) -> str | None:
        """The country that a statement is about, if one has at least half of the evidence."""
        top = max(self.total, key=lambda c: self.total[c], default=None)
        return top if top is not None and self.total[top] >= 0.5 * sum(self.total.values()) else None

    def without(self, name: str) -> dict[str, float]:
        """The evidence that does not come from a name."""
        own = self.own.get(name, {})
        return {c: w - own.get(c, 0.0) for c, w in self.total.items() if w - own.get(c, 0.0) > 1e-9}


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """The place index, opened once a process."""
    return Gazetteer.open()


@lru_cache(maxsize=1)
def _seats() -> Mapping[str, str]:
    return {fold(name): code for name, code in register().capitals().items()}


def look_up(name: Name) -> tuple[Place, ...]:
    """Candidates for a name, best known first. A name with a word for its sort ("Palestine camp") is no country."""
    found = gazetteer().candidates(name.quote)
    if len(found) > 1 and name.key.rsplit(" ", 1)[-1] in words().place_nouns:
        found = tuple(p for p in found if p.feature != "country")
    return _once(found[:MOST_CANDIDATES])


def _once(found: tuple[Place, ...]) -> tuple[Place, ...]:
    """Candidates without unpeopled areas near a better known one: the same land under another state's code."""
    return tuple(
        p
        for n, p in enumerate(found)
        if p.population
        or p.feature not in ("region", "district")
        or not any(q.country != p.country and (distance_km(p, q) or math.inf) < SAME_LAND_KM for q in found[:n])
    )


@lru_cache(maxsize=1)
def _people() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """(demonym -> ISO code, lower-case name or demonym -> ISO code)."""
    known = register()
    both = {**known.country_names(), **known.demonyms()}
    return known.demonyms(), {name.lower(): code for name, code in both.items() if len(name) > 3}


def countries_in(tokens: Sequence[str], parties: Sequence[str], title: str | None) -> dict[str, float]:
    """How strongly countries stand in a text other than as places, by ISO code.

    Args:
        tokens: of the text: each demonym counts once.
        parties: mentions of parties: a state as an actor counts a little, for it may act far from home.
        title: names and demonyms in it count thrice.
    """
    demonyms, names = _people()
    out: dict[str, float] = defaultdict(float)
    for token in tokens:
        if token in demonyms:
            out[demonyms[token]] += 1.0
    for quote in parties:
        party = register().lookup(quote)
        if party is not None and party.country and party.kind == "state":
            out[party.country] += 0.2
    words_of_title = fold(title or "").split()
    for size in (1, 2, 3):
        for i in range(len(words_of_title) - size + 1):
            code = names.get(" ".join(words_of_title[i : i + size]))
            if code:
                out[code] += 3.0
    return out


def context_of(names: Sequence[Name], given: Sequence[str], states: Mapping[str, float], title: str | None) -> Context:
    """Weigh the countries that a statement may be about.

    Args:
        names: its place names, each as often as it stands there.
        given: ISO codes that its source gives.
        states: how strongly countries stand in it otherwise (`countries_in`).
        title: its title.
    """
    out = Context()
    for code in given:
        out.add(code, 3.0)
    for code, times in states.items():
        out.add(code, 0.6 * math.log1p(times))
        if code in _HOLDS:
            out.add(_HOLDS[code], 0.4 * math.log1p(times))
    head = f" {fold(title or '')} "
    for name, times in Counter(names).items():
        found = look_up(name)
        if not found or found[0].country is None:
            continue
        best = found[0]
        others = [p for p in found[1:] if p.country != best.country]
        if best.feature == "country":
            weight = 1.5
        elif not others:
            weight = 0.8
        else:
            weight = 0.5 if (best.population or 0) > 20 * max(p.population or 1 for p in others) else 0.0
        if weight:
            out.add(str(best.country), weight * math.log1p(times) * (2.0 if f" {name.key} " in head else 1.0), name.key)
    return out


def describe(
    name: Name, found: Sequence[Place], context: Context, near: Sequence[Place], head: str
) -> list[list[float]]:
    """The `FEATURES` of each candidate of a name.

    Args:
        name: the name.
        found: its candidates, best known first.
        context: the evidence for countries.
        near: places of the statement that are resolved already.
        head: the folded title, with a space at either end.
    """
    weights = context.without(name.key)
    inside = gazetteer().candidates(name.container) if name.container else ()
    seat = _seats().get(name.key)
    sizes = _sizes(found)
    only = len({p.country for p in found}) == 1
    shared = {"no_context": not weights, "title": f" {name.key} " in head, "only_country": only}
    rows = []
    for rank, place in enumerate(found):
        rival = max((s for p, s in zip(found, sizes, strict=True) if p.country != place.country), default=sizes[rank])
        fits = _type_fits(name.noun, place.feature)
        values = {
            **shared,
            **_by_context(place, sizes[rank], weights),
            **_by_neighbours(place, inside, near),
            "population": sizes[rank],
            "rank": 1.0 / (1 + rank),
            "ratio": max(-3.0, min(3.0, sizes[rank] - rival)),
            "country": place.feature == "country",
            "supranational": place.country is None,
            "seat": place.feature == "city" and seat is not None and seat == place.country,
            "own_name": fold(place.name) == name.key,
            "type_fits": fits is True,
            "type_differs": fits is False,
        }
        rows.append([float(values[f]) for f in FEATURES])
    return rows


def _by_context(place: Place, size: float, weights: Mapping[str, float]) -> dict[str, float]:
    """Features of how a candidate's country fits the evidence for countries."""
    total = sum(weights.values())
    own = weights.get(place.country or "", 0.0)
    share = own / total if total else 0.0
    foreign = bool(total) and share < 0.02 and place.feature != "country" and place.country is not None
    return {
        "share": share,
        "share_small": share * max(0.0, 5.0 - size),
        "top_country": bool(weights) and own > 0 and own == max(weights.values()),
        "foreign": foreign,
        "foreign_large": foreign * max(0.0, size - 5.0),
        "foreign_small": foreign * max(0.0, 5.0 - size),
    }


def _by_neighbours(place: Place, inside: Sequence[Place], near: Sequence[Place]) -> dict[str, float]:
    """Features of how a candidate lies to what the text says it lies in, and to the places resolved already."""
    same = any(c.country == place.country for c in inside[:3])
    kilometres = _nearest(place, near) if place.feature != "country" else None
    return {
        "contained": any(c.id in place.parents for c in inside),
        "container_country": same,
        "container_elsewhere": bool(inside) and not same,
        "very_near": kilometres is not None and kilometres < NEAR_KM[0],
        "near": kilometres is not None and kilometres < NEAR_KM[1],
    }


def _sizes(found: Sequence[Place]) -> list[float]:
    """How large each candidate is, as log10 of persons.

    A place of unknown population counts as a village, a curated one as a town at least. None is smaller than one that
    the gazetteer puts behind it: it had its reasons (a curated name, the seat of a region).
    """
    sizes: list[float] = []
    for place in reversed(found):
        least = CURATED_SIZE if place.id.startswith(("extra:", "user:")) else UNKNOWN_SIZE
        size = math.log10(max(place.population or 0, least) + 10.0)
        sizes.append(max(size, sizes[-1]) if sizes else size)
    return sizes[::-1]


def _nearest(place: Place, near: Sequence[Place]) -> float | None:
    distances = [d for other in near if other.id != place.id and (d := distance_km(place, other)) is not None]
    return min(distances, default=None)


def _type_fits(noun: str | None, feature: str) -> bool | None:
    """Whether the sort of place that the text names is the candidate's; None where it names none."""
    if noun in _REGION:
        return feature in ("region", "district", "area", "country")
    if noun in _TOWN:
        return feature == "city"
    if noun in _CAMP:
        return feature == "camp"
    return None


@dataclass(frozen=True, slots=True)
class Resolver:
    """Weights of `FEATURES`, and the threshold below which a name stays unresolved."""

    weights: tuple[float, ...]
    bias: float
    threshold: float = THRESHOLD

    def probability(self, row: Sequence[float]) -> float:
        """How sure it is that a candidate with these features is meant."""
        z = self.bias + sum(w * x for w, x in zip(self.weights, row, strict=True))
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, z))))

    def resolve(self, names: Sequence[Name], context: Context, title: str | None = None) -> dict[str, Sense]:
        """The sense of each name of a statement, by its key.

        Two rounds: what is sure in the first (and each country) is context and neighbourhood for the second.
        """
        head = f" {fold(title or '')} "
        merged = _merge(names)
        times = Counter(n.key for n in names)
        near: list[Place] = []
        senses: dict[str, Sense] = {}
        for last in (False, True):
            senses = {key: self._sense(name, context, near, head) for key, name in merged.items()}
            if last:
                break
            for key, sense in senses.items():
                if sense.place is None or sense.place.country is None or sense.confidence < 0.8:
                    continue
                context.add(sense.place.country, sense.confidence * math.log1p(times[key]), key)
                if sense.place.feature != "country":
                    near.append(sense.place)
        return senses

    def _sense(self, name: Name, context: Context, near: Sequence[Place], head: str) -> Sense:
        found = look_up(name)
        rows = describe(name, found, context, near, head) if found else []
        chances = [self.probability(row) for row in rows]
        best = max(range(len(rows)), key=chances.__getitem__, default=None)
        if best is not None and chances[best] >= self.threshold:
            rival = sum(c for p, c in zip(found, chances, strict=True) if p.country != found[best].country)
            sure = chances[best] / max(1.0, chances[best] + rival)
            if sure >= self.threshold:
                best = _foremost(best, found, rows, chances)
                return Sense(found[best], found[best].country, sure, _cues(rows[best], found[best]))
        return _country_only(context.without(name.key), max(chances, default=0.0) > UNLIKELY)


def _foremost(best: int, found: Sequence[Place], rows: Sequence[Sequence[float]], chances: Sequence[float]) -> int:
    """The entry that the gazetteer puts first among those nearly as likely: Aleppo is the city, not the governorate."""
    differs = FEATURES.index("type_differs")
    for i in range(best):
        if found[i].country == found[best].country and chances[i] > 0.5 * chances[best] and not rows[i][differs]:
            return i
    return best


def _country_only(weights: Mapping[str, float], possible: bool) -> Sense:
    """The statement's country for a name that no entry fits, where the statement speaks of one country alone."""
    total = sum(weights.values())
    if total < 1.0 or possible:
        return Sense(None, None, 0.3, ("no entry fits",))
    top = max(weights, key=lambda c: weights[c])
    share = weights[top] / total
    if share < SURE_COUNTRY:
        return Sense(None, None, 0.3, ("not in the gazetteer",))
    return Sense(None, top, 0.8 * share, ("not in the gazetteer", "the statement's country"))


def _merge(names: Sequence[Name]) -> dict[str, Name]:
    """One `Name` a key, with a container and a noun where any mention has one."""
    out: dict[str, Name] = {}
    for name in names:
        known = out.get(name.key)
        if known is None:
            out[name.key] = name
        elif (known.container is None and name.container) or (known.noun is None and name.noun):
            out[name.key] = Name(known.quote, known.container or name.container, known.noun or name.noun)
    return out


def read_resolver(models: str | Path | None = None) -> Resolver:
    """The trained resolver below a folder (None: the package's).

    Raises:
        ModelError: it is missing, or was trained on other features.
    """
    model = load(folder(models) / "places.skops", features=FEATURES)
    return Resolver(tuple(float(w) for w in model.estimator.coef_[0]), float(model.estimator.intercept_[0]))


_HOLDS = {"IL": "PS", "MA": "EH"}
"""A state that acts in a territory without being its state: it speaks for places there too."""
SAME_LAND_KM = 50.0
"""Farther apart, an unpeopled area of the same name in another country is another place."""
_SAYS = {
    "share": "the statement's country", "contained": "the text names what it lies in", "very_near": "near other places",
    "country": "name of a country", "seat": "seat of a government", "only_country": "known in one country only",
    "title": "in the title",
}  # fmt: skip


def _cues(row: Sequence[float], place: Place) -> tuple[str, ...]:
    said = [_SAYS[f] for f, value in zip(FEATURES, row, strict=True) if f in _SAYS and value > 0.3]
    return (*said, f"entry: {place.feature}")
