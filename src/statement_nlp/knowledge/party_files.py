"""Register files: YAML as in `data/parties_*.yaml`, or CSV for a spreadsheet; both described in docs/parties.md."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import platformdirs
import yaml

from statement_nlp.errors import RegisterError
from statement_nlp.records import PartyKind

KINDS: tuple[PartyKind, ...] = get_args(PartyKind)
DATA = Path(__file__).with_name("data")
WAY_OUT = "see docs/parties.md for the format"
_COLUMNS = ("name", "kind", "country", "variants")


@dataclass(frozen=True, slots=True)
class Entry:
    """One curated party with where it was read: `line` counts from 1."""

    name: str
    kind: PartyKind
    country: str | None
    variants: tuple[str, ...]
    path: Path
    line: int

    @property
    def where(self) -> str:
        """File and line, for messages."""
        return f"{self.path}, line {self.line}"


def user_parties_path() -> Path:
    """Where a user's own parties are kept: `parties.yaml` if it is there, else `parties.csv`.

    The folder is `$STATEMENT_NLP_DATA`, else the system's folder for user data. The file need not exist.
    """
    folder = os.environ.get("STATEMENT_NLP_DATA")
    base = Path(folder).expanduser() if folder else Path(platformdirs.user_data_dir("statement-nlp", appauthor=False))
    yaml_path = base / "parties.yaml"
    return yaml_path if yaml_path.exists() else base / "parties.csv"


def read_entries(path: Path) -> list[Entry]:
    """Read a register file by its ending (.yaml, .yml or .csv).

    Raises:
        RegisterError: it cannot be read, or an entry is not as the format wants; names file and line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RegisterError(f"{path}: cannot be read as UTF-8 text ({error}); save it as UTF-8 or remove it") from error
    if path.suffix.lower() in (".yaml", ".yml"):
        return list(_from_yaml(path, text))
    if path.suffix.lower() == ".csv":
        return list(_from_csv(path, text))
    raise RegisterError(f"{path}: a register ends in .csv, .yaml or .yml; {WAY_OUT}")


def write_entries(path: Path, entries: list[Entry]) -> None:
    """Write a register file in CSV, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    with partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        writer.writerows((e.name, e.kind, e.country or "", ";".join(e.variants)) for e in entries)
    partial.replace(path)


def _from_csv(path: Path, text: str) -> Iterator[Entry]:
    reader = csv.DictReader(text.splitlines())
    header = reader.fieldnames or []
    if missing := [column for column in ("name", "kind") if column not in header]:
        raise RegisterError(
            f"{path}, line 1: no column {' and '.join(missing)}; the first line must be {','.join(_COLUMNS)}"
        )
    for row in reader:
        if not any((value or "").strip() for key, value in row.items() if key in _COLUMNS):
            continue
        variants = [v for v in (row.get("variants") or "").split(";") if v.strip()]
        yield _entry(path, reader.line_num, row["name"], row["kind"], row.get("country"), variants)


def _from_yaml(path: Path, text: str) -> Iterator[Entry]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        root = yaml.compose(text, Loader=loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or "not YAML"
        raise RegisterError(f"{path}, line {line}: {problem}; {WAY_OUT}") from error
    if root is None:
        return
    if not isinstance(root, yaml.SequenceNode):
        raise RegisterError(f"{path}, line 1: a list of groups (`- kind: ...`) is expected; {WAY_OUT}")
    for group in root.value:
        yield from _group(path, group)


def _group(path: Path, node: yaml.Node) -> Iterator[Entry]:
    fields = _mapping(path, node)
    if unknown := set(fields) - {"kind", "country", "parties"}:
        raise RegisterError(f"{path}, line {_line(node)}: unknown field {min(unknown)!r}; {WAY_OUT}")
    if "parties" not in fields:
        raise RegisterError(f"{path}, line {_line(node)}: a group without `parties:`; {WAY_OUT}")
    kind, country = _scalar(path, fields.get("kind")), _scalar(path, fields.get("country"))
    for key, value in _pairs(path, fields["parties"]):
        own_kind, own_country = kind, country
        variants: yaml.Node | None = value
        if isinstance(value, yaml.MappingNode):
            own = _mapping(path, value)
            own_kind = _scalar(path, own.get("kind")) or kind
            own_country = _scalar(path, own.get("country")) or country
            variants = own.get("variants")
        yield _entry(path, _line(key), key.value, own_kind, own_country, _strings(path, variants))


def _mapping(path: Path, node: yaml.Node) -> dict[str, Any]:
    return {key.value: value for key, value in _pairs(path, node)}


def _pairs(path: Path, node: yaml.Node) -> list[tuple[yaml.Node, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode) or any(not isinstance(key, yaml.ScalarNode) for key, _ in node.value):
        raise RegisterError(f"{path}, line {_line(node)}: `key: value` pairs are expected; {WAY_OUT}")
    return list(node.value)


def _scalar(path: Path, node: yaml.Node | None) -> str | None:
    if node is None:
        return None
    if not isinstance(node, yaml.ScalarNode):
        raise RegisterError(f"{path}, line {_line(node)}: a single word is expected; {WAY_OUT}")
    return str(node.value)


def _strings(path: Path, node: yaml.Node | None) -> list[str]:
    """The variants as they stand: `NO` or `1` stay strings."""
    if node is None or (isinstance(node, yaml.ScalarNode) and not node.value.strip("~ ")):
        return []
    if not isinstance(node, yaml.SequenceNode) or any(not isinstance(v, yaml.ScalarNode) for v in node.value):
        raise RegisterError(f"{path}, line {_line(node)}: variants stand in [brackets], with commas; {WAY_OUT}")
    return [str(v.value) for v in node.value]


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _entry(
    path: Path, line: int, name: str | None, kind: str | None, country: str | None, variants: list[str]
) -> Entry:
    name, kind, country = (name or "").strip(), (kind or "").strip(), (country or "").strip().upper() or None
    if not name:
        raise RegisterError(f"{path}, line {line}: a party without a name; give it one or delete the line")
    legal = next((k for k in KINDS if k == kind), None)
    if legal is None:
        raise RegisterError(f"{path}, line {line}: {name!r} has the kind {kind!r}; use one of {', '.join(KINDS)}")
    if country is not None and not (len(country) == 2 and country.isalpha()):
        raise RegisterError(
            f"{path}, line {line}: {name!r} has the country {country!r}; use the two letters of ISO 3166-1, or nothing"
        )
    return Entry(name, legal, country, tuple(v.strip() for v in variants), path, line)
