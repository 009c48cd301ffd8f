"""Asks a masked language model for other words in the place of the words of texts.

The model is fixed beforehand and is not the one under test, so that the texts made with its words are the
same for all. The word is masked as one token and the model's whole-word tokens are ranked (BERT-Attack, Li et
al. 2020; BAE, Garg & Ramakrishnan 2020). Kept are words of letters in the script of the old word.
"""

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple
from unicodedata import category

import numpy as np
import polars as pl
import torch

from ingest.candidates import SCHEMA, text_hash
from ingest.example import Example
from ingest.fields import lay, noisy_fields
from ingest.kept_words import kept_words
from ingest.scripts import letters_by_script
from ingest.text.texts import Texts
from ingest.text.words import cores
from warehouse.errors import UsageError
from xtb import files
from xtb.encoder import quiet, translated
from xtb.encoder_files import find_encoder, folder_fingerprint
from xtb.normalizer import compose_first
from xtb.place import pick_device


class Place(NamedTuple):
    """A word of a text, by code points."""

    text: str
    start: int
    end: int

    @property
    def word(self) -> str:
        """The word itself."""
        return self.text[self.start : self.end]


def places(texts: Iterable[str], language: str) -> Iterator[Place]:
    """The words that may be replaced: no negators, numerals, or anything protected."""
    kept = kept_words(language)
    for text in dict.fromkeys(texts):
        laid = Texts([text], np.zeros(1, np.uint64))
        words = cores(laid)
        for at in np.flatnonzero(words.free & ~words.numeral).tolist():
            place = Place(text, int(words.starts[at]) - 1, int(words.ends[at]) - 1)
            if place.word.lower() not in kept:
                yield place


