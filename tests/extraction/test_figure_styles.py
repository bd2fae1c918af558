"""Numbers as situation updates, press statements and stories write them: what each is worth, and what is no figure.

What rules alone settle: the model that decides on the rest is not asked, so that a training anew cannot change it.
"""

from __future__ import annotations

import pytest
from spacy.language import Language

from statement_nlp.extraction.figures import candidates
from statement_nlp.extraction.pipeline import StatementTokenizer, base_pipeline


@pytest.fixture(scope="module")
def nlp() -> Language:
    pipeline = base_pipeline()
    pipeline.tokenizer = StatementTokenizer(pipeline.tokenizer, pipeline.vocab)
    return pipeline


WORTH = [
    # text, (low, high) of each number that may be a figure, why
    ("An estimated 1 in 5 children is out of school.", [(0.2, 0.2)], "ratio in digits"),
    ("Two out of three families have sold their cattle.", [(0.6667, 0.6667)], "out of"),
    ("Acute malnutrition stands at 12,5 % in the settlements.", [(0.125, 0.125)], "decimal comma, blank"),
    ("The plan seeks 2.3 billion US dollars, of which 14 per cent is paid.", [(2.3e9, 2.3e9), (0.14, 0.14)], "money"),
    ("The fund released USD 4.2m for water trucking.", [(4.2e6, 4.2e6)], "code, scale letter"),
    ("Some 3-4 million people may need food aid.", [(3e6, 4e6)], "range with a shared scale"),
    ("Between 5 and 7 thousand residents left the town.", [(5000, 7000)], "between, shared scale"),
    ("A quarter of a million people have crossed.", [(250000, 250000)], "part of a scale"),
    ("Three-quarters of a million people face hunger.", [(750000, 750000)], "the same with a hyphen"),
    ("Over a dozen schools were hit.", [(12, None)], "dozen"),
    ("More than 1.2 million people, including 600,000 children, fled.", [(1.2e6, None), (6e5, 6e5)], "a part"),
    ("Nearly 900,000 people are in IPC Phase 3 or above.", [(9e5, 9e5)], "a phase is a label"),
    ("Killed: 34\nInjured: 112\nMissing: 7", [(34, 34), (112, 112), (7, 7)], "a table in lines"),
    ("60%-70% of wells have run dry.", [(0.6, 0.7)], "the sign twice"),
    ("Around 10 000 people are sheltering in churches.", [(10000, 10000)], "blank groups"),
    ("Access is restricted in 12/15 districts.", [(12, 12)], "of so many"),
    ("~300 households lost their homes.", [(300, 300)], "sign for about"),
    (">500 cases of measles were reported.", [(500, None)], "sign for more"),
    ("Nearly 60 per cent of health centres are closed.", [(0.6, 0.6)], "per cent"),
    ("The ministry confirmed 23 deaths and 1 540 injuries.", [(23, 23), (1540, 1540)], "two counts"),
    ("Teams reached 45.000 people with clean water.", [(45000, 45000)], "points for thousands"),
    ("US$ 87 million is required; only US$9.6 million is pledged.", [(8.7e7, 8.7e7), (9.6e6, 9.6e6)], "two amounts"),
    ("The Union gave €20 million and Norway NOK 150 million.", [(2e7, 2e7), (1.5e8, 1.5e8)], "sign and code"),
    ("As many as half a million children risk wasting.", [(None, 5e5)], "upper bound in words"),
    ("At least two hundred and fifty homes burned down.", [(250, None)], "words"),
    ("Tens of thousands of people marched; hundreds were beaten.", [(10000, None), (100, None)], "vague"),
    ("One in every four pregnant women is anaemic.", [(0.25, 0.25)], "in every"),
    ("Only 3 of the 17 hospitals still function.", [(3, 3)], "the whole is no count of its own"),
    ("The toll has risen to 1,204, with 3,389 hurt.", [(1204, 1204), (3389, 3389)], "bare numbers"),
    ("Up to 80% of crops were lost.", [(None, 0.8)], "upper bound of a share"),
    ("No fewer than 17 journalists were arrested.", [(17, None)], "denied less"),
    ("Hundreds of thousands of people have fled.", [(100000, None)], "vague of vague"),
    ("Two thirds, or about 15.8 million people, need help.", [(0.6667, 0.6667), (1.58e7, 1.58e7)], "twice said"),
    ("We vaccinated 1.7m children against polio.", [(1.7e6, 1.7e6)], "letter for a scale"),
    ("Thirty-four people, among them nine children, were killed.", [(34, 34), (9, 9)], "hyphen in words"),
    ("3,200 (64%) of the evacuees are with relatives.", [(3200, 3200), (0.64, 0.64)], "share in brackets"),
    ("Funding gap: US$312.5 million (71%)", [(3.125e8, 3.125e8), (0.71, 0.71)], "a line without a verb"),
    ("People in need: 7.8M", [(7.8e6, 7.8e6)], "capital letter for a scale"),
    ("People targeted: 5.1 M", [(5.1e6, 5.1e6)], "the same behind a blank"),
    ("Some 300+ families are without shelter.", [(300, None)], "plus sign"),
    ("USD 1,200,000 went to 4,000 households (USD 300 each).", [(1.2e6, 1.2e6), (4000, 4000), (300, 300)], "each"),
    ("Phase 5: 12,400 people; Phase 4: 1.1 million.", [(12400, 12400), (1.1e6, 1.1e6)], "phases before colons"),
    ("A further 18 people drowned, bringing the total to 63.", [(18, 18), (63, 63)], "a total"),
    ("Nine out of 10 schools in the valley are damaged.", [(0.9, 0.9)], "word and digits"),
    ("Close to one-third of households eat once a day.", [(0.3333, 0.3333)], "fraction with a hyphen"),
    ("A total of 1 100 families (5 500 people) returned.", [(1100, 1100), (5500, 5500)], "families and persons"),
    ("A couple of hundred people remain in the basement.", [(100, None)], "a couple of"),
    ("Several hundred thousand people lack water.", [(100000, None)], "several with two scales"),
    ("More than one and a half million people are homeless.", [(1.5e6, None)], "and a half"),
    ("Well over 2,000 tents are needed.", [(2000, None)], "well over"),
    ("Just under 3 million people are affected.", [(None, 3e6)], "just under"),
    ("Some 70 to 80 per cent of families rely on aid.", [(0.7, 0.8)], "range of shares"),
    ("€1.5bn was pledged.", [(1.5e9, 1.5e9)], "short scale"),
    ("£12m will go to shelter.", [(1.2e7, 1.2e7)], "pounds"),
    ("Rs 3 billion has been set aside.", [(3e9, 3e9)], "rupees"),
    ("1.5 to 2 million people could be cut off.", [(1.5e6, 2e6)], "decimal range"),
    ("Fewer than 40 lorries were allowed to pass.", [(None, 40)], "fewer than"),
    ("The number of attacks doubled from 45 to 90.", [(45, 45), (90, 90)], "a change is two values"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "worth", "why"), WORTH)
