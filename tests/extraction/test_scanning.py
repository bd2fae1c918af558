"""Where an expression may begin is told from words alone, and nothing that it matches is lost by it."""

from __future__ import annotations

import random
import re

import pytest

from statement_nlp.extraction import dates, figure_cues
from statement_nlp.extraction.figure_filter import condition_lexicon
from statement_nlp.extraction.scanning import Scanner, first_word
from statement_nlp.extraction.value_grammar import Reader, grammar, numbers_data


@pytest.mark.parametrize(
    ("expression", "begins", "does_not", "why"),
    [
        ("found dead", ["found"], ["founder", "dead"], "the word before the blank"),
        ("silted", ["silted", "siltedup"], ["silt"], "one word alone may go on"),
        ("(?:soldiers|troops) (?:have )?fallen", ["soldiers", "troops"], ["have"], "a group"),
        ("los[et] (?:their|his) life", ["lose", "lost"], ["loss"], "a class of letters"),
        ("food[- ](?:crisis)", ["food"], ["foods"], "a class with a blank ends the word"),
        ("(?:only |just )?(?:funded|paid)\\b", ["funded", "only", "other"], [], "not understood: any word"),
        (r"abandon\w* (?:their )?homes", ["abandoned"], ["aband"], "an escape"),
    ],
)
def test_first_words(expression: str, begins: list[str], does_not: list[str], why: str) -> None:
    first = first_word(expression)
    assert all(first.fullmatch(word) for word in begins), why
    assert not any(first.fullmatch(word) for word in does_not), why


def made_texts() -> list[str]:
    """Words that the expressions are made of, in any order."""
    dealt = random.Random(7)
    data = numbers_data()
    sources = [p for lists in condition_lexicon().values() for p in lists["phrases"]] + [*dates.CORE.values()]
    words = [word for source in (*sources, dates.EVENT, dates.PREFIX) for word in re.findall(r"[A-Za-z]+", source)]
    words += [*data["cardinals"], *data["scales"], *data["vague"], *data["fractions"], *data["ordinals"]] * 2
    words += ["a", "and", "of", "the", "to", "in", "3", "12/15", "2016", "1.2m", "9 000", "May", "\n", "Rwanda"] * 40
    return [" ".join(dealt.choices(words, k=400)) for _ in range(40)]


def test_nothing_is_lost() -> None:
    found = 0
    for text in made_texts():
        assert [m.span() for m in dates._matches(text)] == [m.span() for m in dates.DATE.finditer(text)]
        reader = Reader(text)
        for name in {name for names in grammar().openings.values() for name in names}:
            wanted = [m.span() for m in getattr(grammar(), name).finditer(text)]
            assert [m.span() for m in reader.matches(name)] == wanted, name
            found += len(wanted)
        scanner = Scanner(text.lower(), figure_cues._begun_by)
        for condition, pattern in figure_cues._phrases().items():
            wanted = [m.span() for m in pattern.finditer(text.lower())]
            assert [m.span() for m in scanner.matches(condition, pattern)] == wanted, condition
            found += len(wanted)
    assert found > 1000
