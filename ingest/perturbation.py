"""What a perturbation is, and the one call that applies one to examples of any kind.

A perturbation is one file in ``ingest/perturbations/`` with ``PERTURBATION = Perturbation(...)``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from ingest import collector
from ingest.example import Example, Kind
from ingest.fields import FIELDS, KINDS, noisy_fields
from ingest.parallel import NOT_PARALLEL, Parallel
from ingest.rebuild import batches, rebuild
from ingest.text.draw import Noise
from ingest.text.edits import Edits
from ingest.text.texts import Texts
from warehouse.errors import UsageError

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
    "human",
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
        edit: the edits of a batch of texts.
        minimum: least share of the letters of a cell that it must reach to count as applicable.
        fields: the texts it edits by default, for kinds where they differ from ``ingest.fields.NOISY``; the
            only ones that it can edit, if ``parallel``.
        parts: perturbations applied one after the other, for composed ones.
        lacks: why it cannot be applied to a language at all, such as "has no keyboard layout for zh".
        parallel: it takes text from the same examples in other languages (``Task.parallel``).
        from_data: the noisy texts come with a task (``Task.versions``), in one degree, severity 1.
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
    sample: tuple[str, str]
    edit: Callable[[Texts, Noise], Edits]
    minimum: float = 0.2
    fields: Mapping[Kind, tuple[str, ...]] = field(default_factory=dict)
    parts: tuple["Perturbation", ...] = ()
    lacks: Callable[[str], str | None] = lambda language: None
    parallel: bool = False
    from_data: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Perturbed:
    """Examples after a perturbation; the lists run parallel to the examples that were given.

    Attributes:
        changed: does the example differ from its clean twin?
        edits: units that were edited.
        eligible: units that could have been edited.
        not_applicable: why the whole cell is left untouched, as a sentence; None where it was perturbed.
        skipped: the same for each part of a composed perturbation that does not apply.
    """

    examples: list[Example]
    changed: list[bool]
    edits: list[int]
    eligible: list[int]
    not_applicable: str | None = None
    skipped: tuple[str, ...] = ()


def perturb(
    examples: Sequence[Example],
    perturbation: Perturbation,
    *,
    severity: int,
    language: str,
    seed: int,
    fields: Sequence[str] | None = None,
    task: str | None = None,
    parallel: Parallel = NOT_PARALLEL,
) -> Perturbed:
    """Perturb the examples of one cell.

    An example's noise depends on the seed, the perturbation, the example's id, the field and the
    unit only. Severity is the cut in one ranking of units, so that edits of level 2 are among
    those of level 3. Severity 0 is the identity.

    Args:
        examples: all examples of a cell, of one kind: whether the perturbation applies is decided
            on them together.
        severity: 0 to 5.
        language: a benchmark's language code; unknown ones fall back on the script of the text.
        seed: the noise seed.
        fields: which texts of the examples; by default both texts of a pair, context and options of
            a choice (question and options where no example has a context), the question of a span,
            the tokens of tags, the query of a retrieval example.
        task: name of the task, for perturbations that do not preserve the labels of some.
        parallel: the same examples in other languages, where the task has them.

    Returns:
        The examples with ids, labels, answer offsets and tags kept right, and what was done to each.

    Raises:
        UsageError: severity outside 0..5, or a field that the kind does not have.
    """
    if severity not in range(6):
        raise UsageError(f"severity {severity} does not exist: choose 0 (clean) to 5")
    kinds = {KINDS[each] for each in set(map(type, examples))}
    for kind in kinds:
        for name in set(fields or ()) - set(FIELDS[kind]):
            raise UsageError(f"a {kind} example has no field '{name}': choose from {', '.join(FIELDS[kind])}")
    if severity == 0 or not examples:
        return _untouched(examples)
    if perturbation.from_data:
        return _untouched(examples, f"{perturbation.name} comes as data of tasks of its own: xtb names tasks")
    for kind in kinds - set(perturbation.kinds):
        return _untouched(examples, f"{perturbation.name} is not defined for {kind} examples")
    if task in perturbation.not_for:
        return _untouched(examples, f"{perturbation.name} does not preserve the labels of {task}")
    kind = KINDS[type(examples[0])]
    own = perturbation.fields.get(kind, ())
    chosen = tuple(fields or own or noisy_fields(examples))
    if perturbation.parallel:  # an example in another language has an answer of its own, for one
        chosen = tuple(name for name in chosen if name in own)
        if not chosen:
            return _untouched(
                examples, f"{perturbation.name} edits the {' and '.join(own)} of {kind} examples only"
            )
    if perturbation.parts:
        return _in_turn(examples, perturbation, severity, language, seed, chosen)
    if lacking := perturbation.lacks(language):
        return _untouched(examples, f"{perturbation.name} {lacking}")
    if perturbation.parallel and not parallel.others(language):
        return _untouched(examples, f"{perturbation.name} needs the same examples in another language")
    noise = noise_of(perturbation, severity, language, seed, examples, parallel)
    done = Perturbed(examples=[], changed=[], edits=[], eligible=[])
    reached = letters = 0
    with collector.paused():
        for batch in batches(examples, chosen):
            texts = batch.texts()
            edits = perturbation.edit(texts, noise)
            reached += edits.reached
            letters += edits.letters
            part = rebuild(batch, texts, edits)
            done.examples.extend(part.examples)
            done.changed.extend(part.changed)
            done.edits.extend(part.edits)
            done.eligible.extend(part.eligible)
    reason = _reason(perturbation, language, reached, letters, sum(done.eligible))
    return _untouched(examples, reason) if reason else done


def noise_of(
    perturbation: Perturbation,
    severity: int,
    language: str,
    seed: int,
    cell: Sequence[Example],
    parallel: Parallel = NOT_PARALLEL,
) -> Noise:
    """What the perturbation's edit is called with."""
    return Noise(
        name=perturbation.name,
        seed=seed,
        severity=severity,
        rate=perturbation.levels[severity - 1],
        language=language,
        cell=cell,
        parallel=parallel,
    )


