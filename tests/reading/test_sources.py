"""Every format in, and every file that cannot be read as one clear line."""

import io
import json
import os
import re
import stat
from pathlib import Path

import pytest
from tests.reading.files import column, pdf, word

from statement_nlp import errors
from statement_nlp.reading import sources
from statement_nlp.reading.layout import find_zones
from statement_nlp.reading.masthead import iso_date
from statement_nlp.reading.signatories import find_signatories
from statement_nlp.reading.sources import Failure, read
from statement_nlp.records import Statement

BODY = (
    "The fighting in the valley has cut off three districts "
    "since March. Trucks are waiting at the pass with flour, fuel "
    "and medicines, and nobody lets them through.\n\nWe call on all sides to open the road."
)
TEXT = f"Open the road to the valley\n\nLima, 3 May 2024\n\n{BODY}\n"


def one(path: Path | str, **options: object) -> Statement:
    found = list(read([path], **options))  # type: ignore[arg-type]
    assert len(found) == 1
    assert isinstance(found[0], Statement), found[0]
    return found[0]


def failure(path: Path | str) -> Failure:
    found = [item for item in read([path]) if isinstance(item, Failure)]
    assert len(found) == 1
    return found[0]


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_text_without_header(tmp_path: Path) -> None:
    path = write(tmp_path, "road.txt", TEXT)
    found = one(path)
    assert found.text == TEXT.strip()
    assert (found.id, found.source) == (path.as_posix(), path.as_posix())
    assert (found.title, found.published) == ("Open the road to the valley", "2024-05-03")
    assert (found.kind, found.language) == ("own", "en")


def test_text_with_header(tmp_path: Path) -> None:
    header = (
        "Id: road-2016\nTitle: The road\nPublished: "
        "2016-09\nPublisher: Relief\nCountries: PE, EC\nURL: https://r.example\n"
    )
    found = one(write(tmp_path, "road.txt", f"{header}---\n\n{TEXT}"))
    assert (found.id, found.title, found.published, found.publisher) == ("road-2016", "The road", "2016-09", "Relief")
    assert (found.countries, found.url, found.text) == (("PE", "EC"), "https://r.example", TEXT.strip())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    text = TEXT.replace("Lima", "Málaga") + "\n“Open it” – now.\n"
    assert one(write(tmp_path, "road.txt", text.encode(encoding))).text == text.strip()


def test_line_ends_and_blanks_of_other_systems(tmp_path: Path) -> None:
    assert (
        one(write(tmp_path, "road.txt", TEXT.replace("\n", "\r\n").replace(" the", "\u00a0the"))).text == TEXT.strip()
    )


def test_lines_broken_for_width_are_joined(tmp_path: Path) -> None:
    import textwrap

    wrapped = "\n\n".join(textwrap.fill(part, 60) for part in TEXT.split("\n\n"))
    assert one(write(tmp_path, "road.txt", wrapped)).text == TEXT.strip()


@pytest.mark.parametrize("between", ["\n\n==========\n", "\n\n"], ids=["a line between", "a header below"])
def test_several_statements_in_one_file(tmp_path: Path, between: str) -> None:
    parts = [f"Title: Statement {n}\nId: s{n}\n---\n\n{TEXT}{BODY}\n" for n in (1, 2)]
    found = list(read([write(tmp_path, "two.txt", between.join(parts))]))
    assert [(item.id, item.title) for item in found if isinstance(item, Statement)] == [
        ("s1", "Statement 1"),
        ("s2", "Statement 2"),
    ]


def test_several_statements_without_ids_are_kept_apart(tmp_path: Path) -> None:
    path = write(tmp_path, "two.txt", f"{TEXT}{BODY}\n\n==========\n\n{TEXT}{BODY} Now.\n")
    assert [item.id for item in read([path]) if isinstance(item, Statement)] == [
        f"{path.as_posix()}#1",
        f"{path.as_posix()}#2",
    ]


def test_underlined_headings_part_nothing(tmp_path: Path) -> None:
    text = f"{TEXT}{BODY}\n\nWhat we ask\n===========\n\n{BODY}\n{BODY}\n"
    assert one(write(tmp_path, "one.txt", text)).text == text.strip()


