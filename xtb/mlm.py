"""Continued masked language modelling, mixed into the steps of a stage.

A step is one of masked language modelling with a chance of ``mlm_rate``: a batch of unlabelled text
(``ingest.corpus``) in one language, with ``mlm_share`` of its tokens hidden as BERT does. Languages are drawn
with chances proportional to their number of texts to the power of 0.3, as XLM-R was trained (Conneau et al.,
2020, section 3.1). Everything drawn is keyed by the place in the order, so a stopped stage goes on exactly.
"""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import torch
from torch import Tensor, nn

from ingest.corpus import corpus
from ingest.source import Source
from xtb import seed as seeds
from xtb.batching import IGNORE, NOTHING, Batch, Feature, Row, collate, token_batches
from xtb.encoder import Encoder, quiet
from xtb.errors import BadEncoder, XtbError
from xtb.inputs import Inputs
from xtb.masking import mask_tokens
from xtb.mixture import draw
from xtb.spec import StageSpec

NAME = "mlm"
"""What the steps and the head are called where tasks have their names."""

SMOOTHING = 0.3
_BLOCK = 512  # texts that are tokenised and batched together


class _Given(nn.Module):
    """In place of the encoder inside transformers' model: hands on hidden states that are there already."""

    def __init__(self, table: nn.Module) -> None:
        super().__init__()
        self.embeddings = SimpleNamespace(word_embeddings=table)  # not registered: the encoder owns it

    def forward(self, input_ids: Tensor | None = None, inputs_embeds: Any = None, **more: Any) -> Any:
        from transformers.modeling_outputs import BaseModelOutput

        return BaseModelOutput(last_hidden_state=inputs_embeds)


class MaskedHead(nn.Module):
    """The masked-token head of any architecture that transformers has one for.

    Args:
        model: an ``AutoModelForMaskedLM``; its encoder is thrown away.
        table: the encoder's input embeddings, which the output shares where the configuration says so.
    """

    def __init__(self, model: Any, table: Any) -> None:
        super().__init__()
        setattr(model, model.base_model_prefix, _Given(table))
        outputs = model.get_output_embeddings()
        self.tied = outputs is not None and bool(getattr(model.config, "tie_word_embeddings", True))
        if self.tied:
            outputs.weight = table.weight
        self.model = model

    def own(self) -> dict[str, Tensor]:
        """Its weights without those that are the encoder's."""
        own = self.state_dict()
        if self.tied:
            outputs = self.model.get_output_embeddings().weight
            own = {name: weight for name, weight in own.items() if weight.data_ptr() != outputs.data_ptr()}
        return own

    def forward(self, hidden: Tensor) -> Tensor:
        """[tokens, hidden] to [tokens, vocabulary]."""
        logits: Tensor = self.model(inputs_embeds=hidden.unsqueeze(0)).logits
        return logits.squeeze(0)


class MaskedModel(nn.Module):
    """An encoder and its masked-token head; trained beside the ``TaskModel`` of a stage.

    Args:
        encoder: shared with the stage's other models.
        layer: the head.
    """

    kind: Literal["masked"] = "masked"

    def __init__(self, encoder: Encoder, layer: MaskedHead) -> None:
        super().__init__()
        self.encoder = encoder.model
        self.layer = layer
        self._pad_id: int = encoder.tokenizer.pad_token_id
        self._token_types = encoder.token_types

    def forward(self, batch: Batch) -> Tensor:
        """Logits [masked tokens, vocabulary] of a batch made by ``collate``."""
        text = "inputs_embeds" if "inputs_embeds" in batch else "input_ids"
        given: dict[str, Any] = {
            name: batch[name] for name in (text, "attention_mask", "token_type_ids") if name in batch
        }
        hidden = self.encoder(**given).last_hidden_state
        logits: Tensor = self.layer(hidden[batch["targets"] != IGNORE])
        return logits

    def collate(self, features: Sequence[Feature]) -> Batch:
        """``batching.collate`` with this model's padding, on this model's device."""
        batch = collate(features, pad_id=self._pad_id, token_types=self._token_types)
        return {name: tensor.to(self.device, non_blocking=True) for name, tensor in batch.items()}

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return next(self.encoder.parameters()).device


def masked_model(encoder: Encoder, checkpoint: Path, *, seed: int) -> MaskedModel:
    """The encoder with the head of a checkpoint, or with a new one where the checkpoint has none.

    Args:
        encoder: its weights are used, not copied.
        checkpoint: folder of the pretrained model, of the encoder's architecture.
        seed: draws what the checkpoint lacks.

    Raises:
        BadEncoder: the architecture has no masked-token head, or the tokenizer no mask.
    """
    from transformers import AutoConfig, AutoModelForMaskedLM

    if encoder.tokenizer.mask_token_id is None:
        raise BadEncoder(f"the tokenizer of encoder '{encoder.name}' has no mask token, which MLM needs")
    config = AutoConfig.from_pretrained(checkpoint, trust_remote_code=False)
    config.num_hidden_layers = min(1, config.num_hidden_layers)  # its encoder is thrown away
    if getattr(config, "layer_types", None):
        config.layer_types = config.layer_types[:1]
    if type(config) not in AutoModelForMaskedLM._model_mapping:
        raise BadEncoder(
            f"encoder '{encoder.name}' ({config.model_type}) has no masked-token head in transformers"
        )
    with torch.random.fork_rng(devices=[]), quiet():
        torch.manual_seed(seed % 2**63)
        model = AutoModelForMaskedLM.from_pretrained(
            checkpoint, config=config, use_safetensors=True, trust_remote_code=False, dtype=torch.float32
        )
    whole: Any = encoder.model
    return MaskedModel(encoder, MaskedHead(model, whole.get_input_embeddings())).eval()


