"""Licences of all that is locked: `make licences`. Fails on one that is neither allowed nor explained.

What is allowed is listed here; what is explained stands in the table of docs/reliability.md under "Licences".
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
ALLOWED = re.compile(
    r"(Apache|MIT|BSD|0BSD|ISC|MPL|Mozilla Public License|PSF|Python Software Foundation|CNRI|Zlib|CC0|Unlicense"
    r"|Public Domain|HPND|The Unlicense)",
    re.IGNORECASE,
)
"""Licences that let a package of Apache-2.0 depend on theirs without conditions on its own."""
BARRED = re.compile(r"GPL|GNU|SSPL|Commons Clause|Non-?Commercial", re.IGNORECASE)
_JOINED = re.compile(r"\s+AND\s+|;\s*")
_CHOICE = re.compile(r"\s+OR\s+")
_ROW = re.compile(r"^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def locked() -> set[str]:
    """Names of the packages of requirements.lock, as the index writes them."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf8")
    return {normal(name) for name in re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE)}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def is_allowed(licence: str) -> bool:
    """Whether each part of a licence (A AND B) has a choice (A OR B) that is allowed."""
    return all(
        any(ALLOWED.search(choice) and not BARRED.search(choice) for choice in _CHOICE.split(part.strip("() ")))
        for part in _JOINED.split(licence)
    )


def explained() -> dict[str, str]:
    """Package -> why its licence is none to worry about, from the documentation."""
    text = (ROOT / "docs" / "reliability.md").read_text(encoding="utf8")
    return {normal(row[1]): row[3].strip() for row in _ROW.finditer(text[text.index("## Licences") :])}


def installed() -> dict[str, str]:
    """Package -> licence, of all that is installed here."""
    command = ["pip-licenses", "--format=json", "--with-system", f"--python={sys.executable}"]
    run = subprocess.run(
        [str(Path(sys.executable).with_name(command[0])), *command[1:]], capture_output=True, text=True, check=True
    )
    return {normal(row["Name"]): row["License"] for row in json.loads(run.stdout)}


def main() -> None:
    found, wanted, known = installed(), locked(), explained()
    by_licence: dict[str, list[str]] = defaultdict(list)
    for name in sorted(wanted & found.keys()):
        by_licence[found[name].splitlines()[0][:60]].append(name)
    for licence, names in sorted(by_licence.items()):
        print(f"{licence}: {', '.join(names)}")
    bad = [n for n in sorted(wanted & found.keys()) if not is_allowed(found[n]) and n not in known]
    needless = [n for n in known if n not in wanted or (n in found and is_allowed(found[n]))]
    elsewhere = sorted(wanted - found.keys())
    print(f"\n{len(wanted & found.keys())} packages, {len(known)} of them explained in docs/reliability.md.")
    if elsewhere:
        print(f"Locked for other systems and not installed here: {', '.join(elsewhere)}.")
    for name in bad:
        print(f"not allowed, not explained: {name} ({found[name][:80]})", file=sys.stderr)
    for name in needless:
        print(f"explained without need: {name}", file=sys.stderr)
    sys.exit(bool(bad or needless))


if __name__ == "__main__":
    main()
