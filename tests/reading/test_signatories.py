"""Lists of signatories in the layouts of real life. Organisations are invented."""

import pytest

from statement_nlp.reading.layout import find_zones
from statement_nlp.reading.signatories import find_signatories, parse_entry
from statement_nlp.records import SignatoryList

BODY = (
    "The fighting in the valley has cut off three districts since March. Trucks are waiting at the pass.\n\n"
    "We call on all sides to open the road. Nobody should have to choose between hunger and gunfire.\n\n"
)
TITLE = "Open the road to the valley\n\n"


def read(text: str, title: str | None = None, publisher: str | None = None) -> SignatoryList:
    return find_signatories(text, find_zones(text, title), title, publisher)


def names(text: str) -> list[str]:
    return [s.name for s in read(text).signatories]


THREE = ["Amber Relief Council", "Bold Harbour", "Cedar Aid Network"]

LAYOUTS = [
    ("Signed by:\n\nAmber Relief Council\nBold Harbour\nCedar Aid Network\n", "one a line under a cue"),
    ("Signatories\n\nAmber Relief Council\n\nBold Harbour\n\nCedar Aid Network\n", "blank lines between"),
    ("**Signatories:**\n\n- Amber Relief Council\n- Bold Harbour\n- Cedar Aid Network\n", "Markdown"),
    ("## List of signatories\n\n* Amber Relief Council\n* Bold Harbour\n* Cedar Aid Network\n", "Markdown heading"),
    ("SIGNATORIES:\n1. Amber Relief Council\n2. Bold Harbour\n3. Cedar Aid Network\n", "numbers with full stops"),
    ("Signed,\n(1) Amber Relief Council\n(2) Bold Harbour\n(3) Cedar Aid Network\n", "numbers in brackets"),
    ("Endorsed by\n1) Amber Relief Council 2) Bold Harbour 3) Cedar Aid Network\n", "numbers on one line"),
    ("The undersigned organisations:\n1 Amber Relief Council\n2 Bold Harbour\n3 Cedar Aid Network\n", "bare numbers"),
    ("Signed: Amber Relief Council, Bold Harbour and Cedar Aid Network", "commas and a last and"),
    ("Signed: Amber Relief Council, Bold Harbour, and Cedar Aid Network.", "serial comma and a full stop"),
    ("The undersigned: Amber Relief Council, Bold Harbour & Cedar Aid Network.", "ampersand"),
    ("Signatories: Amber Relief Council; Bold Harbour; Cedar Aid Network.", "semicolons"),
    ("Signatories:\nAmber Relief Council;\nBold Harbour;\nCedar Aid Network.", "semicolons at line ends"),
    ("Signed by:\nAmber Relief Council,\nBold Harbour,\nCedar Aid Network.", "commas at line ends"),
    ("Endorsed by: Amber Relief Council | Bold Harbour | Cedar Aid Network", "bars"),
    ("Signatories: Amber Relief Council • Bold Harbour • Cedar Aid Network", "bullets between"),
    ("Signed by Amber Relief\nCouncil; Bold Harbour; Cedar Aid\nNetwork".replace("by ", "by: "), "broken for width"),
    ("Signed by:\n\nAmber Relief Council        Bold Harbour\nCedar Aid Network\n", "two columns"),
    ("Signed by:\n\nAmber Relief Council\tBold Harbour\tCedar Aid Network\n", "tabs"),
    (
        "Signatories:\nAmber Relief\n  Council\nBold Harbour\nCedar Aid Network\n".replace(
            "Relief\n  C", "Relief and\n  C"
        ),
        "a name over two lines",
    ),
    ("Signed by:\n• Amber Relief Council\n• Bold Harbour\n• Cedar Aid\nNetwork\n", "a bullet over two lines"),
    ("Signatories:\nAmber Relief CouncilBold Harbour\nCedar Aid Network\n", "run together without a blank"),
    (
        "Signatories:\n[Image: Amber Relief Council logo]\n"
        "[Image: Bold Harbour logo]\n[Image: Cedar Aid Network logo]\n",
        "logos' alternative texts",
    ),
    ("Signed by:\nLogo of Amber Relief Council\nLogo of Bold Harbour\nCedar Aid Network logo.png\n", "other logos"),
    ("Signatories (in alphabetical order):\nAmber Relief Council\nBold Harbour\nCedar Aid Network\n", "remark behind"),
    ("Signatories as of 3 May 2024:\nAmber Relief Council\nBold Harbour\nCedar Aid Network\n", "date behind"),
    (
        "This statement is endorsed by the following organisations:\n• Amber Relief Council\n• Bold Harbour\n"
        "• Cedar Aid Network\n",
        "a sentence as cue",
    ),
    (
        "Organizations that have signed on to this letter:\nAmber Relief Council\nBold Harbour\nCedar Aid Network\n",
        "another sentence",
    ),
    ("Signed by Amber Relief Council\nBold Harbour\nCedar Aid Network".replace("by A", "by:\nA"), "no last line end"),
    ("Signed by Amber Relief Council, Bold Harbour and Cedar Aid Network.\n", "no colon"),
    ("On behalf of:\nAmber Relief Council\nBold Harbour\nCedar Aid Network\n", "on behalf of"),
    (
        "Signatories:\nAmber Relief Council\nBold Harbour\nCedar Aid Network\n"
        "\nNotes to editors\nThe road is the only one"
        " into the valley. It was built in 1962.\n",
        "notes behind",
    ),
    (
        "Signatories:\nAmber Relief Council\nBold Harbour\nCedar Aid Network\n"
        "\nMedia contact: press desk, +00 000 000\n",
        "contact behind",
    ),
    (
        "Signatories:\n• Amber Relief Council\n• Bold Harbour\n"
        "• Cedar Aid Network\n\nBackground\n\nThe valley lies between"
        " two passes. It has been contested since the spring of last year.\n",
        "a section behind",
    ),
    ("Yours faithfully,\n\nAmber Relief Council\nBold Harbour\nCedar Aid Network\n", "the end of a letter"),
]