def test_markdown(tmp_path: Path) -> None:
    text = (
        "# Open the *road*\n\nLima, 3 May 2024\n\nThe "
        "[fighting](https://x.example/a_(b)) has cut off **three districts** since "
        "March, and `nobody` says so.\n\n> We call on all sides to open the road.\n\n- one_two_three\n- 5 * 4 * 3\n\n"
        "![Amber logo](a.png)\n"
    )
    found = one(write(tmp_path, "road.md", text))
    assert found.text == (
        "Open the road\n\nLima, 3 May 2024\n\nThe fighting has cut "
        "off three districts since March, and nobody says so.\n\n"
        "We call on all sides to open the road.\n\n- one_two_three\n- 5 * 4 * 3\n\nAmber logo"
    )
    assert found.title == "Open the road"


PAGE = f"""<!DOCTYPE html><html lang="en"><head><title>Open the road | Relief</title>
<meta property="og:site_name" content="Valley Relief">
<meta property="article:published_time" content="2024-05-03T10:00:00Z">
<link rel="canonical" href="https://relief.example/road"></head><body>
<header><img src="logo.png" alt="Valley Relief logo"><nav><a href="/">Home</a><a href="/news">News</a></nav></header>
<article><h1>Open the road to the valley</h1><p>{BODY.split(chr(10))[0]}</p><h2>What we ask</h2>
<p>We call on all sides, and on the government of the valley above all, to do three things:</p>
<ul><li>to open the road to convoys, day and night;</li><li>to let the wounded leave in safety;</li>
<li>to send back nobody against their will.</li></ul>
<p>We shall be at the pass every morning until it is done, and we shall report on it every week.</p>
<p>Signed by:</p><p><img src="a/logo-a.png" alt="Amber Relief Council"> <img src="b/logo-b.png" alt="Bold Harbour logo">
<img src="c/logo-c.png" alt="Cedar Aid Network"></p></article>
<footer><p>Copyright Valley Relief. Cookies and more cookies.</p></footer></body></html>"""


def test_web_page(tmp_path: Path) -> None:
    found = one(write(tmp_path, "road.html", PAGE))
    assert found.text.startswith("Open the road to the valley\n")
    assert "- to open the road to convoys, day and night;\n- to let the wounded" in found.text
    assert "What we ask\n" in found.text
    assert "Home" not in found.text
    assert "Cookies" not in found.text
    assert (found.published, found.publisher, found.url) == (
        "2024-05-03",
        "Valley Relief",
        "https://relief.example/road",
    )
    listed = find_signatories(found.text, find_zones(found.text, found.title), found.title)
    assert [s.name for s in listed.signatories] == ["Amber Relief Council", "Bold Harbour", "Cedar Aid Network"]


def test_logos_that_the_main_text_leaves_out(tmp_path: Path) -> None:
    logos = (
        '<h2>Signed by</h2><div class="logos"><a href="#"><img src="a.png" alt="Amber Relief Council"></a>'
        '<a href="#"><img src="b.png" alt="Bold Harbour"></a></div>'
    )
    found = one(
        write(tmp_path, "road.html", re.sub(r"<p>Signed by:.*?</article>", f"{logos}</article>", PAGE, flags=re.S))
    )
    assert found.text.endswith("Signed by\n\nAmber Relief Council\nBold Harbour")


LINES = [
    "OPEN THE ROAD TO THE VALLEY",
    "",
    "Lima, 3 May 2024",
    "",
    "The fighting in the valley has cut off three districts since",
    "March. Trucks are waiting at the pass with flour, fuel and medi-",
    "cines, and nobody lets them through. Some 40,000 people are short",
    "of food.",
    "",
    "We call on all sides to open the road. Nobody should have to",
    "choose between hunger and gunfire, and no convoy should be held",
    "back for longer than a day.",
    "",
    "Signatories:",
    "",
]
LEFT = ["Amber Relief Council", "Association for Law", "and Mercy", "Cedar Aid Network"]
RIGHT = ["Harbour Light Foundation", "Institute for Shelter", "and Housing Rights", "Juniper Watch"]


