"""The second text of a pair, or the question, is in another language."""

import numpy as np

from ingest.example import Example, Pair, Span
from ingest.perturbation import Perturbation
from ingest.text.draw import Noise
from ingest.text.edits import Edits
from ingest.text.texts import Texts
from ingest.text.units import edits


def edit(texts: Texts, noise: Noise) -> Edits:
    """Put the texts of the same examples in another language in the place of texts."""
    twins = noise.parallel.twins(noise.parallel.partner(noise.language, noise.severity))
    fields = ["question" if isinstance(example, Span) else "second" for example in texts.examples]
    new = [_text(twins.get(example.id), field) for example, field in zip(texts.examples, fields, strict=True)]
    held = np.fromiter((bool(text) for text in new), bool, len(new)) & (np.diff(texts.starts) > 1)
    at = np.flatnonzero(held)
    strings = [new[text] for text in at.tolist()]
    size = np.fromiter(map(len, strings), np.int64, len(strings))
    pool = np.frombuffer("".join(strings).encode("utf-32-le", "surrogatepass"), np.uint32)
    return edits(
        texts,
        at,
        texts.starts[at] + 1,
        texts.starts[at + 1],
        size,
        len(texts.points) + np.arange(len(pool)),
        pool,
        eligible=held.astype(np.int64),
    )


def _text(twin: Example | None, field: str) -> str:
    return getattr(twin, field) if isinstance(twin, Pair | Span) else ""


PERTURBATION = Perturbation(
    name="cross_language_pair",
    family="code-mixing",
    definition=(
        "Take the second text of a pair, or the question, from the same example in another language of the "
        "task: the nearest in syntax at severity 1, the farthest at 5."
    ),
    levels=(1.0, 1.0, 1.0, 1.0, 1.0),
    scripts="any",
    kinds=("pair", "span"),
    risk="none",
    citation="Huang et al. 2021 (2104.08645); Lewis et al. 2020 (MLQA, G-XLT)",
    sample=("en", "The old man walked home."),
    edit=edit,
    fields={"pair": ("second",), "span": ("question",)},
    parallel=True,
)
