"""The same said in another fixed way: contractions, numbers, quotation marks, dates, frames of questions."""

import numpy as np

from ingest.paraphrases import rules, sites
from ingest.perturbation import Perturbation
from ingest.text.draw import Noise, choose, quota
from ingest.text.edits import Edits
from ingest.text.texts import Texts
from ingest.text.units import edits


def edit(texts: Texts, noise: Noise) -> Edits:
    """Apply the templates of the language at some of the places where they can be."""
    barred = np.concatenate(([0], np.cumsum(texts.spread(~texts.free), dtype=np.int32)))
    found = [
        site
        for site in sites(texts.string, noise.language)
        if all(barred[start] == barred[end] for start, end, _ in site)
    ]
    start = np.array([site[0][0] for site in found], np.int64)
    text = np.searchsorted(texts.starts, start - 1, "right") - 1
    sizes = np.bincount(text, minlength=len(texts))
    place = start - texts.starts[text]
    chosen = choose(noise.hash(texts, text, place), sizes, quota(sizes, noise.rate))
    frames = noise.hash(texts, text, place, "frame").tolist()
    own = rules(noise.language).frames
    changes = sorted(
        (a, b, new if b > a else own[frames[at] % len(own)], at)
        for at in chosen.tolist()
        for a, b, new in found[at]
    )
    begin = np.array([a for a, _, _, _ in changes], np.int64)
    end = np.array([b for _, b, _, _ in changes], np.int64)
    new = "".join(each for _, _, each, _ in changes)
    pool = np.frombuffer(new.encode("utf-32-le", "surrogatepass"), np.uint32)
    return edits(
        texts,
        text[np.array([at for _, _, _, at in changes], np.int64)],
        begin,
        end,
        np.array([len(each) for _, _, each, _ in changes], np.int64),
        len(texts.points) + np.arange(len(pool)),
        pool,
        eligible=sizes,
        units=np.bincount(text[chosen], minlength=len(texts)),
    )


PERTURBATION = Perturbation(
    name="template_paraphrase",
    family="paraphrase",
    definition=(
        "Contract or expand (do not, don't), write numbers from two to twelve as digits or words, exchange "
        "quotation marks, turn dates round, put a frame before a text that is a question, by lists of the "
        "language."
    ),
    levels=(0.2, 0.4, 0.6, 0.8, 1.0),
    scripts="all in quotation marks, 46 languages in questions, 16 in numbers, en in all",
    kinds=("pair", "choice", "span", "retrieval"),
    risk="low",
    citation="Ribeiro et al. 2020 (CheckList); TokSuite 2025",
    sample=("en", 'Why did the two men not say "no"?'),
    edit=edit,
    fields={"span": ("question",)},
)
