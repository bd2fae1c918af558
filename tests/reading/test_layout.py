"""Zones, blocks and sentences of texts of many forms."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statement_nlp.reading.layout import Block, blocks, find_zones, sentence_spans
from statement_nlp.reading.signatories import find_signatories
from statement_nlp.reading.wrapping import is_hard_wrapped, unwrap

PARAGRAPH = (
    "The fighting in the valley has cut off three districts since March, "
    "and trucks are waiting at the pass with flour, "
    "fuel and medicines. Nobody lets them through."
)


def zoned(text: str, title: str | None = None) -> list[tuple[str, str]]:
    return [(zone.kind, text[zone.start : zone.end]) for zone in find_zones(text, title)]


ZONES = [
    (
        f"Open the road\n\nLima, 3 May 2024\n\n{PARAGRAPH}",
        [("heading", "Open the road"), ("dateline", "Lima, 3 May 2024"), ("body", PARAGRAPH)],
        "a plain statement",
    ),
    (
        f"LIMA, 3 May 2024 – {PARAGRAPH}",
        [("dateline", "LIMA, 3 May 2024 –"), ("body", PARAGRAPH)],
        "dateline in the line",
    ),
    (f"(Lima, 3 May 2024) – {PARAGRAPH}", [("dateline", "(Lima, 3 May 2024) –"), ("body", PARAGRAPH)], "in brackets"),
    (
        f"May 3, 2024, Lima/Quito - {PARAGRAPH}",
        [("dateline", "May 3, 2024, Lima/Quito -"), ("body", PARAGRAPH)],
        "the date first",
    ),
    (f"Thursday 2 May 2024\n\n{PARAGRAPH}", [("dateline", "Thursday 2 May 2024"), ("body", PARAGRAPH)], "a date alone"),
    (
        f"OPEN THE ROAD\n\n{PARAGRAPH}\n\nTHE WAY OUT\n{PARAGRAPH}",
        [("heading", "OPEN THE ROAD"), ("body", PARAGRAPH), ("heading", "THE WAY OUT"), ("body", PARAGRAPH)],
        "capitals",
    ),
    (
        f"# Open the road\n\n{PARAGRAPH}\n\n## What we ask\n\n{PARAGRAPH}",
        [("heading", "# Open the road"), ("body", PARAGRAPH), ("heading", "## What we ask"), ("body", PARAGRAPH)],
        "Markdown",
    ),
    (
        f"{PARAGRAPH}\n\nNotes to editors\n\nThe road was built in 1962.\n\nMedia contact: desk@relief.example",
        [
            ("body", PARAGRAPH),
            ("notes", "Notes to editors\n\nThe road was built in 1962."),
            ("contact", "Media contact: desk@relief.example"),
        ],
        "notes and contact",
    ),
    (
        f"{PARAGRAPH}\n\nENDS\n\nThe network was founded in 2003.",
        [("body", PARAGRAPH), ("notes", "ENDS\n\nThe network was founded in 2003.")],
        "behind the end",
    ),
    (
        f"{PARAGRAPH}\n\n[1] Ministry of Roads, 2 May.\n[2] Own count.",
        [("body", PARAGRAPH), ("notes", "[1] Ministry of Roads, 2 May.\n[2] Own count.")],
        "footnotes",
    ),
    (
        f"{PARAGRAPH}\n\nFor more information: +00 000 000",
        [("body", PARAGRAPH), ("contact", "For more information: +00 000 000")],
        "a telephone",
    ),
    (
        f"Notes from the valley\n\n{PARAGRAPH}",
        [("heading", "Notes from the valley"), ("body", PARAGRAPH)],
        "a title that begins like notes",
    ),
    (
        f"To: the members of the Council\ncc: the Secretariat\n\n{PARAGRAPH}",
        [("heading", "To: the members of the Council\ncc: the Secretariat"), ("body", PARAGRAPH)],
        "a letter",
    ),
    (
        "33 bridges destroyed\n12 schools closed\n40,000 people displaced",
        [("body", "33 bridges destroyed\n12 schools closed\n40,000 people displaced")],
        "figures are no headings",
    ),
    ("", [], "nothing"),
    (" \n\n", [], "blanks"),
]


@pytest.mark.parametrize(("text", "expected", "why"), ZONES, ids=[why for *_, why in ZONES])
def test_zones(text: str, expected: list[tuple[str, str]], why: str) -> None:
    assert zoned(text) == expected, why


MORE_ZONES = [
    (
        f"{PARAGRAPH}\n\nMethodology\n\nWe spoke with 40 people.\n\nFINDINGS\n\n{PARAGRAPH}\n\n{PARAGRAPH}",
        f"{PARAGRAPH}\n\n{PARAGRAPH}\n\n{PARAGRAPH}",
        "a report goes on behind its method",
    ),
    (f"Contact: Ana Quill, +00 000 000 000\n\n{PARAGRAPH}", PARAGRAPH, "a contact line at the top"),
    (
        f"{PARAGRAPH}\n\n{PARAGRAPH}\n\nAbout Amber Relief\n\nAmber Relief was founded in 2003.",
        f"{PARAGRAPH}\n\n{PARAGRAPH}",
        "about",
    ),
    (f"{PARAGRAPH}\n\nENDS\n\nABOUT THE ROAD\n\n{PARAGRAPH}", PARAGRAPH, "nothing goes on behind the end"),
    (f"{PARAGRAPH}\n\nContact\nAna Quill\nPress officer\n+00 000 000 000", PARAGRAPH, "a block of contacts"),
]


@pytest.mark.parametrize(("text", "body", "why"), MORE_ZONES, ids=[why for *_, why in MORE_ZONES])
def test_body(text: str, body: str, why: str) -> None:
    assert "\n\n".join(words for kind, words in zoned(f"Open the road\n\n{text}") if kind == "body") == body, why


def test_title_in_the_text_is_a_heading() -> None:
    title = "We ask the Council to open the road."
    assert zoned(f"{title}\n\n{PARAGRAPH}", title)[0] == ("heading", title)


def tree(text: str) -> list[tuple[str, int, int | None]]:
    """(words, level, introduction) of each block."""
    return [(text[b.content : b.end], b.level, b.introduction) for b in blocks(text, find_zones(text))]


LISTS = [
    (
        "We call on the Council to:\n\n- open the road;\n- send observers.\n\n"
        "We shall wait for it to be done, as we must.",
        [
            ("We call on the Council to:", 0, None),
            ("open the road;", 1, 0),
            ("send observers.", 1, 0),
            ("We shall wait for it to be done, as we must.", 0, None),
        ],
        "a list under a colon",
    ),
    (
        "We therefore urge the Council\n1. open the road;\n2. send observers.",
        [("We therefore urge the Council", 0, None), ("open the road;", 1, 0), ("send observers.", 1, 0)],
        "no colon",
    ),
    (
        "We call on:\n\nThe parties\n• to open the road;\n\nThe donors\n• to pay;\n• to stay.",
        [
            ("We call on:", 0, None),
            ("The parties", 0, 0),
            ("to open the road;", 1, 1),
            ("The donors", 0, 0),
            ("to pay;", 1, 3),
            ("to stay.", 1, 3),
        ],
        "labels under an introduction",
    ),
    (
        "We ask that donors:\n- fund\n    - food;\n    - seeds;\n- stay.",
        [("We ask that donors:", 0, None), ("fund", 1, 0), ("food;", 2, 1), ("seeds;", 2, 1), ("stay.", 1, 0)],
        "a list in a list",
    ),
    (
        "We ask you, Secretary-General, during your visit\n\nto see the road;\nto speak of it.",
        [
            ("We ask you, Secretary-General, during your visit", 0, None),
            ("to see the road;", 1, 0),
            ("to speak of it.", 1, 0),
        ],
        "items without bullets",
    ),
    ("(a) One thing.\n(b) Another thing.", [("One thing.", 1, None), ("Another thing.", 1, None)], "no introduction"),
    (
        "The Council,\n\nRecalling its decision of May,\n\n"
        "Alarmed by the hunger,\n\n1. Demands that the road be opened;",
        [
            ("The Council,", 0, None),
            ("Recalling its decision of May,", 1, 0),
            ("Alarmed by the hunger,", 1, 0),
            ("Demands that the road be opened;", 1, 0),
        ],
        "a resolution",
    ),
]


@pytest.mark.parametrize(("text", "expected", "why"), LISTS, ids=[why for *_, why in LISTS])
def test_lists(text: str, expected: list[tuple[str, int, int | None]], why: str) -> None:
    assert tree(text) == expected, why


def test_block_of_lines_broken_for_width() -> None:
    wrapped = (
        "The fighting in the valley has cut off three districts since\n"
        "March, and trucks are waiting at the pass with flour, fuel and\n"
        "medicines. Nobody lets them through, though every party to the\n"
        "conflict has said that it would, and nobody says why they do\n"
        "not let them through.\n\n"
        "We call on all sides to open the road. Nobody should have to\n"
        "choose between hunger and gunfire."
    )
    assert is_hard_wrapped(wrapped)
    found = blocks(wrapped, find_zones(wrapped))
    assert [wrapped[b.start : b.end][-10:] for b in found] == ["m through.", "d gunfire."]
    assert unwrap(wrapped).count("\n") == 2


def test_hyphen_at_a_line_end_is_taken_out() -> None:
    wrapped = "\n".join(["We have seen how the humani-", "tarian law is broken in the valley, and"] * 1)
    text = (
        wrapped + "\nhow nobody speaks of it in the capital where\nthe talks are held and where the delegates\n"
        "from all of the parties meet every morning\nto drink tea."
    )
    assert "humanitarian law" in unwrap(text)


LISTS_OF_NAMES = (
    "Amber Relief Council\nBold Harbour Foundation\nCedar Aid Network\nDune Initiative\nElm Trust of Kenya\n"
)


@pytest.mark.parametrize("text", [LISTS_OF_NAMES, PARAGRAPH, "", "- one\n- two\n- three\n- four\n- five\n- six"])
def test_what_is_not_wrapped_stays(text: str) -> None:
    assert unwrap(text) == text


SENTENCES = [
    ("One road. Two passes.", ["One road. ", "Two passes."]),
    ("Dr. Quill spoke. Mr. Osei did not.", ["Dr. Quill spoke. ", "Mr. Osei did not."]),
    ("First line\nSecond line", ["First line", "Second line"]),
    ("“Open it!” she said. Nobody did.", ["“Open it!” she said. ", "Nobody did."]),
    ("Some 3.5 million people fled.", ["Some 3.5 million people fled."]),
    ("\n\n  \n", []),
]


@pytest.mark.parametrize(("text", "expected"), SENTENCES)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [text[a:b] for a, b in sentence_spans(text)] == expected


WORDS = st.sampled_from(
    [
        "Signed by:",
        "Amber Relief Council (ARC)",
        "- open the road;",
        "1. Demands that",
        "Notes",
        "ENDS",
        "Lima, 3 May 2024",
        "[1] a note",
        "We call on:",
        "WHAT WE ASK",
        "a; b; c",
        "x | Y Z | W",
        "and 12 others",
        "Dear Sir,",
        "\t",
        "   ",
        "(",
        "–",
        "Kenya",
        "https://relief.example",
        "33 bridges",
    ]
)
TEXTS = st.one_of(st.text(max_size=300), st.lists(st.one_of(WORDS, st.text(max_size=20)), max_size=25).map("\n".join))


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_any_text_is_covered_once(text: str) -> None:
    zones = find_zones(text)
    assert all(a.end <= b.start for a, b in itertools.pairwise(zones))
    assert all(0 <= zone.start < zone.end <= len(text) for zone in zones)
    assert "".join("".join(text[z.start : z.end].split()) for z in zones) == "".join(text.split())
    found = blocks(text, zones)
    assert "".join("".join(text[b.start : b.end].split()) for b in found) == "".join(text.split())
    for index, block in enumerate(found):
        _check(block, found, index)


def _check(block: Block, found: tuple[Block, ...], index: int) -> None:
    assert block.start <= block.content < block.end
    if block.introduction is not None:
        assert 0 <= block.introduction < index
        assert found[block.introduction].kind in ("body", "heading")


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_any_text_has_signatories_with_offsets(text: str) -> None:
    found = find_signatories(text, find_zones(text))
    assert [s.position for s in found.signatories] == list(range(1, len(found.signatories) + 1))
    for signatory in found.signatories:
        assert 0 <= signatory.start < signatory.end <= len(text)
        assert signatory.name
        assert set(signatory.name.split()[0]) <= set(text)