def test_what_numbers_are_worth(nlp, text, worth, why):
    assert [(c.value.low, c.value.high) for c in candidates(nlp(text))] == worth, why


NOTHING = [
    ("Contact: +41 22 555 1234 or press@example.org", "a telephone number"),
    ("Pursuant to resolution 2417 (2018), the Council met on 14 May at 10:30.", "a resolution, a year, a day, a time"),
    ("Article 33 of the Fourth Geneva Convention forbids it.", "an article"),
    ("A 27-year-old nurse and her 3-year-old son survived.", "ages"),
    ("Page 3 of 7", "a page"),
    ("Figure 2: Displaced people by district", "the number of a figure"),
    ("It began on 3/4/2023 and ended on 2024-05-03.", "dates in digits"),
    ("Room 7, 3rd floor, P.O. Box 1123", "an address"),
    ("It struck at a depth of 18 km.", "a distance"),
    ("The siege has lasted 18 months.", "a duration"),
    ("Twice as many women as men were registered.", "a ratio of counts"),
    ("The price of bread has tripled.", "a multiple"),
    ("See paragraph 12 and annex 4.", "parts of a document"),
    ("[1] Estimate of the ministry.", "a footnote mark"),
    ("1. Lift the siege.\n2. Let aid in.", "numbers of a list"),
    ("Help arrives 24/7.", "at all hours"),
]


@pytest.mark.parametrize(("text", "why"), NOTHING)
def test_what_is_no_figure(nlp, text, why):
    assert [c.value for c in candidates(nlp(text))] == [], why