def test_pdf_with_columns_of_signatories(tmp_path: Path) -> None:
    below = 780 - 14 * len(LINES)
    page = column(LINES) + column(LEFT, top=below) + column(RIGHT, x=320, top=below)
    found = one(write(tmp_path, "road.pdf", pdf([page])))
    assert "since March. Trucks are waiting at the pass with flour, fuel and medicines, and nobody" in found.text
    assert (found.title, found.published) == ("OPEN THE ROAD TO THE VALLEY", "2024-05-03")
    listed = find_signatories(found.text, find_zones(found.text, found.title), found.title)
    assert [s.name for s in listed.signatories] == [
        "Amber Relief Council",
        "Association for Law and Mercy",
        "Cedar Aid Network",
        "Harbour Light Foundation",
        "Institute for Shelter and Housing Rights",
        "Juniper Watch",
    ]


def test_pdf_pages_without_running_heads(tmp_path: Path) -> None:
    pages = [column(["Valley Relief", *LINES[4:12], "", f"Page {n} of 3"]) for n in (1, 2, 3)]
    found = one(write(tmp_path, "road.pdf", pdf(pages)))
    assert "Valley Relief" not in found.text
    assert "Page" not in found.text
    assert found.text.count("short of food.") == 3


def test_word(tmp_path: Path) -> None:
    paragraphs = [
        ("Open the road to the valley", "Heading 1"),
        ("Lima, 3 May 2024", None),
        (BODY.split("\n")[0], None),
        ("We call on all sides:", None),
        ("to open the road;", "List Bullet"),
        ("to let the wounded leave.", "List Bullet"),
        ("Signatories", "Heading 2"),
        ("Amber Relief Council", "List Number"),
        ("Bold Harbour", "List Number"),
    ]
    data = word(paragraphs, [["Cedar Aid Network", "Kenya"], ["Dune Initiative", "Peru"]])
    found = one(write(tmp_path, "road.docx", data))
    assert "We call on all sides:\n\n• to open the road;\n• to let the wounded leave.\n" in found.text
    assert "1. Amber Relief Council\n2. Bold Harbour" in found.text
    assert "Cedar Aid Network | Kenya" in found.text
    assert (found.title, found.published) == ("Open the road to the valley", "2024-05-03")


def test_json_lines(tmp_path: Path) -> None:
    rows = [
        {
            "id": "a",
            "text": f"{BODY}\n{BODY[:60]}\nshort lines\nstay",
            "title": "T",
            "published": "2016-09",
            "countries": ["PE"],
        },
        {"text": BODY},
        {"id": "c"},
        {"id": "d", "text": " "},
    ]
    path = write(tmp_path, "rows.jsonl", "\n".join(map(json.dumps, rows)) + "\n{broken\n\n")
    found = list(read([path]))
    assert isinstance(found[0], Statement)
    assert (found[0].id, found[0].title, found[0].published, found[0].countries) == ("a", "T", "2016-09", ("PE",))
    assert found[0].text == rows[0]["text"]
    assert isinstance(found[1], Statement)
    assert found[1].id == f"{path.as_posix()}:2"
    failures = [item for item in found[2:] if isinstance(item, Failure)]
    assert [type(f.error) for f in failures] == [
        errors.UnsupportedSourceError,
        errors.EmptySourceError,
        errors.TruncatedSourceError,
    ]
    assert [f.source.rsplit(":", 1)[1] for f in failures] == ["3", "4", "5"]


