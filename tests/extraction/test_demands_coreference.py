"""References to parties: pronouns, pairs, short descriptions. Sentences are the project's own."""

from __future__ import annotations

import pytest
from spacy.language import Language

from statement_nlp.extraction.coreference import PartyCoreference
from statement_nlp.extraction.pipeline import base_pipeline
from statement_nlp.records import Party, PartyMention

PARTIES = [
    ("Kenya", "Kenya", "state"),
    ("Chad", "Chad", "state"),
    ("donors", "donors", "collective"),
    ("UN Security Council", "UN Security Council", "intergovernmental"),
    ("Amal Rizk", "Amal Rizk", "person"),
    ("River Front", "River Front", "armed_group"),
]


@pytest.fixture(scope="module")
def nlp() -> Language:
    return base_pipeline()


CASES = [
    ("Kenya and Chad have signed. They must keep their word.", "They", ("Kenya", "Chad"), "a pair named together"),
    ("The donors met on Monday. They must pay.", "They", ("donors",), "a party that is many"),
    ("The River Front took the town. It must withdraw.", "It", ("River Front",), "singular"),
    ("Kenya asked Chad for help. Both must open the border.", "Both", ("Kenya", "Chad"), "both: the last two states"),
    ("Kenya and Chad met. The two countries should agree.", "countries", ("Kenya", "Chad"), "the two countries"),
    ("The UN Security Council met. The Council must act.", "Council", ("UN Security Council",), "last word of a name"),
    ("Kenya closed the road. The government must open it.", "government", ("Kenya",), "the government of the state"),
    ("Amal Rizk spoke. She must be heard.", "She", ("Amal Rizk",), "a person"),
    ("Kenya met Chad. Those who carry arms must stop.", "Those", (), "a description of its own, no pronoun"),
    ("Kenya closed the road. States must act.", "States", (), "states in general are not the one named before"),
    ("They must act.", "They", (), "nobody named before"),
]


@pytest.mark.parametrize(("text", "word", "expected", "why"), CASES, ids=[why for *_, why in CASES])
def test_resolve(nlp: Language, text: str, word: str, expected: tuple[str, ...], why: str) -> None:
    doc = nlp(text)
    mentions = []
    for quote, name, kind in PARTIES:
        at = text.find(quote)
        if at >= 0:
            mentions.append(PartyMention(at, at + len(quote), quote, Party(name, kind)))  # type: ignore[arg-type]
    doc._.parties = tuple(mentions)
    token = next(t for t in reversed(doc) if t.text == word)
    assert PartyCoreference(doc).resolve(token) == expected, why