@pytest.mark.parametrize(("block", "why"), LAYOUTS, ids=[why for _, why in LAYOUTS])
def test_three_names_in_any_layout(block: str, why: str) -> None:
    found = [name.replace("Relief and Council", "Relief Council") for name in names(TITLE + BODY + block)]
    assert found == THREE, why


MORE_LAYOUTS = [
    (
        "Signatories:\n\nMs. Ana Quill, Emergency Coordinator and Under-Secretary for Relief, Amber Relief Council\n"
        "Mr. Ben Osei, Secretary General, International Federation of Bold Harbours and Lighthouses\n"
        "Dr. Carl Lund, Director-General, Cedar Aid Network for the Upper and the Lower Valley\n",
        [
            "Ms. Ana Quill|Emergency Coordinator and Under-Secretary for Relief, Amber Relief Council",
            "Mr. Ben Osei|Secretary General, International Federation of Bold Harbours and Lighthouses",
            "Dr. Carl Lund|Director-General, Cedar Aid Network for the Upper and the Lower Valley",
        ],
        "heads of agencies with their posts",
    ),
    (
        "Signed:\n\nAmber Relief Council for the Upper Valley and its People, Kenya\n"
        "Bold Harbour Foundation for Lighthouses and for their Keepers, Uganda\n",
        [
            "Amber Relief Council for the Upper Valley and its People|Kenya",
            "Bold Harbour Foundation for Lighthouses and for their Keepers|Uganda",
        ],
        "long lines with countries",
    ),
    (
        "Signatories\n\nKenya: Amber Relief Council, Bold Harbour\nUganda: Cedar Aid Network\n",
        ["Amber Relief Council|Kenya", "Bold Harbour|Kenya", "Cedar Aid Network|Uganda"],
        "countries in front of colons",
    ),
    (
        "Signatories\n\n| Organisation | Country |\n| Amber Relief Council | Kenya |\n| Bold Harbour | Uganda |\n",
        ["Amber Relief Council|Kenya", "Bold Harbour|Uganda"],
        "a table",
    ),
    (
        "Signatories:\n- Amber Relief Council (www.amber.example)\n- Bold Harbour https://harbour.example\n",
        ["Amber Relief Council|", "Bold Harbour|"],
        "addresses of pages",
    ),
    (
        "Signed,\nLima, 3 May 2024\n\nAmber Relief Council\nBold Harbour\n",
        ["Amber Relief Council|", "Bold Harbour|"],
        "a date in between",
    ),
    (
        "This statement is supported by 2 organisations working in the valley:\n"
        "• Amber Relief Council\n• Bold Harbour\n",
        ["Amber Relief Council|", "Bold Harbour|"],
        "more words in the cue",
    ),
    (
        "Joint statement by:\nAmber Relief Council\nBold Harbour\n",
        ["Amber Relief Council|", "Bold Harbour|"],
        "joint statement by",
    ),
    (
        "This declaration was endorsed by the following Member States: Albania, Bosnia and Herzegovina, and Chile.",
        ["Albania|", "Bosnia and Herzegovina|", "Chile|"],
        "states, one of them with an and",
    ),
    (
        "Sincerely,\n\nAmber Relief Council\nBold Harbour\n\nCC: Ministry of Roads\n",
        ["Amber Relief Council|", "Bold Harbour|"],
        "a copy to somebody",
    ),
    (
        "Signatories:\n1. iMMAP Valley\n2. medica rivalis\n3. terre des vallées\n4. 350 Valley\n5. Help 4 Hills\n",
        ["iMMAP Valley|", "medica rivalis|", "terre des vallées|", "350 Valley|", "Help 4 Hills|"],
        "small letters and numbers in names",
    ),
    (
        "Signed by:\nAmber Relief Council*\nBold Harbour [2]\n\n* in formation\n",
        ["Amber Relief Council|", "Bold Harbour|"],
        "marks behind names",
    ),
]


