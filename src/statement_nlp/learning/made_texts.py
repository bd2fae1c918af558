"""The words of made-up statements: a text put together from parts, and the rows of what stands in it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, cached_property
from itertools import accumulate

from statement_nlp.records import Party, Place
from statement_nlp.store.identity import key

CLAIMS, ASKED = 10, 3
"""Claims and demands of a statement. Four claims in ten carry a figure."""
FIGURES, DEMANDS = "figures", "demands"
IDS = 100
"""Ids of records are this many apart between statements."""
FORMS = (
    ("{figure} are trapped in {place}", "trapped", "people"),
    ("{figure} were killed in {place}", "killed", "people"),
    ("{figure} have been displaced from {place}", "displaced", "people"),
    ("{figure} in {place} need food", "food_insecure", "people"),
    ("{figure} were injured when {place} was shelled", "injured", "people"),
    ("{figure} are detained in {place}", "detained", "people"),
    ("{figure} in {place} were destroyed", "destroyed", "houses"),
    ("{figure} of {place} are in need of humanitarian aid", "in_need", "children"),
    ("{figure} fell sick with cholera in {place}", "sick", "people"),
    ("{figure} were reached with water in {place}", "reached", "households"),
)
EVENTS = (
    "the hospital of {place} was bombed", "the siege of {place} goes on", "people flee from {place}",
    "no convoy has reached {place}", "the road to {place} is closed", "bread has run out in {place}",
    "schools in {place} stay shut", "the ceasefire around {place} does not hold", "doctors in {place} were arrested",
)  # fmt: skip
ACTIONS = (
    ("lift the siege of {place}", "end_siege"), ("let aid pass to {place}", "humanitarian_access"),
    ("stop the bombing of {place}", "ceasefire"), ("protect civilians in {place}", "protection_of_civilians"),
    ("fund the response in {place}", "funding"), ("release those detained in {place}", "detainees"),
    ("investigate the attacks on {place}", "accountability"), ("monitor the ceasefire in {place}", "monitoring"),
    ("stop selling arms that reach {place}", "arms"), ("respect international law in {place}", "international_law"),
)  # fmt: skip
CALLS = (("{party} must {action}", "demand"), ("We urge {party} to {action}", "urge"),
         ("{party} should {action}", "recommend"))  # fmt: skip
STATUSES = ("asserted",) * 14 + ("reported",) * 4 + ("hedged", "negated")
SOURCES = ("witnesses", "local doctors", "the mayor", "aid workers", "residents")
SYLLABLES = ("ba", "co", "du", "fe", "gi", "ha", "ke", "lo", "mu", "na", "pe", "ri", "so", "tu", "va", "wo", "xa", "zi")
WORDS, ORGANISATIONS = 20_000, 3_000
Row = tuple[object, ...]


@dataclass(frozen=True)
class World:
    """Places and parties by country (ISO code, its places with itself first, its parties), and parties of all."""

    countries: tuple[tuple[str, tuple[Place, ...], tuple[Party, ...]], ...]
    collectives: tuple[Party, ...]

    @cached_property
    def country_weights(self) -> list[float]:
        """Cumulative weights of a Zipf law over the countries."""
        return zipf(len(self.countries))


@dataclass(slots=True)
class MadeStatement:
    """A statement as rows by table; `linkable`: layer of a figure or demand, what about, (statement, id, quote)."""

    number: int
    rows: dict[str, list[Row]] = field(default_factory=dict)
    linkable: list[tuple[str, Row, tuple[str, int, str]]] = field(default_factory=list)

    @property
    def id(self) -> str:
        """Of the statement."""
        return f"made-{self.number:07d}"

    def add(self, table: str, *row: object) -> None:
        """Add a row."""
        self.rows.setdefault(table, []).append(row)


@cache
def zipf(count: int) -> list[float]:
    """Cumulative weights of Zipf's law: the second has half of what the first has, the third a third."""
    return list(accumulate(1 / rank for rank in range(1, count + 1)))


@cache
def vocabulary() -> tuple[str, ...]:
    """Words that mean nothing, the most frequent first."""
    draw = random.Random(0)
    found: dict[str, None] = {}
    while len(found) < WORDS:
        found["".join(draw.choices(SYLLABLES, k=draw.choice((2, 3, 3, 4))))] = None
    return tuple(found)


