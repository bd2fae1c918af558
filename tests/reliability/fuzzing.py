"""Reads and extracts what was made to harm, and what chance makes of it: `make fuzz`.

    python -m tests.reliability.fuzzing [MINUTES] [SEED]

First every document of `hostile.DOCUMENTS`, as `extract` reads them, within limits. Then, until the time is up,
documents that chance cuts, doubles and spoils, one after the other; about a tenth of those that are read are extracted,
too. It ends with 1 where a reader or a finder broke ("please report it"), and says with what.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.reliability.hostile import COSTLY, DOCUMENTS, WORDS

from statement_nlp.extraction.robust import Crash
from statement_nlp.extraction.workers import Alone
from statement_nlp.reading import sources
from statement_nlp.reading.limits import Limits, Reading
from statement_nlp.reading.sources import Failure, read
from statement_nlp.records import Statement

LIMITS = Limits(seconds=20, megabytes=1000)
FRAGMENTS = (
    b"(", b")", b"[", b"]", b"<", b">", b"&", b"\0", b"\xff", b"\xed\xa0\x80", b"\n", b"\r", b"\t", b"- ", b"1. ",
    b"---\n",
    b"Title: x\n", b"Signed by:\n", b"=====\n", b"300 people ", b"between ", b"at least ", b"%", b"\xe2\x80\xae",
    b"\xcc\x81", "ﬁ".encode(), "العربية ".encode(), b"We call on Russia to stop. ", WORDS.encode(),
)  # fmt: skip


def spoilt(data: bytes, chance: random.Random) -> bytes:
    """A document with some of it cut, doubled or replaced."""
    out = bytearray(data[:200_000])
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(out) + 1)
        length = chance.choice((1, 3, 20, 500))
        match chance.randrange(4):
            case 0:
                del out[at : at + length]
            case 1:
                out[at:at] = chance.choice(FRAGMENTS) * chance.choice((1, 2, 50, 2000))
            case 2:
                out[at:at] = out[at : at + length] * chance.randint(1, 20)
            case _:
                out[at : at + length] = chance.randbytes(length)
    return bytes(out)


def whole(folder: Path, counts: Counter[str]) -> list[str]:
    """Every document made to harm; those that broke a reader."""
    for name, make in DOCUMENTS.items():
        (folder / name).write_bytes(make())
    broken = []
    for item in read([folder / name for name in DOCUMENTS], limits=LIMITS):
        told = item.message if isinstance(item, Failure) else ""
        counts["over its limits" if "more than" in told else "told" if told else "read"] += 1
        if "please report it" in told:
            broken.append(told)
    return broken


def spoil(until: float, chance: random.Random, counts: Counter[str]) -> list[str]:
    """Documents that chance makes, until a moment; those that broke a reader or a finder."""
    seeds = {name: make() for name, make in DOCUMENTS.items() if name not in COSTLY and "bomb" not in name}
    seeds["a statement.txt"] = (
        f"Open the road\n\nLima, 3 May 2024\n\n{WORDS * 5}\n\nSigned by:\nAmber Relief\n"
    ).encode()
    broken: list[str] = []
    reading, alone = Reading(sources._whole, LIMITS), Alone(LIMITS)
    while time.monotonic() < until:
        name = chance.choice(list(seeds))
        data = spoilt(seeds[name], chance)
        counts["spoilt"] += 1
        try:
            found = reading.ask((data, name, Path(name).suffix if not name.endswith(".jsonl") else None))
        except sources.SourceError as error:
            counts["over its limits"] += 1
            print(f"{name}: {error}")
            continue
        for item in found:
            if isinstance(item, Failure) and "please report it" in item.message:
                broken.append(item.message)
            elif isinstance(item, Statement) and chance.random() < 0.1:
                counts["extracted"] += 1
                told = alone.extract(item)
                if isinstance(told, Crash) and told.is_over:
                    counts["over its limits"] += 1
                elif isinstance(told, Crash):
                    broken.append(told.message)
    reading.close()
    alone.end()
    return broken


def main() -> None:
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 10
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time())
    print(f"{minutes:g} minutes, seed {seed}")
    until = time.monotonic() + 60 * minutes
    made, by_chance = Counter[str](), Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        broken = whole(Path(folder), made)
    broken += spoil(until, random.Random(seed), by_chance)
    for title, counts in (("made to harm", made), ("spoilt by chance", by_chance)):
        print(f"{title}: " + ", ".join(f"{count} {what}" for what, count in sorted(counts.items())))
    print(f"broken: {len(broken) or 'nothing'}")
    print("\n".join(dict.fromkeys(broken)))
    sys.exit(bool(broken))


if __name__ == "__main__":
    main()
