"""A sentence that looks as if it answered the question is added."""

import numpy as np

from ingest.distractors import Pool, distractors, pool
from ingest.perturbation import Perturbation
from ingest.text.draw import Noise
from ingest.text.edits import Edits
from ingest.text.texts import Texts
from ingest.text.units import edits

_FULL_STOPS = tuple("。！？")


def edit(texts: Texts, noise: Noise) -> Edits:
    """Add as many sentences of other examples as the severity says, before or after a text."""
    found: Pool = noise.once("pool", lambda: pool(noise.cell))
    starts: list[int] = []
    added: list[str] = []
    owners: list[int] = []
    units = np.zeros(len(texts), np.int64)
    eligible = np.zeros(len(texts), np.int64)
    sides = noise.hash(texts, np.arange(len(texts)), np.zeros(len(texts), np.int64), "side")
    for at, content in enumerate(texts.contents):
        if not content or not isinstance(content, str):
            continue
        candidates = distractors(texts.examples[at], found, noise.seed)
        eligible[at] = len(candidates)
        chosen = candidates[: round(noise.rate)]
        units[at] = len(chosen)
        for after in (False, True):
            # the n-th bit of the draw says where the n-th sentence goes, at every severity
            mine = [text for n, text in enumerate(chosen) if (int(sides[at]) >> n & 1) == after]
            if mine:
                starts.append(int(texts.starts[at + 1] if after else texts.starts[at] + 1))
                added.append("".join(f" {text}" if after else _spaced(text) for text in mine))
                owners.append(at)
    size = np.fromiter(map(len, added), np.int64, len(added))
    places = np.array(starts, np.int64)
    new = np.frombuffer("".join(added).encode("utf-32-le", "surrogatepass"), np.uint32)
    source = len(texts.points) + np.arange(len(new))
    owner = np.array(owners, np.int64)
    return edits(texts, owner, places, places, size, source, new, eligible=eligible, units=units)


def _spaced(sentence: str) -> str:
    return sentence if sentence.endswith(_FULL_STOPS) else f"{sentence} "


PERTURBATION = Perturbation(
    name="distract_sentence",
    family="distraction",
    definition=(
        "Add 1 to 5 sentences of other examples of the cell that share the rarest words with the question "
        "and hold no gold answer, each before or after the text."
    ),
    levels=(1.0, 2.0, 3.0, 4.0, 5.0),
    scripts="any",
    kinds=("pair", "choice", "span", "retrieval"),
    risk="low",
    not_for=("pawsx", "qqp", "mini_para"),
    citation="Jia & Liang 2017 (AddSent); Rosenthal et al. 2021 (2104.07646)",
    sample=("en", "The old man walked slowly home."),
    edit=edit,
    fields={"span": ("context",), "pair": ("first",), "choice": ("context",)},
)
