"""What a number counts: the unit noun behind it, or, for a bare number, the one before it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from spacy.attrs import IDX
from spacy.tokens import Doc, Token

from statement_nlp.extraction import text_of
from statement_nlp.extraction.values import Value, find_values

NOUNS = frozenset({"NOUN", "PROPN"})
MODIFIERS = frozenset({"ADJ", "NOUN", "PROPN"})
PARTICIPLES = frozenset({"VBN", "VBG"})
DETERMINERS = frozenset({"DT", "PRP$", "POS", "PDT"})
COUNTED_ADJECTIVES = frozenset(
    {"dead", "wounded", "injured", "missing", "displaced", "elderly", "sick", "poor", "homeless", "disabled"}
)
MEASURES = frozenset(
    {"head", "tonne", "ton", "litre", "liter", "bag", "sack", "box", "kilo", "kilogram", "kilogramme", "pair",
     "truckload", "lorryload", "barrel", "gallon", "piece", "bottle", "metric", "member"}
)  # fmt: skip
NO_UNITS = frozenset(
    {"more", "other", "others", "them", "whom", "which", "these", "those", "us", "who", "time", "per", "half", "one",
     "today",
     "tomorrow", "yesterday", "tonight", "now", "sleep", "risk", "lie", "share", "cough", "stay", "live",
     "need", "face", "flee", "step", "attend", "report", "reports", "remain", "depend", "suffer", "wait",
     "hope", "plan", "rely", "die",
     "return"}
)  # fmt: skip
PRONOUNS_OF = re.compile(r"\s+of\s+(?:them|whom|which|these|those|us|you|it)\b", re.IGNORECASE)
WHOLE = re.compile(
    r"\s+(?:out\s+)?of\s+(?:(?:the|its|their|our|all)\s+)?(?:[\w’'-]+['’]s\s+)?"
    r"(?:\d[\d,]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\s+",
    re.IGNORECASE,
)
FURTHER = frozenset({"more", "other", "additional", "further", "others", "new", "extra"})
LONGEST = 7


@dataclass(frozen=True, slots=True)
class Unit:
    """The unit of a value: its words and where they end; `head` is the token of the noun, None for a bare number."""

    text: str
    end: int
    head: Token | None
    bare: bool


def values_of(doc: Doc) -> list[Value]:
    """All number expressions of a Doc, found once."""
    known: list[Value] | None = doc.user_data.get("statement_values")
    if known is None:
        known = doc.user_data["statement_values"] = find_values(text_of(doc))
    return known


def token_starts(doc: Doc) -> list[int]:
    """Where each token of a Doc starts, in code points, counted once."""
    known: list[int] | None = doc.user_data.get("statement_token_starts")
    if known is None:
        known = doc.user_data["statement_token_starts"] = doc.to_array(IDX).astype("int64").tolist()
    return known


class Tokens:
    """Token lookup by character for one Doc."""

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.starts = token_starts(doc)

    def at_or_after(self, char: int) -> int:
        """Index of the first token that starts at or after a character."""
        index = bisect_right(self.starts, char) - 1
        if index >= 0 and self.starts[index] == char:
            return index
        return index + 1

    def holding(self, char: int) -> int:
        """Index of the token that holds a character (the one before, for a blank)."""
        return max(0, bisect_right(self.starts, char) - 1)


def unit_at(doc: Doc, value: Value) -> Unit:
    """The unit of a value of a Doc, found once."""
    known: dict[int, Unit] = doc.user_data.setdefault("statement_units", {})
    unit = known.get(value.start)
    if unit is None:
        unit = known[value.start] = unit_of(Tokens(doc), value)
    return unit


def unit_of(tokens: Tokens, value: Value) -> Unit:
    """The unit that stands at a value; a bare unit where the text before must give it."""
    if value.kind == "money":
        return Unit(value.unit or "", value.end, None, bare=False)
    after = tokens.at_or_after(value.end)
    if value.kind in ("share", "ratio"):
        return _share_unit(tokens, value, after)
    return _count_unit(tokens, value, after)


def _count_unit(tokens: Tokens, value: Value, after: int) -> Unit:
    doc = tokens.doc
    if pronoun := PRONOUNS_OF.match(text_of(doc), value.end):
        behind = tokens.at_or_after(pronoun.end())
        chain = _chain(doc, behind)
        if chain and chain[0].tag_ not in PARTICIPLES and not _is_clause(chain[-1]):
            return Unit(_words(chain), _end(chain[-1]), chain[-1], bare=False)
        return Unit("", value.end, None, bare=True)
    at = after
    while at < len(doc) and doc[at].lower_ in FURTHER and at < after + 2:
        at += 1
    if whole := WHOLE.match(text_of(doc), value.end):
        chain = _chain(doc, tokens.at_or_after(whole.end()))
        if chain:
            return Unit(_words(chain), _end(chain[-1]), chain[-1], bare=False)
    of = (
        at < len(doc)
        and doc[at].lower_ == "of"
        and text_of(doc)[value.end : doc[at].idx].strip() in ("", "more", "others")
    )
    if of:
        at = _skip_determiners(doc, at + 1)
    chain = _chain(doc, at)
    if not chain:
        end = _end(doc[at - 1]) if at > after and not of and doc[at - 1].lower_ == "more" else value.end
        return Unit("", end, None, bare=True)
    last = _with_coordination(doc, _with_measured(doc, chain))
    kept = [t for t in chain if t.lower_ not in FURTHER] or chain
    text = text_of(doc)[kept[0].idx : _end(last)]
    return Unit(_tidy(text), _end(last), chain[-1], bare=False)


def _share_unit(tokens: Tokens, value: Value, after: int) -> Unit:
    doc = tokens.doc
    at = after
    if value.noun:
        noun = text_of(doc)[value.noun[0] : value.noun[1]]
        head = doc[tokens.holding(value.noun[1] - 1)]
        return Unit(f"share of {noun}", value.end, head, bare=False)
    if at < len(doc) and doc[at].lower_ == "of":
        if pronoun := PRONOUNS_OF.match(text_of(doc), value.end):
            return Unit("", pronoun.end(), None, bare=True)
        at += 1
    elif (
        value.kind == "share"
        and "%" in text_of(doc)[value.start : value.end]
        and at < len(doc)
        and doc[at].tag_ not in DETERMINERS
    ):
        return Unit("", value.end, None, bare=True)
    start = _skip_determiners(doc, at)
    chain = _chain(doc, start)
    if not chain or (start > at and doc[at].lower_ in ("a", "an", "no", "any", "some")):
        return Unit("", value.end, None, bare=True)
    owner = _owner(doc, chain)
    first = owner or chain
    text = text_of(doc)[(doc[at].idx if start > at and doc[at].tag_ in DETERMINERS else first[0].idx) : _end(first[-1])]
    return Unit(f"share of {_tidy(text)}", _end(first[-1]), first[-1], bare=False)


def _owner(doc: Doc, chain: list[Token]) -> list[Token] | None:
    """The chain behind a possessive ("the country's population"), None without one."""
    after = chain[-1].i + 1
    if after < len(doc) and doc[after].tag_ == "POS":
        return _chain(doc, after + 1) or None
    return None


def _skip_determiners(doc: Doc, at: int) -> int:
    while at < len(doc) and (doc[at].tag_ in DETERMINERS or doc[at].lower_ in ("all", "its", "our", "their", "the")):
        at += 1
    return at


def _chain(doc: Doc, start: int) -> list[Token]:
    """Modifiers and nouns from `start` on, up to the last noun; empty where there is none."""
    taken: list[Token] = []
    last = 0
    for token in doc[start : start + LONGEST]:
        if (
            "\n" in text_of(doc)[doc[max(0, token.i - 1)].idx : token.idx]
            and token.i > 0
            and "\n" in doc[token.i - 1].text_with_ws + token.text
        ):
            break
        if token.is_space or not _may_continue(token, taken):
            break
        taken.append(token)
        if _is_counted(token):
            last = len(taken)
    return taken[:last]


def _may_continue(token: Token, taken: Sequence[Token]) -> bool:
    if token.lower_ in NO_UNITS and not taken:
        return False
    if taken and taken[-1].pos_ in NOUNS and token.pos_ == "ADJ" and token.lower_ not in COUNTED_ADJECTIVES:
        return False
    if taken and taken[-1].tag_ in ("NNS", "NNPS") and token.text != "-":
        return (
            token.lower_ not in NO_UNITS
            and taken[-1].lower_ not in ("people", "children", "women", "men")
            and token.pos_ in NOUNS
            and token.dep_ != "nsubj"
            and taken[-1].dep_ == "compound"
        )
    if (token.text in ("-", "–", "“", '"', "‘") and token.whitespace_ == "") or token.text in ("”", "’"):
        return bool(taken) or token.text in '“"‘'
    if token.tag_ in PARTICIPLES:
        return (
            not taken
            or taken[-1].pos_ == "ADV"
            or (taken[-1].pos_ in MODIFIERS and token.dep_ == "amod")
            or taken[-1].text == "-"
        )
    if token.pos_ == "ADV":
        return not taken and token.dep_ == "advmod" and token.lower_.endswith("ly")
    return token.pos_ in MODIFIERS and token.lower_ not in NO_UNITS and not token.like_num


def _is_counted(token: Token) -> bool:
    if token.pos_ in NOUNS:
        return token.lower_ not in NO_UNITS and not token.like_num and any(c.isalpha() for c in token.text)
    return token.lower_ in COUNTED_ADJECTIVES


def _is_clause(token: Token) -> bool:
    """Whether a noun heads a clause of its own ("of whom children are ...")."""
    return token.dep_ == "nsubj"


def _with_measured(doc: Doc, chain: Sequence[Token]) -> Token:
    """The last token of "litres of water", "heads of livestock"; else of the chain."""
    head = chain[-1]
    after = head.i + 1
    if head.lemma_.lower() in MEASURES and after < len(doc) and doc[after].lower_ == "of":
        inner = _chain(doc, _skip_determiners(doc, after + 1))
        if inner:
            return inner[-1]
    return head


def _with_coordination(doc: Doc, last: Token) -> Token:
    """The last noun of "men, women and children" that share the number."""
    at, end = last, last
    for _ in range(4):
        after = at.i + 1
        if after + 1 >= len(doc) or doc[after].lower_ not in ("and", "or", ","):
            break
        step = after + 1
        if doc[after].text == "," and doc[step].lower_ in ("and", "or"):
            step += 1
        inner = _chain(doc, step)
        if (
            not inner
            or inner[-1].pos_ == "PROPN"
            or not any(t.dep_ == "conj" for t in inner)
            or doc[step].pos_ == "NUM"
        ):
            break
        if doc[after].text != "," or doc[step - 1].lower_ in ("and", "or"):
            end = inner[-1]
            break
        at = inner[-1]
    return end


def _end(token: Token) -> int:
    return int(token.idx + len(token.text))


def _words(chain: Sequence[Token]) -> str:
    return _tidy(text_of(chain[0].doc)[chain[0].idx : _end(chain[-1])])


def _tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip(" “”\"'")
