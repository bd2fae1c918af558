"""Our speed beside that of two peers on the same texts: what textacy extracts, and quantulum3's quantities.

They are no part of the program, so that they stand in an environment of their own, with hashes locked
(tests/learning/peers); `make bench` sets it up where it can. A script there times them beside the stock pipeline, which
both environments hold in the same version: by it the two runs are compared.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

SCRIPT = Path("tests") / "learning" / "peers" / "measure.py"
PEERS = {
    "textacy": "textacy 0.13.0, behind the stock pipeline",
    "quantulum3": "quantulum3 0.10.0, quantities",
}


def measure(python: Path, texts: Sequence[str], rounds: int) -> dict[str, float]:
    """The CPU time of each peer for all texts, in parts of the stock pipeline's in the same run.

    Args:
        python: the interpreter of the environment that holds the peers.
        texts: what they read.
        rounds: how often each reads them; the quickest counts.

    Raises:
        subprocess.CalledProcessError: the script ended with an error.
    """
    run = [str(python), str(SCRIPT), str(rounds)]
    told = subprocess.run(run, input=json.dumps(texts), text=True, stdout=subprocess.PIPE, check=True).stdout
    seconds: Mapping[str, float] = json.loads(told)
    return {peer: seconds[peer] / seconds["stock"] for peer in PEERS}


def report(shares: Mapping[str, float], ours: float) -> str:
    """The comparison in lines for people.

    Args:
        shares: as `measure` gives them.
        ours: the words per second of our whole pipeline in parts of the stock pipeline's.
    """
    return "\n".join([
        "peers on the same texts, their time in parts of the stock pipeline's, and our words/s in parts of theirs:",
        *(f"  {name:<44} {shares[peer]:.3f} {ours * shares[peer]:.2f}" for peer, name in PEERS.items()),
    ])  # fmt: skip
