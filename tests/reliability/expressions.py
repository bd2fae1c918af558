"""Finds every regular expression of the package, and texts on which each would be slow.

Run as a program it imports every module, reads and extracts a few statements so that expressions built from lexicons
are built too, and prints what was compiled, a JSON object a line: pattern, flags, and where.
"""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
import re
import re._constants as codes
import re._parser as parser
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parents[2] / "src" / "statement_nlp"
CALLS = {"compile", "search", "match", "fullmatch", "sub", "subn", "split", "finditer", "findall"}


def literals() -> Iterator[tuple[str, int, str]]:
    """Patterns written as plain strings in calls of `re`, whether they are ever run or not."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                continue
            owner, first = node.func.value, node.args[0]
            if isinstance(owner, ast.Name) and owner.id == "re" and node.func.attr in CALLS:
                flags = _flags([*node.args[1:], *(k.value for k in node.keywords)])
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value, flags, f"{path.relative_to(PACKAGE)}:{node.lineno}"


def _flags(nodes: list[ast.expr]) -> int:
    found = 0
    for node in (inner for outer in nodes for inner in ast.walk(outer)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "re":
            flag = getattr(re, node.attr, None)
            found |= int(flag) if isinstance(flag, re.RegexFlag) else 0
    return found


def compiled_while(run: Callable[[], object]) -> dict[tuple[str, int], str]:
    """What the package compiles while something runs: (pattern, flags) -> where."""
    found: dict[tuple[str, int], str] = {}
    own: Any = re._compile  # type: ignore[attr-defined]

    def recording(pattern: Any, flags: int) -> Any:
        made = own(pattern, flags)
        frame: Any = sys._getframe(1)
        while frame is not None and not frame.f_code.co_filename.startswith(str(PACKAGE)):
            frame = frame.f_back if "re/__init__" in frame.f_code.co_filename else None
        if frame is not None and isinstance(made.pattern, str):
            where = f"{Path(frame.f_code.co_filename).relative_to(PACKAGE)}:{frame.f_lineno}"
            found.setdefault((made.pattern, made.flags), where)
        return made

    re._compile = recording  # type: ignore[attr-defined]
    try:
        run()
    finally:
        re._compile = own  # type: ignore[attr-defined]
    return found


def _use_everything() -> None:
    for module in pkgutil.walk_packages([str(PACKAGE)], "statement_nlp."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    from statement_nlp.extraction.pipeline import extract_many
    from statement_nlp.reading.markdown import plain_text
    from statement_nlp.reading.sources import read_corpus
    from statement_nlp.reading.web import read_page

    statements = read_corpus(PACKAGE.parents[1] / "corpus")[::12]
    for statement in statements:
        plain_text(statement.text)
    read_page(f"<html><body><p>{statements[0].text}</p></body></html>")
    for _ in extract_many(statements):
        pass


_CHARACTERS = "aA1 .,-\n(é_:;'\"<[*`|#>/%$!=&\t"
_SAMPLES = {
    codes.CATEGORY_DIGIT: "1", codes.CATEGORY_NOT_DIGIT: "a", codes.CATEGORY_SPACE: " ",
    codes.CATEGORY_NOT_SPACE: "a", codes.CATEGORY_WORD: "a", codes.CATEGORY_NOT_WORD: " ",
}  # fmt: skip


def attacks(pattern: str, flags: int, most: int = 40) -> list[tuple[str, str, str]]:
    """Texts that may be slow: (before, what is repeated, behind) for each repetition in a pattern.

    A repetition is reached by a text that satisfies what stands before it, goes round and round by what stands in it,
    and fails behind.
    """
    found: list[tuple[str, str, str]] = []
    _walk(parser.parse(pattern, flags), "", found)
    out: dict[tuple[str, str, str], None] = {}
    for before, again, _ in found:
        for behind in ("", "\x00", "\n\x00"):
            out[before, again, behind] = None
            out["", before + again, behind] = None
    for again in dict.fromkeys(again for _, again, _ in found):
        for other in list(dict.fromkeys(again for _, again, _ in found))[:4]:
            out["", again + other, "\x00"] = None
    keys = list(out)
    step = max(1, len(keys) // most)
    return keys[::step]


def _walk(tree: Any, before: str, found: list[tuple[str, str, str]]) -> str:
    """Adds the repetitions of a tree; gives a text that it matches."""
    out = before
    for code, argument in tree:
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            least, greatest, inner = argument
            again = _example(inner)
            if greatest is codes.MAXREPEAT or greatest > 8:
                found.extend((out, text, "") for text in {again, *_variants(inner)} if text)
            _walk(inner, out, found)
            out += again * max(least, 1 if least else 0)
        elif code is codes.BRANCH:
            for branch in argument[1][:6]:
                _walk(branch, out, found)
            out += _example(argument[1][0])
        elif code is codes.SUBPATTERN:
            _walk(argument[3], out, found)
            out += _example(argument[3])
        elif code is codes.ATOMIC_GROUP:
            _walk(argument, out, found)
            out += _example(argument)
        elif code in (codes.ASSERT, codes.ASSERT_NOT):
            _walk(argument[1], out, found)
        else:
            out += _example([(code, argument)])
    return out


def _variants(tree: Any) -> list[str]:
    """A text for each branch, and for other characters that a class allows."""
    parts = list(tree)
    if len(parts) == 1 and parts[0][0] is codes.SUBPATTERN:
        return _variants(parts[0][1][3])
    if len(parts) == 1 and parts[0][0] is codes.BRANCH:
        return [_example(branch) for branch in parts[0][1][1][:8]]
    if len(parts) == 1 and parts[0][0] in (codes.IN, codes.NOT_LITERAL, codes.ANY, codes.CATEGORY):
        allowed = re.compile(_class_of(parts[0]), re.DOTALL)
        return [c for c in _CHARACTERS if allowed.fullmatch(c)][:4]
    return []


def _class_of(node: Any) -> str:
    """The source of a class of characters."""
    code, argument = node
    if code is codes.ANY:
        return "[^\n]"
    if code is codes.NOT_LITERAL:
        return f"[^{re.escape(chr(argument))}]"
    if code is codes.CATEGORY:
        return _category(argument)
    inside = ""
    for kind, value in argument:
        if kind is codes.NEGATE:
            inside = "^" + inside
        elif kind is codes.LITERAL:
            inside += re.escape(chr(value))
        elif kind is codes.RANGE:
            inside += f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
        elif kind is codes.CATEGORY:
            inside += _category(value)
    return f"[{inside}]"


def _category(value: Any) -> str:
    names = {
        codes.CATEGORY_DIGIT: r"\d", codes.CATEGORY_NOT_DIGIT: r"\D", codes.CATEGORY_SPACE: r"\s",
        codes.CATEGORY_NOT_SPACE: r"\S", codes.CATEGORY_WORD: r"\w", codes.CATEGORY_NOT_WORD: r"\W",
    }  # fmt: skip
    return names[value]


def _example(tree: Any) -> str:
    """A text that a tree matches, without regard to what looks around."""
    out = ""
    for code, argument in tree:
        if code is codes.LITERAL:
            out += chr(argument)
        elif code in (codes.NOT_LITERAL, codes.ANY, codes.IN):
            allowed = re.compile(_class_of((code, argument)), re.DOTALL)
            out += next((c for c in _CHARACTERS if allowed.fullmatch(c)), None) or _first(allowed)
        elif code is codes.CATEGORY:
            out += _SAMPLES[argument]
        elif code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            out += _example(argument[2]) * max(argument[0], 1)
        elif code is codes.BRANCH:
            out += _example(argument[1][0])
        elif code is codes.SUBPATTERN:
            out += _example(argument[3])
        elif code is codes.ATOMIC_GROUP:
            out += _example(argument)
    return out


def _first(allowed: re.Pattern[str]) -> str:
    return next((chr(n) for n in (*range(32, 0x2FFF), *range(0x4E00)) if allowed.fullmatch(chr(n))), "a")


if __name__ == "__main__":
    for (source, flags), where in compiled_while(_use_everything).items():
        print(json.dumps([source, flags, where]))