@pytest.mark.parametrize(("block", "expected", "why"), MORE_LAYOUTS, ids=[why for *_, why in MORE_LAYOUTS])
def test_names_and_notes(block: str, expected: list[str], why: str) -> None:
    found = read(TITLE + BODY + block).signatories
    assert [f"{s.name}|{s.note or ''}" for s in found] == expected, why


def test_list_before_the_text() -> None:
    text = TITLE + "Signed by:\n\n• Amber Relief Council\n• Bold Harbour\n• Cedar Aid Network\n\n" + BODY
    assert names(text) == THREE
    zones = find_zones(text)
    assert [z.kind for z in zones] == ["heading", "signatories", "body"]


def test_list_in_the_middle() -> None:
    text = TITLE + BODY + "Signatories:\nAmber Relief Council\nBold Harbour\nCedar Aid Network\n\n" + BODY
    assert names(text) == THREE
    assert find_zones(text)[-1].kind == "body"


def test_two_lists_of_one_statement_are_one() -> None:
    text = (
        BODY + "Signed by:\nAmber Relief Council\nBold Harbour\n\nSupported by:\nCedar Aid Network\nDune Initiative\n"
    )
    assert names(text) == [*THREE, "Dune Initiative"]


def test_two_statements_are_not_merged() -> None:
    other = "Let the teachers go\n\nLima, 3 May 2024\n\n" + BODY.replace("valley", "city") * 2
    text = (
        TITLE
        + BODY
        + "Signed by:\nAmber Relief Council\nBold Harbour\n\n"
        + other
        + "Signed by:\nDune Initiative\nElm Trust\n"
    )
    assert names(text) == ["Amber Relief Council", "Bold Harbour"]