def reliefweb(**fields: object) -> str:
    given: dict[str, object] = {
        "title": "Valley: open the road",
        "date": {"original": "2016-09-12T00:00:00+00:00", "created": "2016-09-13T00:00:00+00:00"},
        "source": [{"id": 1, "name": "Valley Relief", "shortname": "VR"}, {"name": "Bold Harbour"}],
        "country": [{"iso3": "per", "name": "Peru"}, {"name": "Ecuador"}],
        "url": "https://reliefweb.example/node/77",
        "url_alias": "https://reliefweb.example/report/valley",
        "language": [{"code": "en"}],
    }
    return json.dumps({"href": "x", "totalCount": 1, "data": [{"id": "77", "score": 1, "fields": {**given, **fields}}]})


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"body": f"**Open** the road\n\n{BODY}\n\n- one\n- two"}, f"Open the road\n\n{BODY}\n\n- one\n- two"),
        (
            {
                "body": "x",
                "body-html": "<p>Open &amp; "
                "see</p>\n<ul>\n<li>one</li>\n<li>two <b>and</b> three</li>\n</ul><p>End<br/>of it</p>",
            },
            "Open & see\n\n- one\n- two and three\n\nEnd\nof it",
        ),
    ],
    ids=["Markdown body (v1)", "HTML body (v2)"],
)
def test_reliefweb(tmp_path: Path, fields: dict[str, object], text: str) -> None:
    found = one(write(tmp_path, "answer.json", reliefweb(**fields)))
    assert found.text == text
    assert (found.id, found.title, found.published) == ("reliefweb-77", "Valley: open the road", "2016-09-12")
    assert (found.publisher, found.countries) == ("Valley Relief; Bold Harbour", ("PE", "EC"))
    assert found.url == "https://reliefweb.example/report/valley"


def test_reliefweb_record_without_text(tmp_path: Path) -> None:
    found = failure(write(tmp_path, "answer.json", reliefweb()))
    assert isinstance(found.error, errors.EmptySourceError)
    assert "record 1" in found.message
    assert '"body"' in found.message


def test_standard_input() -> None:
    found = one("-", stdin=io.BytesIO(TEXT.encode()))
    assert found.source == "-"
    assert found.id == sources.text_id(TEXT.strip())
    rows = list(read(["-"], stdin=io.BytesIO(b'{"id": "a", "text": "One road."}\n{"id": "b", "text": "Two roads."}\n')))
    assert [item.id for item in rows if isinstance(item, Statement)] == ["a", "b"]


def test_folders_and_patterns(tmp_path: Path) -> None:
    write(tmp_path, "b.txt", TEXT)
    write(tmp_path, "a/c.md", TEXT)
    write(tmp_path, "README.md", "# About these files\n")
    write(tmp_path, ".hidden/d.txt", TEXT)
    write(tmp_path, "gold.jsonl", '{"id": "b", "places": []}\n')
    write(tmp_path, "places.csv", "name\n")
    assert [item.source for item in read([tmp_path])] == [(tmp_path / name).as_posix() for name in ("a/c.md", "b.txt")]
    assert [item.source for item in read([f"{tmp_path}/*.txt"])] == [(tmp_path / "b.txt").as_posix()]
    assert isinstance(failure(tmp_path / ".hidden" / "nothing.txt").error, errors.SourceError)


LANGUAGES = [
    (
        "Les combats dans la vallée ont coupé trois districts depuis "
        "mars. Nous appelons toutes les parties à ouvrir la route.",
        "fr",
    ),
    (
        "Los combates en el valle han aislado tres distritos desde "
        "marzo. Pedimos a todas las partes que abran la carretera.",
        "es",
    ),
    ("أدى القتال في الوادي إلى عزل ثلاث مناطق منذ مارس. ندعو جميع الأطراف إلى فتح الطريق.", "ar"),
    ("Бои в долине отрезали три района с марта. Мы призываем все стороны открыть дорогу.", "ru"),
    ("We call on Russia to stop.", "en"),
    ("Gaza: MSF, OCHA, UNRWA – Deir al-Balah, Khan Younis, Rafah", "en"),
    (BODY, "en"),
]


@pytest.mark.parametrize(("text", "language"), LANGUAGES)
def test_languages(tmp_path: Path, text: str, language: str) -> None:
    assert one(write(tmp_path, "text.txt", text)).language == language


def test_names_of_signatories_do_not_decide_the_language(tmp_path: Path) -> None:
    names = "\n".join(f"Association pour les droits et le développement de la région numéro {n}" for n in range(30))
    assert one(write(tmp_path, "text.txt", f"{TEXT}\n\nSigned by:\n{names}")).language == "en"


