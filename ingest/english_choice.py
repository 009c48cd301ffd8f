"""What the English multiple-choice tasks share: splits, metric, and the authors' settings."""

from ingest.dataset import Dataset
from ingest.reading import choices
from ingest.task import Hyperparameters, Task

SETTINGS = Hyperparameters(
    learning_rate=2e-5,
    learning_rate_large=3e-5,
    epochs=5,
    batch_size=32,
    max_length=128,
    source="google-research/xtreme@838c13b scripts/train_xcopa.sh",
)

INTERMEDIATE = Hyperparameters(
    learning_rate=2e-5,
    learning_rate_large=3e-5,
    epochs=5,
    batch_size=32,
    max_length=256,
    source="max_length: arXiv:2005.13013; others: google-research/xtreme@838c13b train_xcopa.sh",
)
"""Of the intermediate tasks, whose texts are longer."""


def english_choice(
    table: Dataset,
    *,
    title: str,
    options: int,
    licence: str,
    citation: str,
    defaults: Hyperparameters = INTERMEDIATE,
) -> Task:
    """A task over one table with English train and validation splits.

    Args:
        table: named like the task.
        options: of each question; chance is one among them.
    """
    return Task(
        name=table.name,
        kind="choice",
        title=title,
        metrics=("accuracy",),
        chance=1 / options,
        splits={"train": ("en",), "validation": ("en",)},
        trained_on=(table.name,),
        data={"train": (table,), "validation": (table,)},
        defaults=defaults,
        licence=licence,
        citation=citation,
        read=choices(table, options=options),
    )