def test_columns_of_a_pdf_with_names_over_two_lines() -> None:
    text = BODY + (
        "Signatories:\n\n"
        "Amber Relief Council            Harbour Light Foundation\n"
        "Association for Law             Institute for Shelter\n"
        "and Mercy                       and Housing Rights\n"
        "Cedar Aid Network               Juniper Watch\n"
    )
    assert names(text) == [
        "Amber Relief Council",
        "Association for Law and Mercy",
        "Cedar Aid Network",
        "Harbour Light Foundation",
        "Institute for Shelter and Housing Rights",
        "Juniper Watch",
    ]


def test_numbered_columns_come_in_the_order_of_their_numbers() -> None:
    text = BODY + "Signed,\n\n1. Amber Relief Council   3. Cedar Aid Network\n2. Bold Harbour   4. Dune Initiative\n"
    assert names(text) == [*THREE, "Dune Initiative"]


def test_countries_as_headings_become_notes() -> None:
    text = BODY + "Signatories:\n\nKenya\n\nAmber Relief Council\nBold Harbour\n\nUganda\n\nCedar Aid Network\n"
    assert [(s.name, s.note) for s in read(text).signatories] == [
        ("Amber Relief Council", "Kenya"),
        ("Bold Harbour", "Kenya"),
        ("Cedar Aid Network", "Uganda"),
    ]


def test_kinds_as_headings_are_no_names() -> None:
    text = (
        BODY + "Signed by:\n\nInternational organisations:\nAmber Relief Council\n"
        "Bold Harbour\n\nNational NGOs (1)\nCedar Aid Network\n"
    )
    assert names(text) == THREE


def test_countries_that_sign_are_names() -> None:
    assert names(BODY + "Signed by: Albania, Belgium, Costa Rica and Denmark") == [
        "Albania",
        "Belgium",
        "Costa Rica",
        "Denmark",
    ]


def test_countries_behind_commas_are_notes() -> None:
    found = read(BODY + "Signed by: Amber Relief Council, Kenya, Bold Harbour, Cedar Aid Network, Sweden").signatories
    assert [(s.name, s.note) for s in found] == [
        ("Amber Relief Council", "Kenya"),
        ("Bold Harbour", None),
        ("Cedar Aid Network", "Sweden"),
    ]


def test_others_count_as_stated() -> None:
    found = read(BODY + "Signed by:\nAmber Relief Council\nBold Harbour\nCedar Aid Network\nand 12 others\n")
    assert [s.name for s in found.signatories] == THREE
    assert (found.stated, found.stated_quote) == (15, "and 12 others")


def test_others_at_the_end_of_a_run() -> None:
    found = read(BODY + "Signed: Amber Relief Council, Bold Harbour, Cedar Aid Network and 12 other organisations.")
    assert ([s.name for s in found.signatories], found.stated) == (THREE, 15)


def test_remark_about_the_list_is_no_name() -> None:
    found = read(
        BODY + "Signed by (4):\nAmber Relief Council\nBold Harbour\nCedar Aid Network\n(One has asked not to be named.)"
    )
    assert ([s.name for s in found.signatories], found.stated) == (THREE, 4)


PEOPLE = [
    (
        "Dr Ana Quill, surgeon\nProf. Ben Osei (law)\nRev. Cara Lund\n",
        [("Dr Ana Quill", "surgeon"), ("Prof. Ben Osei", "law"), ("Rev. Cara Lund", None)],
        "titles before, posts behind",
    ),
    (
        "Ana Quill, Executive Director, Amber Relief Council\nBen Osei, President, Bold Harbour\n",
        [("Ana Quill", "Executive Director, Amber Relief Council"), ("Ben Osei", "President, Bold Harbour")],
        "posts and houses",
    ),
    (
        "Ana Quill\nExecutive Director\nAmber Relief Council\n\nBen Osei\nPresident\nBold Harbour\n",
        [("Ana Quill", "Executive Director, Amber Relief Council"), ("Ben Osei", "President, Bold Harbour")],
        "blocks",
    ),
]


