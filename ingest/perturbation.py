"""What a perturbation is, and the one call that applies one to examples of any kind.

A perturbation is one file in ``ingest/perturbations/`` with ``PERTURBATION = Perturbation(...)``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from ingest.example import Example, Kind

Family = Literal[
    "none",
    "character",
    "keyboard",
    "orthographic",
    "diacritics",
    "case",
    "punctuation",
    "whitespace",
    "homoglyph",
    "ocr",
    "transliteration",
    "word order",
    "word drop",
    "code-mixing",
    "synonym",
    "distraction",
    "disfluency",
    "composite",
    "paraphrase",
    "control",
]
Risk = Literal["none", "low", "medium", "high"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Perturbation:
    """One way of making text noisy.

    Attributes:
        name: the public name, equal to the name of its file.
        definition: one sentence that says exactly what is done to which unit.
        levels: rate at severity 1 to 5, a share of the eligible units (or a count, where the
            definition says so).
        scripts: for which scripts it is defined, in words.
        kinds: kinds of example it is defined for.
        risk: ``none`` (a reader sees the same text), ``low`` (typos), ``medium`` (order, drop),
            ``high`` (substitution by a model or lexicon).
        control: a tokenizer with NFKC undoes it, so the drop must be exactly 0.
        not_for: tasks whose labels it does not preserve.
        citation: where the definition comes from.
        sample: (language, text) that shows it in catalogues.
    """

    name: str
    family: Family
    definition: str
    levels: tuple[float, float, float, float, float]
    scripts: str
    kinds: tuple[Kind, ...]
    risk: Risk
    control: bool = False
    not_for: tuple[str, ...] = ()
    citation: str
    sample: tuple[str, str] = ("en", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Perturbed:
    """Examples after a perturbation; the lists run parallel to the examples that were given.

    Attributes:
        changed: does the example differ from its clean twin?
        edits: units that were edited.
        eligible: units that could have been edited.
        not_applicable: why the whole cell is left untouched, as a sentence; None where it was perturbed.
    """

    examples: list[Example]
    changed: list[bool]
    edits: list[int]
    eligible: list[int]
    not_applicable: str | None = None


def perturb(
    examples: Sequence[Example],
    perturbation: Perturbation,
    *,
    severity: int,
    language: str,
    seed: int,
    fields: Sequence[str] | None = None,
    task: str | None = None,
) -> Perturbed:
    """Perturb the examples of one cell.

    An example's noise depends on the seed, the perturbation, the example's id, the field and the
    unit only. Severity is the cut in one ranking of units, so that edits of level 2 are among
    those of level 3. Severity 0 is the identity.

    Args:
        examples: all examples of a cell: whether the perturbation applies is decided on them together.
        severity: 0 to 5.
        language: a benchmark's language code; unknown ones fall back on the script of the text.
        seed: the noise seed.
        fields: which texts of the examples; by default both texts of a pair, the texts of a choice,
            the question of a span, the tokens of tags, the query of a retrieval example.
        task: name of the task, for perturbations that do not preserve the labels of some.

    Returns:
        The examples with ids, labels, answer offsets and tags kept right, and what was done to each.

    Raises:
        UsageError: severity outside 0..5, or a field that the kind does not have.
    """
    raise NotImplementedError
