"""Extraction by a Dask cluster: the input is surveyed and cut into parts, each part becomes a partition of Parquet.

A part whose report is written is done and never done again; a part whose worker was lost goes to another one. Given
again after it was stopped, an extraction goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from statement_nlp.cluster import inputs, worker
from statement_nlp.errors import (
    ClusterError,
    EmptySourceError,
    ExtraError,
    PartitionError,
    SourceError,
    StatementNlpError,
)
from statement_nlp.reading.limits import Limits
from statement_nlp.store import Run
from statement_nlp.store.partitions import Manifest, Part, Partitions, Report

PATIENCE = 60
"""Seconds to wait for a scheduler, and for its first worker."""
TRIES = 3
"""How many workers may be lost with a part before it is given up: then it is the part that ends them."""

Told = Callable[[str, int, int], None]
"""Called with what is being done, the parts done and the parts in all."""


@contextmanager
def cluster(scheduler: str | None, workers: int) -> Iterator[Any]:
    """A client of the cluster at an address, or of one of worker processes on this machine.

    Raises:
        ExtraError: Dask is not installed.
        ClusterError: no scheduler answers, or it has no workers.
    """
    try:
        import dask
        import distributed
    except ImportError as error:
        raise ExtraError("--engine dask needs more packages: pip install 'statement-nlp[dask]'") from error
    settings = {
        "distributed.scheduler.allowed-failures": TRIES,
        "distributed.comm.timeouts.connect": PATIENCE,
        "distributed.worker.daemon": False,  # so that a worker may start a process that is ended over a long text
    }
    with dask.config.set(settings):
        if scheduler is None:
            with (
                distributed.LocalCluster(  # type: ignore[no-untyped-call]
                    n_workers=workers,
                    threads_per_worker=1,
                    processes=True,
                    dashboard_address=None,
                    silence_logs="CRITICAL",
                ) as local,
                distributed.Client(local) as client,  # type: ignore[no-untyped-call]
            ):
                yield client
            return
        try:
            client = distributed.Client(scheduler, timeout=PATIENCE)  # type: ignore[no-untyped-call]
        except (OSError, ValueError) as error:
            raise ClusterError(f"no scheduler answers at {scheduler}: start one with `dask scheduler`") from error
        with client:
            try:
                client.wait_for_workers(1, timeout=PATIENCE)
            except TimeoutError as error:
                raise ClusterError(
                    f"the scheduler at {scheduler} has no workers: start some with `dask worker {scheduler}`"
                ) from error
            yield client


def extract(
    client: Any,
    sources: Sequence[str],
    partitions: Partitions,
    run: Run,
    *,
    pipeline: Callable[[], str],
    size: int,
    limits: Limits | None = None,
    again: bool = False,
    told: Told | None = None,
) -> tuple[Manifest, dict[int, Report], list[str]]:
    """Extract all parts of the input that are not done yet.

    Args:
        client: of a Dask cluster, as `cluster` gives it.
        sources: files of JSON lines or Parquet, folders, patterns, addresses that fsspec knows.
        partitions: where to write.
        run: what this is, its pipeline included.
        pipeline: gives the name of a machine's pipeline; all workers' have to be the run's.
        size: bytes of a part.
        limits: what one long statement may cost, where a worker may start a process to bound it.
        again: do all anew, whatever lies there.
        told: called as it goes on.

    Returns:
        What is extracted, the report of each part that is done, and a line for each that is not.

    Raises:
        PartitionError: what lies there is of another input or pipeline, or cannot be written.
        SourceError: the input cannot be read.
        ClusterError: the workers are not fit for it.
        ModelError: a model is missing or does not fit.
    """
    manifest = _begin(partitions, Manifest(run, _survey(client, sources, size, told)), again)
    done = partitions.done(manifest)
    lost: list[str] = []
    waiting = [number for number in range(len(manifest.parts)) if number not in done]
    for number, outcome in _outcomes(client, partitions, manifest, waiting, pipeline, limits):
        if isinstance(outcome, Report):
            done[number] = outcome
        else:
            lost.append(_why(outcome, manifest.parts[number]))
        if told:
            told("Extracting", len(done) + len(lost), len(manifest.parts))
    if not lost:
        partitions.tidy()
    return manifest, dict(sorted(done.items())), lost


def _outcomes(
    client: Any,
    partitions: Partitions,
    manifest: Manifest,
    waiting: Sequence[int],
    pipeline: Callable[[], str],
    limits: Limits | None,
) -> Iterator[tuple[int, Report | BaseException]]:
    """What becomes of each part, as soon as it is known."""
    where = partitions.folder.everywhere
    futures = {
        client.submit(
            worker.extract_part, where, number, manifest.parts[number], manifest.run, pipeline, limits, pure=False
        ): number
        for number in waiting
    }
    for future in _as_they_end(futures):
        number = futures[future]
        if future.status != "finished":
            yield number, future.exception()
            continue
        if partitions.report(number) is None:
            raise ClusterError(
                f"the workers write {partitions.address} where this machine does not see it: name a folder that all "
                "share, or an address such as s3://..."
            )
        yield number, future.result()


def _survey(client: Any, sources: Sequence[str], size: int, told: Told | None) -> tuple[Part, ...]:
    """The parts of the input, read through by the workers."""
    pieces = list(inputs.cut(inputs.files(sources), size))
    if not pieces:
        raise EmptySourceError("there is nothing in these files; give some with one statement a line or row")
    futures = client.map(inputs.survey, pieces, pure=False)
    order = {future: number for number, future in enumerate(futures)}
    surveys: list[inputs.Survey | None] = [None] * len(pieces)
    for count, future in enumerate(_as_they_end(order), start=1):
        surveys[order[future]] = future.result()
        if told:
            told("Reading", count, len(pieces))
    return inputs.numbered(pieces, [found for found in surveys if found])


def _as_they_end(futures: Any) -> Iterator[Any]:
    from distributed import as_completed

    return iter(as_completed(list(futures)))  # type: ignore[no-untyped-call]


def _begin(partitions: Partitions, manifest: Manifest, again: bool) -> Manifest:
    """Write down what is extracted; where it goes on with what was begun, its run stays the same."""
    if again:
        partitions.clear()
    before = partitions.manifest()
    if before:
        if (other := _difference(before, manifest)) is not None:
            raise PartitionError(
                f"{partitions.address} holds an extraction {other}: name another folder with --out, or give --again "
                "to replace it"
            )
        manifest = replace(manifest, run=before.run)
    partitions.begin(manifest)
    return manifest


def _difference(before: Manifest, now: Manifest) -> str | None:
    """What of another kind an extraction was; None where it is the same."""
    if (before.run.pipeline, before.run.version) != (now.run.pipeline, now.run.version):
        return f"by another pipeline ({before.run.pipeline}, here {now.run.pipeline}: code, models or own names differ)"
    if len(before.parts) != len(now.parts):
        return f"of other input, or cut otherwise ({len(before.parts)} parts, now {len(now.parts)})"
    for old, new in zip(before.parts, now.parts, strict=True):
        if [replace(p, address="") for p in old.pieces] != [replace(p, address="") for p in new.pieces]:
            return f"of other input, or cut otherwise (now from {new.name} on)"
        if old.fingerprint != new.fingerprint:
            return f"of another text of the input ({new.name} has changed)"
    return None


def _why(error: BaseException, part: Part) -> str:
    """A line about a part that could not be done.

    Raises:
        StatementNlpError: what concerns all parts alike.
    """
    if isinstance(error, SourceError):
        return f"failed: {error}"
    if isinstance(error, StatementNlpError):
        raise error
    if type(error).__name__ == "KilledWorker":
        return f"failed: {part.name}: this part ended {TRIES + 1} workers; give them more memory, or cut smaller parts"
    return f"failed: {part.name}: {type(error).__name__}: {' '.join(str(error).split())}"
