"""Groups printed names into organisations: only names that share a block are compared, and people's judgements hold."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from statement_nlp.tracking.organisation_names import PrintedName, Reading, home_country, initials, lexicon, read, sound
from statement_nlp.tracking.organisation_rules import Decision, Judgement, Organisation, compare

LARGEST_BLOCK = 40
"""Blocks of more names than this, by all words but one, say too little to compare all their pairs."""


def group(
    names: Sequence[PrintedName], judgements: Iterable[Judgement] = (), weights: Sequence[int] | None = None
) -> list[Organisation]:
    """Group printed names into organisations.

    Args:
        names: each printed name once.
        judgements: what people decided, by position; "same" joins, "different" keeps apart whatever the rules say.
        weights: how often each name is printed, for the choice of an organisation's own name; 1 each by default.

    Returns:
        Every name in exactly one organisation, in the order of its first name.
    """
    readings = [read(name) for name in names]
    joined = _Joined(len(names), judgements)
    vocabulary = Counter(word for core in {r.core for r in readings} for word in set(core.split()))
    for a, b in _pairs(readings):
        if readings[a].is_acronym == readings[b].is_acronym:
            joined.join(a, b, compare(names[a], names[b], vocabulary))
    _join_acronyms(names, readings, joined)
    _join_homes(readings, joined)
    return [_organisation(names, members, joined, weights) for members in joined.groups()]


class _Joined:
    """Disjoint sets of positions, with the reason that each position joined for, and those that must stay apart."""

    def __init__(self, size: int, judgements: Iterable[Judgement]) -> None:
        self.parent = list(range(size))
        self.members = {i: [i] for i in range(size)}
        self.reasons = ["its own name"] * size
        self.apart: dict[int, set[int]] = defaultdict(set)
        judged = list(judgements)
        for j in judged:
            if j.verdict == "different":
                self.apart[j.a].add(j.b)
                self.apart[j.b].add(j.a)
        for j in judged:
            if j.verdict == "same":
                self.join(j.a, j.b, Decision(True, 1.0, "a person judged them the same"))

    def find(self, i: int) -> int:
        while self.parent[i] != i:
            self.parent[i] = self.parent[self.parent[i]]
            i = self.parent[i]
        return i

    def join(self, a: int, b: int, decision: Decision) -> None:
        """Join the two sets if the decision says so and no person said otherwise of any two of their members."""
        x, y = self.find(a), self.find(b)
        if not decision.same or x == y:
            return
        if len(self.members[x]) < len(self.members[y]):
            x, y, a, b = y, x, b, a
        ours = set(self.members[x])
        if any(self.apart[i] & ours for i in self.members[y] if i in self.apart):
            return
        self.reasons[b] = decision.reason
        self.parent[y] = x
        self.members[x] += self.members.pop(y)

    def groups(self) -> list[list[int]]:
        return sorted(sorted(members) for members in self.members.values())


def _pairs(readings: Sequence[Reading]) -> Iterator[tuple[int, int]]:
    """Pairs of positions that share a block, each pair once, in order."""
    blocks: dict[str, list[int]] = defaultdict(list)
    for i, reading in enumerate(readings):
        for key in _blocks(reading):
            blocks[key].append(i)
    pairs: set[tuple[int, int]] = set()
    for key, members in blocks.items():
        if 1 < len(members) <= LARGEST_BLOCK or not key.startswith("but "):
            pairs.update((a, b) for n, a in enumerate(members) for b in members[n + 1 :])
    yield from sorted(pairs)


def _blocks(reading: Reading) -> set[str]:
    keys = {"name " + name for name in reading.names} | {"joined " + reading.core.replace(" ", "")}
    keys |= {"acronym " + acronym for acronym in reading.acronyms}
    keys.add("sound " + sound(reading.core))
    words = reading.words
    if len(words) > 1:
        keys |= {f"but {i} of {len(words)} " + " ".join(words[:i] + words[i + 1 :]) for i in range(len(words))}
        if words[-1] in lexicon()["kinds"]:
            keys.add("name " + " ".join(words[:-1]))
    return keys


def _join_acronyms(names: Sequence[PrintedName], readings: Sequence[Reading], joined: _Joined) -> None:
    """Join a bare acronym to the one organisation that it can mean; to none where it can mean two."""
    longs: dict[str, list[int]] = defaultdict(list)
    for i, reading in enumerate(readings):
        if not reading.is_acronym:
            for name in reading.acronyms | reading.names | initials(reading.core):
                longs[name].append(i)
    for i, reading in enumerate(readings):
        if not reading.is_acronym:
            continue
        means = [(n, d) for n in longs.get(reading.core, ()) if (d := compare(names[i], names[n])).same]
        printed = [(n, d) for n, d in means if reading.core in readings[n].acronyms | readings[n].names]
        chosen = printed or means
        if len({joined.find(n) for n, _ in chosen}) == 1:
            joined.join(chosen[0][0], i, chosen[0][1])


def _join_homes(readings: Sequence[Reading], joined: _Joined) -> None:
    """Join "X" and "X (Italy)" where no other branch of X is known and nothing says that Italy is not its home."""
    families: dict[str, list[int]] = defaultdict(list)
    for i, reading in enumerate(readings):
        families[reading.core].append(i)
    for core, members in families.items():
        bare = [i for i in members if readings[i].branch is None]
        branches = {readings[i].branch for i in members} - {None}
        noted = [i for i in members if readings[i].branch and readings[i].noted]
        if not bare or len(branches) != 1 or not noted or len(noted) + len(bare) != len(members):
            continue
        if home_country(core) not in (None, readings[noted[0]].branch):
            continue
        reason = f"printed with and without “{readings[noted[0]].printed.note}”, the only place named with it"
        for i in noted:
            joined.join(bare[0], i, Decision(True, 0.8, reason))


def _organisation(
    names: Sequence[PrintedName], members: list[int], joined: _Joined, weights: Sequence[int] | None
) -> Organisation:
    def rank(i: int) -> tuple[bool, int, bool, int, str]:
        weight = weights[i] if weights else 1
        return (read(names[i]).is_acronym, -weight, names[i].name.isupper(), -len(names[i].name), str(names[i]))

    ordered = sorted(members, key=rank)
    acronyms = Counter(names[i].acronym for i in ordered if names[i].acronym)
    acronym = acronyms.most_common(1)[0][0] if acronyms else None
    branches = {names[i].note for i in ordered}
    branch = (
        names[ordered[0]].note if len(branches) == 1 else next((b for b in (names[i].note for i in ordered) if b), None)
    )
    return Organisation(
        names[ordered[0]].name, acronym, branch, tuple(ordered), tuple(joined.reasons[i] for i in ordered)
    )
