"""How alike two texts are under a frozen encoder that is not the victim."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ingest.example import Candidate, Example
from ingest.task import Task
from xtb.adversarial.original import parts_of
from xtb.adversarial.search import Alike
from xtb.encoder import load_encoder
from xtb.judge import Judge
from xtb.model import build_model

_TASK = Task(
    name="similarity",
    kind="retrieval",
    title="vectors of texts",
    metrics=("accuracy",),
    splits={},
    trained_on=(),
    licence="none",
    citation="none",
    read=lambda source, split, language: [],
)


class Similarity:
    """Cosine of the mean-pooled vectors of two texts, at the layer that untrained retrieval uses.

    Args:
        name: folder or hub id of the encoder.
        device: where it computes.
    """

    def __init__(self, name: str, device: str) -> None:
        encoder = load_encoder(name)
        self.fingerprint = encoder.fingerprint
        model = build_model(encoder, _TASK, seed=0).to(device)
        self._judge = Judge(model, _TASK, max_length=None, stride=None, batch_tokens=None, bf16=False)

    def cosines(self, pairs: Sequence[tuple[Example, Example]], fields: Sequence[str]) -> NDArray[np.float32]:
        """The cosine of each pair, of the texts of these fields joined by blanks."""
        texts = [" ".join(part.text for part in parts_of(one, fields)) for pair in pairs for one in pair]
        if not texts:
            return np.zeros(0, np.float32)
        places = {text: at for at, text in enumerate(dict.fromkeys(texts))}
        vectors = self._judge.vectors([Candidate(id=str(at), text=text) for text, at in places.items()])
        assert vectors is not None
        each = vectors.matrix[[places[text] for text in texts]].reshape(len(pairs), 2, -1)
        cosines: NDArray[np.float32] = np.einsum("ij,ij->i", each[:, 0], each[:, 1])
        return cosines

    def alike(self, fields: Sequence[str], least: float) -> Alike:
        """The judgement of a search over these fields: at least this cosine."""
        return lambda pairs: (self.cosines(pairs, fields) >= least).tolist()
