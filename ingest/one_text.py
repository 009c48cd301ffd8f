"""Perturbing a single text, to see what is done to it."""

from dataclasses import dataclass

from ingest.edit_map import Edit, EditMap
from ingest.example import Example, Retrieval
from ingest.perturbation import Perturbation, noise_of, own_parts, perturb
from ingest.rebuild import batches
from ingest.text.edits import Edits, offsets
from ingest.text.texts import Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class PerturbedText:
    """A text after a perturbation.

    Attributes:
        map: what was done where.
        edits: units that were edited.
        eligible: units that could have been.
        not_applicable: why the text was left as it was; None where it was perturbed.
        skipped: why parts of a composed perturbation were left out.
    """

    text: str
    map: EditMap
    edits: int
    eligible: int
    not_applicable: str | None = None
    skipped: tuple[str, ...] = ()


def perturb_text(
    text: str, perturbation: Perturbation, *, severity: int, language: str, seed: int, name: str = "text"
) -> PerturbedText:
    """Perturb one text as ``ingest.perturbation.perturb`` would the query of an example with that id."""
    query = Retrieval(id=name, query=text, positives=())
    done = perturb([query], perturbation, severity=severity, language=language, seed=seed)
    applied = EditMap()
    if done.not_applicable is None and severity:
        step = text
        for part in own_parts(perturbation) or [perturbation]:
            example = Retrieval(id=name, query=step, positives=())
            result = perturb([example], part, severity=severity, language=language, seed=seed).examples[0]
            if result != example:
                (batch,) = batches([example], ("query",))
                texts = batch.texts()
                edits = part.edit(texts, noise_of(part, severity, language, seed, [example]))
                applied = applied.then(edit_map(texts, edits, 0))
                step = _query(result)
    return PerturbedText(
        text=_query(done.examples[0]),
        map=applied,
        edits=done.edits[0],
        eligible=done.eligible[0],
        not_applicable=done.not_applicable,
        skipped=done.skipped,
    )


def _query(example: Example) -> str:
    assert isinstance(example, Retrieval)
    return example.query


def edit_map(texts: Texts, edits: Edits, text: int) -> EditMap:
    """The edits of one text of a batch, in code points of the text itself."""
    first, last = int(texts.starts[text]), int(texts.starts[text + 1])
    inside = (edits.start > first) & (edits.end <= last)
    start, end, length = edits.start[inside] - first - 1, edits.end[inside] - first - 1, edits.length[inside]
    new = start + offsets(length - (end - start)) if len(start) else start
    columns = (start.tolist(), end.tolist(), new.tolist(), (new + length).tolist())
    return EditMap(tuple(Edit(*each) for each in zip(*columns, strict=True)))