class Proposer:
    """A masked language model that proposes words.

    Args:
        model: an ``AutoModelForMaskedLM``.
        tokenizer: its fast tokenizer.
        top: proposals to keep for a word.
        max_length: tokens of context around it.

    Raises:
        UsageError: the tokenizer has no mask token, or no token that is a word.
    """

    def __init__(self, model: Any, tokenizer: Any, *, top: int = 8, max_length: int = 128) -> None:
        if tokenizer.mask_token is None:
            raise UsageError("the model's tokenizer has no mask token: give a masked language model")
        self._model, self._tokenizer = model.eval(), tokenizer
        self._top, self._max_length = top, max_length
        self._words = whole_words(tokenizer)
        self._ids = torch.tensor(sorted(self._words), device=model.device)
        if not len(self._ids):
            raise UsageError("the model's tokenizer has no token that is a word")

    def propose(self, asked: Sequence[Place]) -> list[list[tuple[str, float]]]:
        """For each place, words with their probabilities, best first; fewer where few are fit."""
        masked = [self._around(place) for place in asked]
        batch = self._tokenizer(masked, padding=True, return_tensors="pt").to(self._model.device)
        with torch.inference_mode():
            logits = self._model(**batch).logits
        hidden = batch["input_ids"] == self._tokenizer.mask_token_id
        first = hidden.float().argmax(dim=1)
        own = logits[torch.arange(len(asked), device=first.device), first].float().softmax(-1)[:, self._ids]
        best = own.topk(min(4 * self._top, own.shape[1]), dim=1)
        proposed = []
        for place, values, at in zip(asked, best.values.tolist(), best.indices.tolist(), strict=True):
            words = [(self._words[int(self._ids[i])], value) for i, value in zip(at, values, strict=True)]
            proposed.append([each for each in words if _fits(place.word, each[0])][: self._top])
        return proposed

    def _around(self, place: Place) -> str:
        """The text with the word masked, cut on both sides to what the model can read."""
        room = 2 * self._max_length  # code points on each side; four to a token are usual
        before, after = place.text[: place.start][-room:], place.text[place.end :][:room]
        hidden = f"{before}{self._tokenizer.mask_token}{after}"
        while len(self._tokenizer(hidden)["input_ids"]) > self._max_length and (before or after):
            before, after = before[len(before) // 4 + 1 :], after[: len(after) * 3 // 4]
            hidden = f"{before}{self._tokenizer.mask_token}{after}"
        return hidden


def whole_words(tokenizer: Any) -> dict[int, str]:
    """The tokens that are words of two letters or more, by id.

    SentencePiece marks the head of a word, byte-level BPE the blank before it, WordPiece what goes on.
    """
    vocabulary = tokenizer.get_vocab()
    head = next((mark for mark in "▁Ġ" if any(token.startswith(mark) for token in vocabulary)), "")
    special = set(tokenizer.all_special_tokens)
    words: dict[int, str] = {}
    for token, number in vocabulary.items():
        if token in special or not token.startswith(head) or token.startswith("##"):
            continue
        word = tokenizer.convert_tokens_to_string([token]).strip()
        if len(word) > 1 and all(category(char)[0] in "LM" for char in word):
            words[number] = word
    return words


def _fits(old: str, new: str) -> bool:
    """Another word in the same script."""
    return new.lower() != old.lower() and letters_by_script([new]).keys() <= letters_by_script([old]).keys()


class Loaded(NamedTuple):
    """A masked language model, its tokenizer, and the fingerprint of its files."""

    model: Any
    tokenizer: Any
    fingerprint: str


def load_masked(name: str, device: str) -> Loaded:
    """The masked language model of a folder or hub id; weights are read from safetensors only.

    Raises:
        BadEncoder: it cannot be loaded.
        UsageError: it is no masked language model.
    """
    from transformers import AutoModelForMaskedLM, AutoTokenizer

    path = find_encoder(name)
    with translated(name), quiet():
        model, report = AutoModelForMaskedLM.from_pretrained(
            path, trust_remote_code=False, use_safetensors=True, output_loading_info=True
        )
        tokenizer = AutoTokenizer.from_pretrained(path, trust_remote_code=False)
    compose_first(tokenizer)
    lost = [key for key in report["missing_keys"] if "position_ids" not in key]
    if lost:
        raise UsageError(
            f"'{name}' has no head for masked words ({lost[0]} is missing): give a model that has"
        )
    if tokenizer.mask_token is None:
        raise UsageError(f"the tokenizer of '{name}' has no mask token: give a masked language model")
    return Loaded(model.to(pick_device(device)).eval(), tokenizer, folder_fingerprint(path))


def open_proposer(name: str, *, device: str = "auto", top: int = 8) -> tuple[str, Proposer]:
    """The model of a folder or hub id, and its name with the fingerprint of its files.

    Raises:
        BadEncoder: it cannot be loaded.
        UsageError: it is no masked language model.
    """
    loaded = load_masked(name, device)
    proposer = Proposer(loaded.model, loaded.tokenizer, top=top)
    return f"{name} {loaded.fingerprint}", proposer


def noisy_texts(examples: Sequence[Example]) -> list[str]:
    """The texts of examples that perturbations edit."""
    if not examples:
        return []
    return [text for text in lay(examples, noisy_fields(examples)).contents if isinstance(text, str)]


def write(
    folder: Path, language: str, name: str, proposer: Proposer, texts: Iterable[str], batch: int = 32
) -> int:
    """Adds the words proposed for texts to ``<folder>/<language>.parquet``; texts that are there are left.

    Args:
        name: of the model, for the record. A file holds the words of one model.

    Returns:
        How many words have proposals now.

    Raises:
        UsageError: the file holds those of another model.
    """
    file = folder / f"{language}.parquet"
    before = pl.read_parquet(file) if file.is_file() else pl.DataFrame(schema=SCHEMA)
    others = set(before["model"].unique()) - {name}
    if others:
        raise UsageError(f"{file} holds the words of {others.pop()}, not of {name}: give another folder")
    known = set(before["text"])
    asked = list(places((text for text in texts if text_hash(text) not in known), language))
    asked.sort(key=lambda place: len(place.text))  # less padding
    rows = []
    for first in range(0, len(asked), batch):
        part = asked[first : first + batch]
        for place, found in zip(part, proposer.propose(part), strict=True):
            if found:
                words, weights = zip(*found, strict=True)
                rows.append((text_hash(place.text), place.start, place.end, list(words), list(weights), name))
    table = pl.concat([before, pl.DataFrame(rows, schema=SCHEMA, orient="row")]).sort("text", "start")
    data = BytesIO()
    table.write_parquet(data)
    files.write_file(file, data.getvalue())
    return table.height
