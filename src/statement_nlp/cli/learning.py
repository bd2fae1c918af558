"""train: gold in, models out. evaluate: the guide's scores beside a plain baseline's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from statement_nlp.cli.printing import tell

if TYPE_CHECKING:
    from statement_nlp.learning.evaluation import AnnotatedSet
    from statement_nlp.learning.reviewed import Learnt
    from statement_nlp.learning.training import Example

STATEMENTS = click.argument("statements", type=click.Path(path_type=Path, exists=True))
GOLD = click.argument("gold", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False)
MODELS = click.Path(path_type=Path, file_okay=False)


@click.command()
@STATEMENTS
@GOLD
@click.option("--models", type=MODELS, help="Folder of other models than the package's.")
@click.option(
    "--cross-validate/--as-is",
    default=None,
    help="Train anew on the other folds, or score the models as they are. [default: by whether they have seen these]",
)
@click.option("--folds", type=click.IntRange(min=2), default=5, show_default=True, help="Folds of a cross-validation.")
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Processes for the folds.")
@click.option("--format", "form", type=click.Choice(("table", "json", "markdown")), default="table", show_default=True)
@click.option("--compare", is_flag=True, help="Score rules alone and a model alone as well.")
@click.option(
    "--examples",
    type=click.Path(path_type=Path, exists=True),
    help="With --compare --as-is: a folder with gold that the model alone learns from.",
)
@click.option("--links", "links_only", is_flag=True, help="Score the links between statements alone.")
@click.option("--mistakes", is_flag=True, help="List what was missed and made up, by kind, after the table.")
def evaluate(
    statements: Path,
    gold: Path | None,
    models: Path | None,
    cross_validate: bool | None,
    folds: int,
    workers: int,
    form: str,
    compare: bool,
    examples: Path | None,
    links_only: bool,
    mistakes: bool,
) -> None:
    """Score the extraction of STATEMENTS against GOLD as the annotation guide defines it, beside a plain baseline.

    STATEMENTS is a folder with statements and gold.jsonl, or a JSON lines file with its GOLD. Statements that the
    models were trained on are scored by cross-validation. markdown adds reliability and mistakes. Where links.jsonl
    lies beside the gold, links are scored too, always cross-validated; --links scores them alone, over gold records and
    over what the models as they are extract (with --cross-validate: models of the other folds).
    """
    from statement_nlp.cli.setup import open_gazetteer
    from statement_nlp.learning import evaluation, linking_evaluation, report

    data = evaluation.read_set(statements, gold)
    if compare and cross_validate is False and examples is None:
        raise click.UsageError("--compare --as-is needs --examples FOLDER, which a model alone can learn from")
    open_gazetteer().close()
    if links_only:
        _links(data, models, bool(cross_validate), folds, workers, form)
        return
    result = evaluation.evaluate(
        data,
        models=models,
        cross_validate=cross_validate,
        k=folds,
        workers=workers,
        compare=compare,
        examples=evaluation.read_set(examples).examples if examples else (),
        report=tell,
    )
    if form == "json":
        click.echo(json.dumps(report.as_json(result), indent=1))
    elif form == "markdown":
        click.echo(report.accuracy_markdown(data, result))
    else:
        click.echo(report.as_table(result))
        if result.ways:
            click.echo("\n" + report.ways_markdown(result))
            click.echo("\n" + report.resolution_markdown(data, result))
    if data.links and form != "json":
        found = linking_evaluation.evaluate_links(data.examples, data.links, result.predicted, k=folds)
        click.echo("\n## Links\n\n" + linking_evaluation.as_markdown(found, result.how))
    if mistakes and form == "table":
        click.echo("\n" + report.mistakes_text(evaluation.mistakes(data, result.predicted)))


def _links(data: AnnotatedSet, models: Path | None, cross_validate: bool, folds: int, workers: int, form: str) -> None:
    """Print the scores of links alone."""
    from statement_nlp.learning import evaluation, linking_evaluation

    if not data.links:
        raise click.UsageError(f"no links.jsonl beside the gold of {data.name}")
    if cross_validate:
        predicted = evaluation.cross_predict(data, k=folds, workers=workers, report=tell)[evaluation.BOTH]
        how = f"cross-validated, {folds} folds by series"
    else:
        read = [g for g in data.given if g.statement.id in data.gold and g.statement.links_read]
        predicted, how = evaluation.predict(read, models), "by the models as they are"
    found = linking_evaluation.evaluate_links(data.examples, data.links, predicted, k=folds)
    if form == "json":
        click.echo(json.dumps(linking_evaluation.as_json(found), indent=1))
    else:
        click.echo(linking_evaluation.as_markdown(found, how))


@click.command()
@STATEMENTS
@GOLD
@click.option("--models", type=MODELS, help="Folder to write to instead of the package's or clone's models/.")
@click.option("--layer", "layers", multiple=True, help="Train this layer alone; as often as needed.")
@click.option("--workers", type=click.IntRange(min=1), default=2, show_default=True, help="Processes for the layers.")
@click.option(
    "--with-reviews",
    "reviews",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="DB",
    help="Learn also from what people judged in this database.",
)
def train(
    statements: Path,
    gold: Path | None,
    models: Path | None,
    layers: tuple[str, ...],
    workers: int,
    reviews: Path | None,
) -> None:
    """Train the models anew from STATEMENTS and GOLD, and write them with their cards.

    Layers: entities, figures, demands, claims, and links where links.jsonl lies beside the gold.
    """
    from statement_nlp.cli.setup import open_gazetteer
    from statement_nlp.extraction.classifier import models_dir
    from statement_nlp.learning import training
    from statement_nlp.learning.evaluation import read_set

    if unknown := [layer for layer in layers if layer not in training.LAYERS]:
        raise click.UsageError(f"no layer {unknown[0]!r}: there are {', '.join(training.LAYERS)}")
    data = read_set(statements, gold)
    wanted = layers or (training.LAYERS if data.links else tuple(training.TRAINERS))
    open_gazetteer().close()
    target = models or models_dir()
    learnt = _reviewed(data.examples, reviews) if reviews else None
    examples, judged = (learnt.examples, learnt.links) if learnt else (data.examples, None)
    training.train(examples, target, layers=wanted, links=data.links, judged=judged, workers=workers, report=tell)
    tell(f"Models of {len(examples)} statements written to {target}.")


def _reviewed(examples: list[Example], reviews: Path) -> Learnt:
    """The examples with what people judged in a database."""
    from statement_nlp.learning.reviewed import with_reviews
    from statement_nlp.store import Database

    with Database(reviews, create=False) as database:
        learnt = with_reviews(examples, database)
    tell(learnt.in_words())
    return learnt


COMMANDS = (evaluate, train)
