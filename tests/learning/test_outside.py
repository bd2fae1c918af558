"""Names of another data set count where a place of ours touches them."""

import json

from click.testing import CliRunner

from statement_nlp.learning.outside import main

TEXT = "Russia must act.  At least 40 people were killed in Aleppo, Syria, near the river."


def _mark(quote):
    start = TEXT.index(quote)
    return {"start": start, "end": start + len(quote), "type": "Location"}


def test_places_count_and_parties_apart(tmp_path):
    file = tmp_path / "x.jsonl"
    marks = [_mark("Russia"), _mark("Aleppo"), _mark("Syria"), _mark("the river"), {**_mark("act"), "type": "Act"}]
    file.write_text(json.dumps({"id": 1, "text": TEXT, "entities": marks}))
    shown = CliRunner().invoke(main, [str(file)])
    assert shown.output == ("Location that are proper names: 3\nfound as places: 0.667; as places or parties: 1.000\n")


def test_a_file_without_such_marks_says_so(tmp_path):
    file = tmp_path / "x.jsonl"
    file.write_text(json.dumps({"id": 1, "text": TEXT, "entities": []}))
    assert CliRunner().invoke(main, [str(file)]).exit_code == 1
