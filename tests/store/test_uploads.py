"""Names of files that others chose never lead out of the folder; one process works at a time."""

from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statement_nlp.store.uploads import LONGEST_PART, alone, safe_path


@pytest.mark.parametrize(
    ("name", "path", "why"),
    [
        ("letter.txt", "letter.txt", "plain"),
        ("2016/letter.txt", "2016/letter.txt", "a folder that was sent"),
        ("../../etc/passwd.txt", "etc/passwd.txt", "no parents"),
        ("/etc/cron.d/a.txt", "etc/cron.d/a.txt", "no root"),
        ("C:\\Users\\a\\b.txt", "Users/a/b.txt", "no drive"),
        ("a\0b\n.txt", "a_b_.txt", "no control characters"),
        ("caf\u0065\u0301.txt", "caf\u00e9.txt", "one form of a letter"),
        ("con.txt", "_con.txt", "no device of Windows"),
        ("-rf.txt", "_-rf.txt", "no option"),
        ("..", None, "nothing is left"),
        ("", None, "nothing at all"),
        ("a" * 300 + ".docx", "a" * (LONGEST_PART - 5) + ".docx", "the ending stays"),
        ("a" * (LONGEST_PART - 1) + " b", "a" * (LONGEST_PART - 1), "cut, it ends in no space either"),
        ("تقرير.pdf", "تقرير.pdf", "any script"),
    ],
)
def test_names(name, path, why):
    assert safe_path(name) == path, why


@given(st.text(max_size=80))
def test_no_name_leads_out_of_its_folder(name):
    path = safe_path(name)
    if path is not None:
        parts = PurePosixPath(path).parts
        assert not PurePosixPath(path).is_absolute()
        assert not {"..", "."} & set(parts)
        assert (Path("/folder") / path).resolve().is_relative_to("/folder")
        assert safe_path(path) == path, "the same file sent again has the same path"


def test_one_works_at_a_time(tmp_path):
    with alone(tmp_path / "a.db") as first:
        assert first
        with alone(tmp_path / "a.db") as second:
            assert not second
    with alone(tmp_path / "a.db") as again:
        assert again
