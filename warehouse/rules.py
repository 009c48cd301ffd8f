"""What every row of a fact table must satisfy by itself.

One description, used twice: on a shard before it is taken in, and by ``xtb check`` on what is there.
Each rule is a name and an SQL condition that a *faulty* row meets.
"""

from collections.abc import Mapping

from warehouse.rows import FACTS, METRICS
from warehouse.sql import literal, quote


def _outside(column: str, low: str, high: str) -> str:
    """Condition for a value outside [low, high]; NaN counts as outside, NULL does not."""
    return f"not {quote(column)} between {low} and {high}"


def _infinite(column: str) -> str:
    return f"not isfinite({quote(column)})"


def _negative(column: str) -> str:
    return f"{quote(column)} < 0"


_METRICS = ", ".join(literal(name) for name in METRICS)
_CELL = {
    "severity outside 0 to 5": _outside("severity", "0", "5"),
    "clean with a severity or noise seed": "perturbation = 'clean' and (severity <> 0 or noise_seed <> 0)",
    "severity 0 of a perturbation": "perturbation <> 'clean' and severity = 0",
}

RULES: Mapping[str, Mapping[str, str]] = {
    "stage": {
        "negative position": _negative("position"),
        "learning rate not finite": _infinite("learning_rate"),
        "training loss not finite": _infinite("train_loss"),
        "dev score outside [0, 1]": _outside("dev_score", "0", "1"),
        "dev chance outside [0, 1]": _outside("dev_chance", "0", "1"),
        "negative count": "least(train_examples, steps, tokens, epochs, seconds) < 0",
    },
    "score": {
        **_CELL,
        "unknown metric": f"metric not in ({_METRICS})",
        "value outside [0, 1]": _outside("value", "0", "1"),
        "value and error both there or both missing": "(value is null) = (error is null)",
        "negative n": _negative("n"),
        "unchanged outside 0 to n": _outside("unchanged", "0", "n"),
        "value of no examples": "value is not null and n = 0",
    },
    "outcome": {
        **_CELL,
        "correct missing": "correct is null",
        "correct outside [0, 1]": _outside("correct", "0", "1"),
        "exact outside [0, 1]": _outside("exact", "0", "1"),
        "negative count": "least(edits, eligible, tokens, units, hits, predicted, gold) < 0",
        "more hits than entities": "hits > least(predicted, gold)",
    },
    "training_log": {
        "negative position": _negative("position"),
        "negative step": _negative("step"),
        "loss not finite": _infinite("loss"),
        "learning rate not finite": _infinite("learning_rate"),
        "dev score outside [0, 1]": _outside("dev_score", "0", "1"),
        "speed not finite": _infinite("tokens_per_second"),
    },
    "attack": {
        "budget below 1": "budget < 1",
        "clean right outside 0 to n": _outside("clean_right", "0", "n"),
        "fooled outside 0 to clean right": _outside("fooled", "0", "clean_right"),
        "verified outside 0 to fooled": _outside("verified", "0", "fooled"),
        "counts and error both there or both missing": "(verified is null) = (error is null)",
    },
    "attack_outcome": {
        "clean_right or fooled missing": "clean_right is null or fooled is null",
        "fooled where the clean text is wrong": "fooled and not clean_right",
        "fooled but not held against its stored text": "fooled <> (verified is not null)",
        "fooled without a text": "fooled and (original is null or adversarial is null)",
        "queries outside 0 to budget": _outside("queries", "0", "budget"),
        "clean correct outside [0, 1]": _outside("clean_correct", "0", "1"),
        "adversarial correct outside [0, 1]": _outside("adversarial_correct", "0", "1"),
        "chrf outside [0, 1]": _outside("chrf", "0", "1"),
        "negative edits": "least(edits, edit_rate) < 0",
        "loss not finite": "not (isfinite(clean_loss) and isfinite(adversarial_loss))",
        "text that is no JSON": "not (json_valid(original) and json_valid(adversarial))",
    },
    "embedding_attack": {
        "negative radius or norm": "least(radius, norm) < 0",
        "clean right outside 0 to n": _outside("clean_right", "0", "n"),
        "fooled outside 0 to clean right": _outside("fooled", "0", "clean_right"),
        "loss not finite": "not (isfinite(loss) and isfinite(clean_loss) and isfinite(climbed_loss))",
        "loss below that of its own walk": "loss < climbed_loss",
    },
    "pointwise_information": {
        "negative position": _negative("position"),
        "bits missing or not finite": "coalesce(not (isfinite(bits) and isfinite(null_bits)), true)",
        "negative bits": "least(bits, null_bits) < 0",
    },
    "retriever": {
        "layer outside 0 to layers": _outside("layer", "0", "layers"),
        "unknown pooling": "pooling not in ('mean', 'cls')",
    },
}
"""Table -> name of the rule -> condition that a faulty row meets."""


def missing_key(table: str) -> str:
    """Condition for a row whose key is incomplete."""
    return " or ".join(f"{quote(column)} is null" for column in FACTS[table].key)