@dataclass(slots=True, kw_only=True)
class Texts:
    """Unlabelled text of several languages as an endless, repeatable sequence of masked batches.

    Attributes:
        texts: by language; none is empty.
        vocabulary: tokens of the encoder.
        mask: id of the mask.
        special: ids that are never masked.
        seed: of this stage's draws.
    """

    texts: dict[str, list[str]]
    inputs: Inputs
    stage: StageSpec
    max_length: int
    vocabulary: int
    mask: int
    special: tuple[int, ...]
    seed: int

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that have text."""
        return tuple(self.texts)

    @property
    def size(self) -> int:
        """Texts of all languages."""
        return sum(map(len, self.texts.values()))

    def batches(self, epoch: int) -> Iterator[list[Feature]]:
        """Masked batches without end, each of one language."""
        weights = {code: len(texts) ** SMOOTHING for code, texts in self.texts.items()}
        streams = {code: self._stream(code, epoch) for code in self.texts}
        rng = seeds.generator(self.seed, "mlm languages", epoch)
        number = 0
        while True:
            features = next(streams[draw(weights, rng)])
            yield self._masked(features, epoch, number)
            number += 1

    def _stream(self, code: str, epoch: int) -> Iterator[list[Feature]]:
        again = 0
        while True:
            key = ("mlm", code, epoch, again)
            order = seeds.generator(self.seed, "order", *key).permutation(len(self.texts[code]))
            for start in range(0, len(order), _BLOCK):
                features = self._tokenise(
                    [self.texts[code][i] for i in order[start : start + _BLOCK].tolist()]
                )
                rng = seeds.generator(self.seed, "batches", *key, start)
                for batch in token_batches(features, self.stage.batch_tokens, rng):
                    yield [features[index] for index in batch]
            again += 1

    def _tokenise(self, texts: list[str]) -> list[Feature]:
        """Rows of at most ``max_length`` tokens: a longer text is cut into several."""
        limit = min(self.stage.max_length, self.max_length) - self.inputs.single.size
        rows = [
            (number, self.inputs.row(ids[first : first + limit]))
            for number, ids in enumerate(self.inputs.ids(texts))
            for first in range(0, len(ids), limit)
        ]
        return [Feature(number, (row,), NOTHING, len(row.ids)) for number, row in rows]

    def _masked(self, features: list[Feature], epoch: int, number: int) -> list[Feature]:
        rng = torch.Generator().manual_seed(seeds.integer(self.seed, "mlm masks", epoch, number))
        ids = collate(features, pad_id=self.special[0])["input_ids"]
        chosen, seen = mask_tokens(
            ids, self.stage.mlm_share, self.vocabulary, rng, mask=self.mask, special=self.special
        )
        gold = torch.where(chosen, ids, IGNORE)
        return [
            _feature(feature, row, targets)
            for feature, row, targets in zip(features, seen.tolist(), gold.tolist(), strict=True)
        ]


def read_texts(
    stage: StageSpec, source: Source, encoder: Encoder, inputs: Inputs, *, seed: int
) -> Texts | None:
    """The unlabelled text of a stage; None where it has no masked language modelling.

    Languages that the source has no text for are left out; the stage's row says which were there.

    Raises:
        XtbError: the source has text in none of the languages.
        IngestError: a file is missing or damaged.
    """
    if not stage.mlm_rate:
        return None
    texts = {code: corpus(source, code, stage.mlm_texts) for code in stage.mlm_languages}
    texts = {code: found for code, found in texts.items() if found}
    if not texts:
        raise XtbError(
            f"no unlabelled text in {', '.join(stage.mlm_languages)} for masked language modelling; "
            "put text/train/<language>.parquet with a column 'text' into the mirror folder"
        )
    tokenizer, table = encoder.tokenizer, encoder.model.get_input_embeddings()  # type: ignore[operator]
    return Texts(
        texts=texts,
        inputs=inputs,
        stage=stage,
        max_length=encoder.max_length,
        vocabulary=min(len(tokenizer), table.num_embeddings),
        mask=tokenizer.mask_token_id,
        special=(tokenizer.pad_token_id, *tokenizer.all_special_ids),
        seed=seed,
    )


def _feature(feature: Feature, seen: list[int], gold: list[int]) -> Feature:
    (row,) = feature.rows
    length = len(row.ids)
    masked = Row(array("i", seen[:length]), row.second, row.end)
    return Feature(feature.example, (masked,), array("i", gold[:length]), feature.tokens)
