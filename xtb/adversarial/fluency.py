"""How likely a text is under a fixed masked language model, beside the text it was made from."""

from collections.abc import Sequence

from ingest.example import Example
from xtb.adversarial.fixed_mlm import FixedMLM
from xtb.adversarial.original import parts_of
from xtb.adversarial.search import Alike


def fluent(mlm: FixedMLM, fields: Sequence[str], most: float) -> Alike:
    """Judges pairs of an original and a candidate by the ratio of their pseudo-perplexities.

    Args:
        mlm: not the victim.
        fields: the texts that may be edited; only they are read.
        most: the largest ratio that is let through.
    """

    def judged(pairs: Sequence[tuple[Example, Example]]) -> list[bool]:
        texts = [[part.text for part in parts_of(one, fields)] for pair in pairs for one in pair]
        found = mlm.perplexities(texts)
        return [new <= most * old for old, new in zip(found[::2], found[1::2], strict=True)]

    return judged