@cache
def organisations() -> tuple[str, ...]:
    """Names of organisations that there are not, those that sign most first."""
    draw = random.Random(0)
    kinds = ("Relief", "Aid", "Watch", "Network", "Foundation", "Coalition", "Doctors", "Women's Union")
    names = dict.fromkeys(
        f"{word.capitalize()} {draw.choice(kinds)}" for word in vocabulary()[200 : 200 + ORGANISATIONS]
    )
    return tuple(names)


class _Text:
    """A text that grows; each part gives the span where it stands."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0

    def add(self, words: str) -> tuple[int, int]:
        start = self.length
        self.parts.append(words)
        self.length += len(words)
        return start, self.length

    def __str__(self) -> str:
        return "".join(self.parts)


class _Writer:
    """Writes one statement: its text part by part, and the rows of what stands in each part."""

    def __init__(self, draw: random.Random, world: World, number: int, published: date) -> None:
        self.draw = draw
        self.world = world
        self.made = MadeStatement(number)
        self.published = published
        self.text = _Text()
        self.next_id = number * IDS
        (chosen,) = draw.choices(world.countries, cum_weights=world.country_weights)
        self.code, self.places, self.parties = chosen
        self.near = draw.choices(self.places, cum_weights=zipf(len(self.places)), k=3)

    def write(self) -> MadeStatement:
        title = f"{self.near[0].name}: {self.words(4)}"
        heading = self.text.add(title)[1]
        self.text.add("\n\n")
        body = self.text.length
        kinds = ["claim"] * CLAIMS + ["demand"] * ASKED + ["words"] * 4
        self.draw.shuffle(kinds)
        for n, kind in enumerate(kinds):
            {"claim": self.claim, "demand": self.demand, "words": self.remark}[kind]()
            self.text.add("\n\n" if n % 4 == 3 else " ")
        zones = [(0, heading, "heading"), (body, self.text.length, "body"), *self.sign()]
        self.finish(title)
        for n, (start, end, kind) in enumerate(zones):
            self.made.add("zones", self.made.id, n, start, end, kind)
        return self.made

    def give_id(self) -> int:
        self.next_id += 1
        return self.next_id - 1

    def words(self, count: int) -> str:
        return " ".join(self.draw.choices(vocabulary(), cum_weights=zipf(WORDS), k=count))

    def place(self) -> Place:
        return self.draw.choice(self.near) if self.draw.random() < 0.7 else self.draw.choice(self.places)

    def record(self, table: str, span: tuple[int, int], quote: str, *more: object, method: str = "made") -> int:
        """Add a row of a record whose columns begin and end as those of all do; gives its id."""
        made_id, sure = self.give_id(), round(self.draw.uniform(0.4, 1), 3)
        self.made.add(table, made_id, self.made.id, *span, quote, *more, sure, method, 1)
        return made_id

    def name_place(self, place: Place) -> None:
        span = self.text.add(place.name)
        self.record("place_mentions", span, place.name, place.name, place.country, place.id)

    def fill(self, form: str, place: Place, figure: str = "") -> tuple[int | None, int | None]:
        """Write a form with its place and figure; gives the start of the figure and where the place's name stands."""
        figure_at = None
        before, _, after = form.partition("{place}")
        if "{figure}" in before:
            head, _, tail = before.partition("{figure}")
            self.text.add(head)
            figure_at = self.text.add(figure)[0]
            self.text.add(tail)
        else:
            self.text.add(before)
        at = self.text.length
        self.name_place(place)
        self.text.add(after)
        return figure_at, at

    def remark(self) -> None:
        self.text.add(f"{self.words(self.draw.randrange(8, 20)).capitalize()}.")

    def claim(self) -> None:
        place, counted = self.place(), self.draw.random() < 0.4
        form, condition, unit = self.draw.choice(FORMS) if counted else (self.draw.choice(EVENTS), "", "")
        status = self.draw.choice(STATUSES)
        source = self.draw.choice(SOURCES) if status == "reported" else None
        if source:
            self.text.add(f"According to {source}, ")
        low, figure, qualifier = self.count(unit) if counted else (0.0, "", "exact")
        start, index = self.text.length, len(self.text.parts)
        at, _ = self.fill(form, place, figure)
        self.text.add(f" amid {self.words(self.draw.randrange(3, 7))}")
        quote, span = "".join(self.text.parts[index:]), (start, self.text.length)
        claim_id = self.record("claims", span, quote, status, source, *self.day())
        self.made.add("claim_named_places", claim_id, 0, place.name, place.id)
        if at is not None:
            low_high = (low, None if qualifier == "at_least" else low)
            span = (at, at + len(figure))
            figure_id = self.record("figures", span, figure, *low_high, qualifier, unit, condition)
            self.made.add("figure_places", figure_id, 0, place.name, place.id)
            self.made.add("claim_figures", claim_id, 0, at, figure_id)
            self.made.linkable.append((FIGURES, (place.id, condition, unit), (self.made.id, figure_id, figure)))
        self.text.add(".")

    def count(self, unit: str) -> tuple[float, str, str]:
        number = float(f"{10 ** self.draw.uniform(1, 6.5):.2g}")
        words, qualifier = self.draw.choice((("", "exact"), ("about ", "about"), ("at least ", "at_least")))
        return number, f"{words}{number:,.0f} {unit}", qualifier

    def day(self) -> tuple[str | None, str | None, str | None, str]:
        """A third of the claims are dated to a day of the year before; the others hold for the day of the statement."""
        if self.draw.random() > 1 / 3:
            return None, None, None, self.published.isoformat()
        day = self.published - timedelta(days=self.draw.randrange(365))
        return day.isoformat(), day.isoformat(), (day + timedelta(days=1)).isoformat(), day.isoformat()

    def demand(self) -> None:
        place = self.place()
        party = self.draw.choice(self.parties if self.parties and self.draw.random() < 0.6 else self.world.collectives)
        (form, strength), (action, theme) = self.draw.choice(CALLS), self.draw.choice(ACTIONS)
        start, index = self.text.length, len(self.text.parts)
        before, _, after = form.partition("{party}")
        self.text.add(before)
        party_id = key(party.name)
        self.record("party_mentions", self.text.add(party.name), party.name, party_id)
        self.text.add(after.partition("{action}")[0])
        self.fill(action, place)
        self.text.add(".")
        quote = "".join(self.text.parts[index:])
        demand_id = self.record("demands", (start, self.text.length), quote, strength)
        self.made.add("demand_addressees", demand_id, 0, party.name, party_id)
        self.made.add("demand_actions", demand_id, 0, action.format(place=place.name))
        self.made.add("demand_themes", demand_id, 0, theme)
        self.made.add("demand_places", demand_id, 0, place.name, place.id)
        self.made.linkable.append((DEMANDS, (party_id, theme, self.code), (self.made.id, demand_id, quote)))

    def sign(self) -> Sequence[tuple[int, int, str]]:
        """Three statements in ten are signed; of these every tenth states another number than it lists."""
        if self.draw.random() > 0.3:
            return ()
        names = list(dict.fromkeys(self.draw.choices(organisations(), cum_weights=zipf(ORGANISATIONS), k=8)))
        stated = len(names) + (self.draw.random() < 0.1)
        start = self.text.length
        self.text.add("Signed by ")
        quote = f"{stated} organisations"
        self.text.add(f"{quote}:\n")
        for position, name in enumerate(names, 1):
            span = self.text.add(name)
            made_id = self.give_id()
            self.made.add("signatories", made_id, self.made.id, position, *span, name, key(name), "made", 1)
            self.text.add("\n")
        self.made.add("signatory_counts", self.made.id, stated, quote, len(names))
        return ((start, self.text.length, "signatories"),)

    def finish(self, title: str) -> None:
        made, text = self.made, str(self.text)
        (publisher,) = self.draw.choices(organisations(), cum_weights=zipf(ORGANISATIONS))
        day = self.published.isoformat()
        made.add(
            "statements", made.id, made.number, title, day, day, (self.published + timedelta(days=1)).isoformat(),
            publisher, key(publisher), "illustrative", "en", f'["{self.code}"]', text, made.id, made.id, 1,
        )  # fmt: skip


def write_statement(draw: random.Random, world: World, number: int, published: date) -> MadeStatement:
    """One made-up statement.

    Args:
        draw: where chance comes from.
        world: what it speaks of.
        number: of the statement, from 1.
        published: its day.
    """
    return _Writer(draw, world, number, published).write()
