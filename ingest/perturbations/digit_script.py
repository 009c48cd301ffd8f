"""Numbers in the digits of another script."""

import numpy as np

from ingest.fields import FIELDS
from ingest.perturbation import Perturbation
from ingest.text.draw import Noise
from ingest.text.edits import Edits
from ingest.text.texts import Texts
from ingest.text.units import replace_points
from ingest.text.words import Words

ZERO = {  # the native digit zero of languages whose writers use both kinds
    "ar": "٠", "fa": "۰", "ur": "۰", "ps": "۰", "hi": "०", "mr": "०", "ne": "०", "bn": "০", "gu": "૦",
    "pa": "੦", "ta": "௦", "te": "౦", "kn": "೦", "ml": "൦", "my": "၀", "th": "๐", "km": "០", "lo": "໐",
}  # fmt: skip


def edit(texts: Texts, noise: Noise) -> Edits:
    """Write numbers in native digits where they are in ASCII digits, and the other way round."""
    zero = ord(ZERO.get(noise.language, "0"))
    first = texts.first
    plain = (first >= ord("0")) & (first <= ord("9")) & texts.free & (zero != ord("0"))
    native = (first >= zero) & (first <= zero + 9) & texts.free & (zero != ord("0"))
    digit = (plain | native) & ~texts.several
    edge = np.diff(digit.astype(np.int8), prepend=0, append=0)
    numbers = Words(texts, np.flatnonzero(edge == 1), np.flatnonzero(edge == -1))
    chosen, eligible = numbers.pick(noise, np.ones(len(numbers), bool))
    at = np.flatnonzero(numbers.clusters(chosen))
    shift = np.where(plain[at], zero - ord("0"), ord("0") - zero)
    return replace_points(
        texts,
        texts.starts_of(at),
        (first[at] + shift).astype(np.uint32),
        text=texts.text_of_cluster[at],
        eligible=eligible,
        units=numbers.counts(chosen),
    )


PERTURBATION = Perturbation(
    name="digit_script",
    family="orthographic",
    definition="Write a number in the native digits of the language instead of ASCII ones, or back.",
    levels=(0.2, 0.4, 0.6, 0.8, 1.0),
    scripts="Arabic, the Indic scripts, Burmese, Thai, Khmer, Lao",
    kinds=tuple(FIELDS),
    risk="none",
    citation="TokSuite 2025 (number_romanization)",
    sample=("hi", "वह 1947 में 25 साल का था।"),
    edit=edit,
)
