"""What real pages have around and inside their text: captions, furniture, quotations, resolutions, emphasis."""

import pytest

from statement_nlp.reading.layout import blocks, find_zones

WORDS = (
    "Some 40,000 people have fled the town since Sunday, and most of them sleep in the open. Trucks with flour and "
    "medicine are waiting at the pass for a third week."
)

NOT_BODY = [
    ("Figure 1: People who fled the valley, by week", "a caption"),
    ("Table 2. Wells by district", "a table's caption"),
    ("Photo: Ana Quill/Amber Relief", "a credit"),
    ("© Amber Relief / Ana Quill", "a credit with a sign"),
    ("Map: the valley and its passes", "a map"),
    ("Share this", "furniture"),
    ("Share on Facebook", "furniture with a network"),
    ("Read more", "a link"),
    ("Read the full report", "a link to the report"),
    ("Click here to donate", "a button"),
    ("Donate now", "an imperative that is no demand"),
    ("Follow us on Twitter", "a network"),
    ("Subscribe to our newsletter", "a newsletter"),
    ("Related stories", "links"),
    ("Skip to main content", "navigation"),
    ("Facebook Twitter WhatsApp", "buttons"),
    ("5 min read", "a reading time"),
]


@pytest.mark.parametrize(("line", "why"), NOT_BODY, ids=[why for _, why in NOT_BODY])
def test_line_is_no_part_of_the_text(line: str, why: str) -> None:
    text = f"Flour is stuck at the pass\n\n{WORDS}\n\n{line}\n\n{WORDS}\n\n{WORDS}"
    zones = find_zones(text)
    body = "\n".join(text[z.start : z.end] for z in zones if z.kind == "body")
    assert line not in body, why
    assert body.count(WORDS) == 3, "the text goes on behind it"


STILL_BODY = [
    "Donate blood where you live, and ask your neighbours to come along with you.",
    "Share the bread that the trucks bring.",
    "Read more of these letters and you will see that nobody was asked.",
    "Act now or more children will die of thirst.",
    "Table manners are the least of our worries here.",
    "Print the names of the dead in every paper.",
]


@pytest.mark.parametrize("sentence", STILL_BODY)
def test_sentence_that_begins_like_furniture_stays(sentence: str) -> None:
    text = f"Flour is stuck at the pass\n\n{WORDS}\n\n{sentence}\n\n{WORDS}"
    assert any(z.kind == "body" and sentence in text[z.start : z.end] for z in find_zones(text))


def tree(text: str) -> list[tuple[str, bool, int, int | None]]:
    """(words, bullet, level, introduction) of each block."""
    found = blocks(text, find_zones(text))
    return [(text[b.content : b.end], b.is_bullet, b.level, b.introduction) for b in found]


def test_preamble_introduces_no_operative_paragraphs() -> None:
    text = (
        "Deeply alarmed by the hunger in the valley and its grave impact on children,\n\n"
        "Recalling the duty of all sides to spare the wells,\n\n"
        "1. Demands that all sides open the road to the valley without delay;\n\n"
        "2. Calls upon the donors to pay what they have pledged;"
    )
    assert [(bullet, introduction) for _, bullet, _, introduction in tree(text)] == [
        (False, None),
        (False, None),
        (True, None),
        (True, None),
    ]


def test_quotation_marks_of_markdown_are_no_bullets() -> None:
    quoted = "Nobody has told us when the road will be open again."
    assert tree(f"A nurse in the town wrote to us on Monday:\n\n> {quoted}")[1] == (quoted, False, 0, None)


def test_small_items_behind_signs_are_bullets() -> None:
    assert [block[1:] for block in tree("We call on the Council to:\n> open the road\n> send observers")] == [
        (False, 0, None),
        (True, 1, 0),
        (True, 1, 0),
    ]


@pytest.mark.parametrize("mark", ["**", "__"])
def test_emphasised_line_is_a_heading(mark: str) -> None:
    heading = f"{mark}What the town needs{mark}"
    text = f"Flour is stuck at the pass\n\n{WORDS}\n\n{heading}\n\n{WORDS}"
    zones = [(z.kind, text[z.start : z.end]) for z in find_zones(text)]
    assert ("heading", heading) in zones


def test_text_ends_at_the_sign_of_the_press() -> None:
    text = f"{WORDS}\n\n-30-\n\nAmber Relief was founded in 2003."
    assert [z.kind for z in find_zones(text)] == ["body", "notes"]