@pytest.mark.parametrize(("block", "expected", "why"), PEOPLE, ids=[why for *_, why in PEOPLE])
def test_people(block: str, expected: list[tuple[str, str | None]], why: str) -> None:
    found = read(BODY + "Signed by:\n\n" + block).signatories
    assert [(s.name, s.note) for s in found] == expected, why


NO_LIST = [
    ("Yours sincerely,\n\nAna Quill\nExecutive Director\nAmber Relief Council\n", "one signer under a letter"),
    ("Yours sincerely,\n(your name and postcode)\n", "a form letter"),
    ("The following districts are cut off:\n• Upper Valley\n• Lower Valley\n• Mill Town\n• Salt Pass\n", "places"),
    (
        "Key figures\n• 40,000 people displaced\n• 12 schools closed\n• 3 bridges destroyed\n• 2 convoys turned back\n",
        "figures",
    ),
    (
        "We ask the Council to:\n- Open the road;\n- Fund the plan;\n- Send observers;\n- Report every week.\n",
        "demands",
    ),
    ("Donate now · Share · Call us: 09:00–18:00\n", "the foot of a page"),
    (
        "Amber Relief Council, Bold Harbour and Cedar Aid Network each sent "
        "photographs; none of them signs this text.\n",
        "a sentence",
    ),
    ("Signed by 2,316 people\n", "a number alone"),
    ("For the Bureau: Me Ana Quill, President; Adv. Ben Osei, Secretary\n", "officers"),
    (
        "We, the undersigned organisations, call on all sides to:\n- Open the Road\n- Fund the Plan\n",
        "undersigned, but asks",
    ),
    ("Supported by: European Fund, Bold Harbour Trust\n", "donors at the foot of a page"),
    ("Signatories to the Geneva Conventions must protect the wounded.\n", "parties to a treaty"),
    ("Photo: Ana Quill / Amber Relief Council / Lima\n", "a credit"),
    (
        "Cluster partners: Amber Relief Council, Bold Harbour, Cedar Aid Network, Dune Initiative "
        "reached 4,000 people.\n",
        "partners of a response",
    ),
    ("Partners: Amber Relief Council, Bold Harbour, Cedar Aid Network, Dune Initiative\n", "partners of a response"),
    ("Next update: 3 May. Contact the desk in Lima.\n", "contact"),
]


@pytest.mark.parametrize(("block", "why"), NO_LIST, ids=[why for _, why in NO_LIST])
def test_what_is_no_list(block: str, why: str) -> None:
    text = TITLE + BODY + block
    assert read(text).signatories == (), why
    assert all(zone.kind != "signatories" for zone in find_zones(text)), why


WITHOUT_CUE = [
    ("Amber Relief Council | Bold Harbour | Cedar Aid Network | Dune Initiative (DI)", 4),
    ("Amber Relief Council, Bold Harbour, Cedar Aid Network, Dune Initiative, Elm Trust", 5),
    ("Amber Relief Council ; Bold Harbour\nCedar Aid Network ; Dune Initiative", 4),
    ("Amber Relief Council\n\nBold Harbour\n\nCedar Aid Network\n\nDune Initiative\n\nElm Trust", 5),
    ("Pastor Ana Quill\nImam Ben Osei\nFather Carl Lund", 3),
]


@pytest.mark.parametrize(("block", "count"), WITHOUT_CUE)
def test_lists_without_opening_words(block: str, count: int) -> None:
    assert len(names(TITLE + BODY + block)) == count