GOOD_PDF = pdf([column(LINES)])
UNREADABLE = [
    ("empty.txt", b"", errors.EmptySourceError, "nothing in it"),
    ("blank.txt", b" \n\r\n\t", errors.EmptySourceError, "nothing in it"),
    ("header.txt", b"Title: Nothing\n---\n\n", errors.EmptySourceError, "no text"),
    ("noise.txt", bytes(range(256)) * 20, errors.BinarySourceError, "no text"),
    ("picture.txt", b"\x89PNG\r\n\x1a\n" + bytes(2000), errors.BinarySourceError, "no text"),
    ("header.txt", b"Titel: x\nPublished: 2016\n---\nText", errors.HeaderError, "did you mean"),
    ("cut.pdf", GOOD_PDF[:300], errors.TruncatedSourceError, "ends too early"),
    ("scan.pdf", pdf([[], []]), errors.ScannedSourceError, "OCR"),
    (
        "locked.pdf",
        pdf(
            [column(LINES)],
            trailer="/Encrypt << /Filter /Standard /V 1 /R 2 /O <"
            + "41" * 32
            + "> /U <"
            + "42" * 32
            + "> /P -4 >> /ID [<00><00>] ",
        ),
        errors.EncryptedSourceError,
        "password",
    ),
    ("old.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), errors.UnsupportedSourceError, ".docx"),
    (
        "locked.docx",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        errors.EncryptedSourceError,
        "password",
    ),
    ("cut.docx", word([("Open the road", None)])[:2000], errors.TruncatedSourceError, "ends too early"),
    ("empty.html", b"<html><body></body></html>", errors.EmptySourceError, "no text"),
    ("broken.json", b'{"data": [', errors.TruncatedSourceError, "fetch it again"),
    ("other.json", b'{"a": 1}', errors.UnsupportedSourceError, "ReliefWeb"),
    ("empty.jsonl", b"\n", errors.EmptySourceError, "JSON object a line"),
    ("table.csv", b"name,country\nA,PE\n", errors.UnsupportedSourceError, ".txt"),
]


@pytest.mark.parametrize(
    ("name", "content", "kind", "words"), UNREADABLE, ids=[f"{row[0]} {row[2].__name__}" for row in UNREADABLE]
)
def test_unreadable_files_fail_with_one_clear_line(
    tmp_path: Path, name: str, content: bytes, kind: type[errors.SourceError], words: str
) -> None:
    path, good = write(tmp_path, name, content), write(tmp_path, "good.txt", TEXT)
    found = list(read([path, good]))
    assert isinstance(found[0], Failure)
    assert type(found[0].error) is kind, found[0].message
    assert "\n" not in found[0].message
    assert found[0].message.startswith(f"{path.as_posix()}")
    assert words in found[0].message
    assert isinstance(found[1], Statement)


def test_too_large(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as stream:
        stream.truncate(50_000_000)
    found = failure(path)
    assert isinstance(found.error, errors.TooLargeSourceError)
    assert "20 MB" in found.message
    assert isinstance(failure(write(tmp_path, "long.txt", "word " * 250_000)).error, errors.TooLargeSourceError)


def test_missing_and_forbidden(tmp_path: Path) -> None:
    assert "no such file" in failure(tmp_path / "none.txt").message
    assert "save the page" in failure("https://relief.example/road").message
    (tmp_path / "folder").mkdir()
    assert isinstance(failure(tmp_path / "folder").error, errors.EmptySourceError)
    assert "cannot be read" in failure("x" * 5000).message
    if getattr(os, "geteuid", lambda: 0)() != 0:
        path = write(tmp_path, "mine.txt", TEXT)
        path.chmod(stat.S_IWUSR)
        assert "Permission denied" in failure(path).message


DATES = [
    ("26 February 2014", "2014-02-26"),
    ("February 26th, 2014", "2014-02-26"),
    ("Sept. 3, 2016", "2016-09-03"),
    ("September 2016", "2016-09"),
    ("2016-09-12", "2016-09-12"),
    ("26/02/2014", "2014-02-26"),
    ("05/06/2014", None),
    ("28 May", None),
    ("31 February 2014", None),
]


@pytest.mark.parametrize(("words", "expected"), DATES)
def test_dates(words: str, expected: str | None) -> None:
    assert iso_date(words) == expected