def _in_turn(
    examples: Sequence[Example],
    perturbation: Perturbation,
    severity: int,
    language: str,
    seed: int,
    fields: Sequence[str],
) -> Perturbed:
    """Apply the parts of a composed perturbation one after the other; inapplicable ones are skipped."""
    now = list(examples)
    edits = np.zeros(len(now), np.int64)
    eligible = np.zeros(len(now), np.int64)
    skipped: list[str] = []
    for part in own_parts(perturbation):
        done = perturb(now, part, severity=severity, language=language, seed=seed, fields=fields)
        now = done.examples
        edits += done.edits
        eligible += done.eligible
        if done.not_applicable:
            skipped.append(done.not_applicable)
    if len(skipped) == len(perturbation.parts):
        return _untouched(examples, f"no part of {perturbation.name} applies: {'; '.join(skipped)}")
    return Perturbed(
        examples=now,
        changed=[new != old for new, old in zip(now, examples, strict=True)],
        edits=edits.tolist(),
        eligible=eligible.tolist(),
        skipped=tuple(skipped),
    )


def own_parts(perturbation: Perturbation) -> list[Perturbation]:
    """The parts of a composed perturbation, with draws of their own."""
    return [replace(part, name=f"{perturbation.name}/{part.name}") for part in perturbation.parts]


def _untouched(examples: Sequence[Example], reason: str | None = None) -> Perturbed:
    none = [0] * len(examples)
    return Perturbed(
        examples=list(examples),
        changed=[False] * len(examples),
        edits=none,
        eligible=list(none),
        not_applicable=reason,
    )


def _reason(
    perturbation: Perturbation, language: str, reached: int, letters: int, eligible: int
) -> str | None:
    """Why the perturbation does not apply to a cell, from what it found there."""
    if perturbation.family == "none":
        return None
    if not eligible:
        return f"{perturbation.name} finds nothing to edit in these texts ({language})"
    if letters and reached < perturbation.minimum * letters:
        share = f"{reached / letters:.1%} of the letters of these texts ({language})"
        return f"{perturbation.name} reaches {share}, less than {perturbation.minimum:.0%}"
    return None
