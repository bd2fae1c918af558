"""A user's own parties: two formats, clear errors, taken up by the next load."""

from pathlib import Path

import pytest

from statement_nlp.errors import RegisterError
from statement_nlp.knowledge.parties import Register, add_parties, user_parties_path

CSV = "name,kind,country,variants\nAmani Relief Network,ngo,KE,ARN;Amani Network\nHamas,armed_group,PS,Gaza rulers\n"
YAML = """\
- kind: ngo
  country: ke
  parties:
    Amani Relief Network: [ARN, Amani Network]
- kind: armed_group
  parties:
    Hamas: {country: PS, variants: [Gaza rulers]}
"""


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("STATEMENT_NLP_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.mark.parametrize(("name", "text"), [("mine.csv", CSV), ("mine.yaml", YAML), ("mine.csv", "\ufeff" + CSV)])
def test_both_formats_say_the_same(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    register = Register.load(tmp_path / name)
    party = register.lookup("ARN")
    assert (party.name, party.kind, party.country) == ("Amani Relief Network", "ngo", "KE")
    assert register.lookup("Gaza rulers").name == "Hamas", "a variant for a party of the register"
    assert register.lookup("Hamas") == register.lookup("Gaza rulers")
    assert register.lookup("UNHCR").name == "UNHCR", "the register stays"


def test_a_user_may_take_a_variant(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("name,kind,variants\nReporters Without Borders,ngo,RSF\n", encoding="utf-8")
    register = Register.load(path)
    assert register.lookup("RSF").name == "Reporters Without Borders"
    assert register.lookup("Rapid Support Forces").name == "Rapid Support Forces"


def test_the_users_file_is_taken_up(data, tmp_path):
    assert user_parties_path() == data / "parties.csv"
    assert Register.load().lookup("ARN") is None
    source = tmp_path / "mine.yaml"
    source.write_text(YAML, encoding="utf-8")
    assert add_parties(source) == (data / "parties.csv", 2)
    assert Register.load().lookup("ARN").name == "Amani Relief Network"
    source.write_text("- {kind: ngo, parties: {Amani Relief Network: [Amani]}}", encoding="utf-8")
    add_parties(source)
    assert Register.load().lookup("ARN") is None, "the newer entry replaces the older of the same name"
    assert Register.load().lookup("Gaza rulers").name == "Hamas", "others stay"


def test_a_yaml_file_kept_by_hand_is_read_but_not_overwritten(data, tmp_path):
    data.mkdir()
    (data / "parties.yaml").write_text(YAML, encoding="utf-8")
    assert Register.load().lookup("ARN").name == "Amani Relief Network"
    source = tmp_path / "more.csv"
    source.write_text(CSV, encoding="utf-8")
    with pytest.raises(RegisterError, match="kept by hand"):
        add_parties(source)


ERRORS = [
    ("a.csv", "name,country\nX,KE\n", r"a\.csv, line 1: no column kind", "a missing column"),
    ("a.csv", "name,kind\nX,ngo\nY,club\n", r"a\.csv, line 3: 'Y' has the kind 'club'; use one of state", "wrong kind"),
    ("a.csv", "name,kind,country\nX,ngo,KEN\n", r"line 2: 'X' has the country 'KEN'; use the two letters", "a code"),
    (
        "a.csv",
        "name,kind,variants\nX One,ngo,XX\nY Two,ngo,XX\n",
        r"line 3: 'XX' names 'Y Two' here but 'X One'",
        "two",
    ),
    ("a.csv", "name,kind,variants\nX One,ngo,???\n", r"line 2: 'X One' has a variant without letters", "no letters"),
    ("a.csv", "name,kind\n,ngo\n", r"line 2: a party without a name", "no name"),
    ("a.csv", "name,kind,variants\nX One,ngo,UNHCR\n", r"line 2: 'UNHCR' is a party of the register itself", "taken"),
    ("a.yaml", "- kind: ngo\n  parties:\n    X: y\n", r"line 3: variants stand in \[brackets\]", "a bare variant"),
    ("a.yaml", "- kind: ngo\n  people:\n    X: []\n", r"line 1: unknown field 'people'", "an unknown field"),
    ("a.yaml", "- kind: ngo\n", r"line 1: a group without `parties:`", "no parties"),
    ("a.yaml", "kind: ngo\n", r"line 1: a list of groups", "no list"),
    ("a.yaml", "- kind: ngo\n  parties: {X: [a\n", r"a\.yaml, line \d", "broken YAML"),
    ("a.yaml", "- kind: ngo\n  parties: [X, Y]\n", r"line 2: `key: value` pairs are expected", "a list of parties"),
    ("a.txt", "X", r"a\.txt: a register ends in \.csv, \.yaml or \.yml", "another ending"),
]


@pytest.mark.parametrize(("name", "text", "message", "why"), ERRORS)
def test_errors_name_file_line_and_way_out(tmp_path, name, text, message, why):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RegisterError, match=message) as error:
        Register.load(path)
    assert name in str(error.value), why


def test_unreadable_files(tmp_path):
    with pytest.raises(RegisterError, match="cannot be read"):
        Register.load(tmp_path / "none.csv")
    path = tmp_path / "latin.csv"
    path.write_bytes("name,kind\nAssociação,ngo\n".encode("cp1252"))
    with pytest.raises(RegisterError, match="save it as UTF-8"):
        Register.load(path)


def test_nothing_is_written_where_the_file_contradicts_itself(data, tmp_path):
    source = tmp_path / "mine.csv"
    source.write_text("name,kind,variants\nX One,ngo,XX\nY Two,ngo,XX\n", encoding="utf-8")
    with pytest.raises(RegisterError):
        add_parties(source)
    assert not user_parties_path().exists()


def test_the_documented_code_runs(data):
    text = (Path(__file__).parents[2] / "docs" / "parties.md").read_text(encoding="utf-8")
    code = text.split("```python\n")[1].split("```")[0]
    exec(compile(code, "docs/parties.md", "exec"), {"before": []})
    yaml_text, csv_text = (text.split(f"```{kind}\n")[1].split("```")[0] for kind in ("yaml", "csv"))
    for name, content in (("a.yaml", yaml_text), ("a.csv", csv_text)):
        path = data.parent / name
        path.write_text(content, encoding="utf-8")
        assert Register.load(path).lookup("ARN").name == "Amani Relief Network"
