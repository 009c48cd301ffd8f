"""Names under which training scripts log a score: ``eval_accuracy``, ``test_de_f1``, ``eval/xnli_de/acc``.

A name is a split, perhaps the name of a data set, and a metric, joined by ``_``, ``/`` or ``.``.
"""

import re
from typing import NamedTuple

from ingest.results import naming

SPLITS = {
    "dev": "validation",
    "eval": "validation",
    "predict": "test",
    "test": "test",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
}
"""First word of a name -> split; ``Trainer.predict`` says ``test``, the example scripts ``predict``."""

NO_SCORE = re.compile(
    r"(.*[_/.])?(loss|runtime|samples|samples_per_second|steps_per_second|tokens_per_second|epoch"
    r"|model_preparation_time|global_step|grad_norm|learning_rate|mem_.*|total_flos)"
)
"""What is logged beside scores; a part of the name after the split."""


class Logged(NamedTuple):
    """What a name says; ``dataset`` is empty where it names none."""

    split: str
    dataset: str
    metric: str


def is_score(name: str) -> bool:
    """Is a name that of a score, rather than of a loss, a time or the machine?

    >>> is_score("eval_accuracy"), is_score("train_loss"), is_score("system/gpu_utilization"), is_score("f1")
    (True, False, False, True)
    """
    return NO_SCORE.fullmatch(name) is None and not name.startswith("system/")


def logged(name: str) -> Logged | None:
    """The parts of a score's name; None for a name that is none's.

    >>> logged("eval_accuracy")
    Logged(split='validation', dataset='', metric='accuracy')
    >>> logged("test/xnli_de/exact_match")
    Logged(split='test', dataset='xnli_de', metric='exact_match')
    >>> logged("eval_loss"), logged("train_loss"), logged("eval_de_runtime")
    (None, None, None)
    >>> logged("eval_perplexity").metric  # unknown, and said so where it is taken
    'perplexity'
    """
    first, _, rest = re.sub(r"[/.]", "_", name, count=1).partition("_")
    if first not in SPLITS or not rest or NO_SCORE.fullmatch(rest):
        return None
    words = re.split(r"([_/.])", rest)
    for at in range(0, len(words), 2):
        metric = "".join(words[at:])
        if naming.metric(metric, "") is not None:
            return Logged(SPLITS[first], "".join(words[: max(at - 1, 0)]), metric)
    return Logged(SPLITS[first], "", rest)