STATED = [
    (
        "A statement from 101 local, regional and international organisations\n\n",
        None,
        None,
        101,
        "behind a statement from",
    ),
    ("Joint statement by fifteen organisations from both shores\n\n", None, None, 15, "in words"),
    ("Twenty-six aid agencies, Lima, 3 May 2024\n\n", None, None, 26, "at the start of a by-line"),
    ("Appeal of the Valley Network (11 members)\n\n", None, None, 11, "in brackets"),
    (
        "The thirteen aid organisations signing this letter have worked in the valley for years.\n\n",
        None,
        None,
        13,
        "signing",
    ),
    ("We, the undersigned 60 organisations, write to you in hope.\n\n", None, None, 60, "undersigned"),
    ("We are more than 30 local and international NGOs working in the valley.\n\n", None, None, 30, "we are"),
    ("", "Valley: joint call by 24 agencies", None, 24, "in the title"),
    ("", None, "Nine human rights organisations", 9, "in the by-line that came with the text"),
    (
        "On 18 September 2017 the organisations met. 12 hospitals were shelled.\n\n",
        None,
        None,
        None,
        "dates and hospitals",
    ),
    (
        "More than 1,900 people have been killed, says the network of agencies.\n\n",
        None,
        None,
        None,
        "people are no signers",
    ),
]


@pytest.mark.parametrize(("head", "title", "publisher", "expected", "why"), STATED, ids=[row[-1] for row in STATED])
def test_stated_number(head: str, title: str | None, publisher: str | None, expected: int | None, why: str) -> None:
    text = head + BODY + "Signed by:\nAmber Relief Council\nBold Harbour\nCedar Aid Network\n"
    found = read(text, title, publisher)
    assert (found.stated, len(found.signatories)) == (expected, 3), why


ENTRIES = [
    ("Amber Relief Council (ARC)", ("Amber Relief Council", "ARC", None)),
    ("Amber Relief Council (ARC), Kenya", ("Amber Relief Council", "ARC", "Kenya")),
    ("Amber Relief Council (ARC) - Kenya", ("Amber Relief Council", "ARC", "Kenya")),
    ("Amber Relief Council (Kenya)", ("Amber Relief Council", None, "Kenya")),
    ("Amber Relief Council – South Sudan", ("Amber Relief Council", None, "South Sudan")),
    ("Amber Relief Council, UK", ("Amber Relief Council", None, "UK")),
    ("ARC – Amber Relief Council", ("Amber Relief Council", "ARC", None)),
    ("ARC (Amber Relief Council)", ("Amber Relief Council", "ARC", None)),
    ("Amber Relief Council - ARC", ("Amber Relief Council", "ARC", None)),
    ("White Sails - Beyaz", ("White Sails - Beyaz", None, None)),
    ("Valley Trust, Inc", ("Valley Trust, Inc", None, None)),
    ("Doctors of the Cliff (Médecins de la Falaise)", ("Doctors of the Cliff (Médecins de la Falaise)", None, None)),
    ("Promotion of Law (NGO)", ("Promotion of Law (NGO)", None, None)),
    ("RISE: The Student Movement", ("RISE: The Student Movement", None, None)),
    ("Sea-Lantern e.V.", ("Sea-Lantern e.V.", None, None)),
    ("Una strada per...", ("Una strada per...", None, None)),
    ("Solidarity for Women (SOWA Network)", ("Solidarity for Women", "SOWA Network", None)),
    ("Amber Relief Council (ARC) [1]", ("Amber Relief Council", "ARC", None)),
    ("[Amber Relief Council](https://amber.example)", ("Amber Relief Council", None, None)),
]


@pytest.mark.parametrize(("entry", "expected"), ENTRIES)
def test_entry(entry: str, expected: tuple[str, str | None, str | None]) -> None:
    assert parse_entry(entry) == expected


def test_offsets_and_positions() -> None:
    text = TITLE + BODY + "Signed by:\n1. Amber Relief Council (ARC)\n2. Bold Harbour, Kenya\n"
    found = read(text).signatories
    assert [(s.position, text[s.start : s.end]) for s in found] == [
        (1, "Amber Relief Council (ARC)"),
        (2, "Bold Harbour, Kenya"),
    ]
    assert all(s.method for s in found)
