"""However the input is cut, what is read from it is what one machine reads, each line once."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from uuid import uuid4

import fsspec
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from statement_nlp.cluster import inputs
from statement_nlp.errors import ExtraError, PartitionError, SourceError, UnsupportedSourceError
from statement_nlp.reading import sources
from statement_nlp.reading.sources import Failure


def parts_of(named, size):
    pieces = list(inputs.cut(inputs.files([str(name) for name in named]), size))
    return inputs.numbered(pieces, [inputs.survey(group) for group in pieces])


def read_all(named, size):
    return [item for part in parts_of(named, size) for item in inputs.read(part)]


def plain(items):
    return [item.message if isinstance(item, Failure) else item for item in items]


LINES = st.lists(
    st.sampled_from([
        b'{"id": "%d", "text": "In Madaya 40 people are trapped."}', b"", b"   ", b"{", b"[]",
        b'{"id": "%d", "text": ""}', b'\xff\xfe{"text"',
        b'{"text": "\xc3\xa9\xc3\xa9 people fled from Aleppo on Monday."}', b'{"text": "a\\u2028b"}\r',
    ]),
    max_size=12,
)  # fmt: skip
SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SETTINGS
@given(files=st.lists(LINES, min_size=1, max_size=3), size=st.integers(1, 200), ended=st.booleans())
def test_lines_are_read_once_whatever_the_cut(files, size, ended, tmp_path):
    folder = tmp_path / uuid4().hex
    folder.mkdir()
    names = [folder / f"{n}.jsonl" for n in range(len(files))]
    for n, (name, lines) in enumerate(zip(names, files, strict=True)):
        lines = [line % (n * 100 + k) if b"%d" in line else line for k, line in enumerate(lines)]
        name.write_bytes(b"\n".join(lines) + (b"\n" if ended else b""))
    alone = [item for item in plain(sources.read(names)) if "there is nothing in it" not in str(item)]
    assert plain(read_all(names, size)) == alone


def test_a_line_longer_than_any_statement_is_told_and_the_others_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(inputs, "MAX_BYTES", 50)
    monkeypatch.setattr(inputs, "CHUNK", 16)
    file = tmp_path / "a.jsonl"
    file.write_text('{"id": "a", "text": "A."}\n{"text": "' + "x" * 500 + '"}\n{"id": "b", "text": "B."}\n')
    for size in (7, 100, 10_000):
        first, long, last = read_all([file], size)
        assert (first.id, last.id) == ("a", "b")
        assert long.message == f"{file}:2: the line is longer than any statement; split it"


ROWS = [
    {"id": f"s{n}", "text": f"Some {n}00 people fled from Aleppo on Monday.", "countries": ["SY"], "publisher": None}
    for n in range(23)
]


def parquet(path, rows, **options):
    pa.parquet.write_table(pa.Table.from_pylist(rows), path, **options)
    return path


@pytest.mark.parametrize("size", [1, 300, 1_000, 10**9])
@pytest.mark.parametrize("group", [1, 5, 100])
def test_rows_of_parquet_are_the_same_as_lines(tmp_path, size, group):
    lines = tmp_path / "a.jsonl"
    lines.write_text("\n".join(map(json.dumps, ROWS)))
    table = parquet(tmp_path / "a.parquet", ROWS, row_group_size=group)
    found = [replace(s, source=s.source.replace(".parquet", ".jsonl")) for s in read_all([table], size)]
    assert found == list(sources.read([lines]))
    if size == 1:
        assert len(parts_of([table], size)) == 23


def test_days_of_parquet_are_days_and_bad_rows_are_told(tmp_path):
    rows = [{"id": "a", "text": "A.", "published": date(2016, 9, 12)}, {"id": "b", "text": None, "published": None}]
    first, second = read_all([parquet(tmp_path / "a.parquet", rows)], 10**6)
    assert first.published == "2016-09-12"
    assert second.message.startswith(f"{tmp_path}/a.parquet:2: ")


def test_folders_patterns_and_addresses_name_files(tmp_path, monkeypatch):
    (tmp_path / "in" / "deep").mkdir(parents=True)
    for name in ("in/b.jsonl", "in/deep/a.jsonl", "in/readme.txt"):
        (tmp_path / name).write_text('{"text": "A."}\n')
    here = [f"{tmp_path}/in/b.jsonl", f"{tmp_path}/in/deep/a.jsonl"]
    assert inputs.files([str(tmp_path / "in")]) == [(f, f) for f in here]
    assert inputs.files([f"{tmp_path}/in/*.jsonl", f"{tmp_path}/in/b.jsonl"]) == [(here[0], here[0])], "each once"
    monkeypatch.chdir(tmp_path)
    assert inputs.files(["in"]) == [("in/b.jsonl", here[0]), ("in/deep/a.jsonl", here[1])]
    assert [name for name, _ in inputs.files([f"file://{tmp_path}/in/*.jsonl"])] == [f"file://{here[0]}"]


def test_files_elsewhere_are_read_by_their_address():
    name = f"memory://{uuid4().hex}/x.jsonl"
    fsspec.open(name, "wb").open()
    with fsspec.open(name, "wb") as out:
        out.write(b'{"text": "Some 40 people fled."}\n' * 3)
    assert [s.source for s in read_all([name], 40)] == [f"{name.replace('://', ':///')}:{n}" for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("named", "error", "told"),
    [
        ("nothing.jsonl", SourceError, "there is no such file"),
        ("letter.pdf", UnsupportedSourceError, "a cluster reads .jsonl"),
        ("broken.parquet", SourceError, "no whole Parquet file"),
        ("nowhere://x.jsonl", PartitionError, "Protocol not known"),
        ("abfs://x/y.jsonl", ExtraError, "adlfs"),
    ],
)
def test_what_cannot_be_read_is_told(named, error, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "letter.pdf").write_text("x")
    (tmp_path / "broken.parquet").write_text("x")
    with pytest.raises(error, match=told):
        parts_of([named], 100)


def test_the_same_input_is_cut_alike_and_a_change_shows(tmp_path):
    file = tmp_path / "a.jsonl"
    file.write_text('{"text": "Some 40 people fled."}\n' * 9)
    before = parts_of([file], 100)
    assert parts_of([file], 100) == before
    file.write_text('{"text": "Some 40 people fled."}\n' * 8 + '{"text": "Some 41 people fled."}\n')
    after = parts_of([file], 100)
    assert [a.fingerprint == b.fingerprint for a, b in zip(before, after, strict=True)] == [True, True, False]
    with pytest.raises(SourceError, match="has changed while it was read"):
        list(inputs.read(before[-1]))
